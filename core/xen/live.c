/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Facts about running domains from libxenlight: see live.h. Reads only; never waits for a guest.
 * Opens and closes the libxl context.
 */
#include "spec/disk.h"
#include "xen/live_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <xenstore.h>

/* The last line of libxl's messages, which has the reason. Heap string. */
static char *last_words(struct live *live)
{
	const char *end, *line;

	fflush(live->said);
	end = live->said_text + live->said_len;
	while (end > live->said_text && end[-1] == '\n')
		end--;
	for (line = end; line > live->said_text && line[-1] != '\n'; line--)
		;
	return sx_strndup(line, (size_t)(end - line));
}

int live_failed(struct live *live, struct sx_err *err, enum sx_code code, const char *what)
{
	SX_FREE char *why = last_words(live);

	return sx_err_set(err, code, "%s%s%s", what, *why ? ": " : "", why);
}

/* First bytes of a small file in sysfs, without the newline; "" if it cannot be read. */
static char *read_small(const char *path)
{
	char buf[64];
	SX_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, buf, sizeof(buf)) : -1;

	while (n > 0 && buf[n - 1] == '\n')
		n--;
	return sx_strndup(buf, n > 0 ? (size_t)n : 0);
}

/* Cheap checks before we use libxl: is there a Xen, and is this its control domain? */
static int check_host(struct sx_err *err)
{
	SX_FREE char *type = read_small("/sys/hypervisor/type");
	SX_FREE char *caps = read_small("/proc/xen/capabilities");

	if (!sx_streq(type, "xen"))
		return sx_err_set(err, SX_ENOXEN, "no Xen hypervisor is running here");
	if (access("/dev/xen/privcmd", F_OK) && !strstr(caps, "control_d"))
		return sx_err_set(err, SX_ENOXEN,
				  "this is not the control domain (no /dev/xen/privcmd)");
	return 0;
}

/* libxl works only with the hypervisor of its own version. */
static int check_version(struct live *live, struct sx_err *err)
{
	const libxl_version_info *info = libxl_get_version_info(live->ctx);
	SX_FREE char *running = NULL;

	if (!info)
		return live_failed(live, err, SX_ENOXEN,
				   "cannot ask the hypervisor for its version");
	running = sx_format("%d.%d", info->xen_version_major, info->xen_version_minor);
	if (strcmp(running, SX_XEN_VERSION))
		return sx_err_set(
			err, SX_ENOXEN,
			"the hypervisor is Xen %s, this safexl is built for libxenlight of Xen %s",
			running, SX_XEN_VERSION);
	return 0;
}

int live_open(struct live **out, struct sx_err *err)
{
	struct live *live;
	int rc;

	if (check_host(err))
		return -1;
	live = sx_alloc(sizeof(*live));
	live->said = open_memstream(&live->said_text, &live->said_len);
	if (live->said)
		live->log = xtl_createlogger_stdiostream(live->said, XTL_ERROR, 0);
	if (!live->log) {
		live_close(live);
		return sx_err_sys(err, SX_ENOXEN, "start libxenlight");
	}
	rc = libxl_ctx_alloc(&live->ctx, LIBXL_VERSION, 0, (xentoollog_logger *)live->log);
	if (rc || check_version(live, err)) {
		if (rc)
			live_failed(live, err, SX_ENOXEN, "libxenlight cannot work here");
		live_close(live);
		return -1;
	}
	*out = live;
	return 0;
}

void live_close(struct live *live)
{
	if (!live)
		return;
	if (live->ctx)
		libxl_ctx_free(live->ctx);
	if (live->log)
		xtl_logger_destroy((xentoollog_logger *)live->log);
	if (live->said)
		fclose(live->said);
	free(live->said_text);
	free(live);
}

void live_domain_dispose(struct live_domain *d)
{
	free(d->name);
	*d = (struct live_domain){ 0 };
}

static enum live_state state_of(const libxl_dominfo *info)
{
	if (info->dying)
		return LIVE_DYING;
	if (!info->shutdown)
		return info->paused ? LIVE_PAUSED : LIVE_RUNS;
	switch (info->shutdown_reason) {
	case LIBXL_SHUTDOWN_REASON_SUSPEND:
		return LIVE_SUSPENDED;
	case LIBXL_SHUTDOWN_REASON_CRASH:
	case LIBXL_SHUTDOWN_REASON_WATCHDOG:
		return LIVE_CRASHED;
	default:
		return LIVE_SHUTDOWN;
	}
}

static void domain_fill(struct live *live, const libxl_dominfo *info, struct live_domain *out)
{
	char *name = libxl_domid_to_name(live->ctx, info->domid);

	out->domid = info->domid;
	out->name = sx_strdup(name ? name : "");
	free(name);
	snprintf(out->uuid, sizeof(out->uuid), LIBXL_UUID_FMT, LIBXL_UUID_BYTES(info->uuid));
	out->state = state_of(info);
}

static int find_domid(struct live *live, uint32_t domid, struct live_domain *out,
		      struct sx_err *err)
{
	libxl_dominfo info;
	int rc;

	libxl_dominfo_init(&info);
	rc = libxl_domain_info(live->ctx, &info, domid);
	if (!rc)
		domain_fill(live, &info, out);
	libxl_dominfo_dispose(&info);
	if (!rc)
		return 0;
	if (rc == ERROR_DOMAIN_NOTFOUND)
		return sx_err_set(err, SX_ENODOMAIN, "no running domain has the id %u", domid);
	return live_failed(live, err, SX_EFAIL, "ask about the domain");
}

int live_find_name(struct live *live, const char *name, struct live_domain *out, struct sx_err *err)
{
	uint32_t domid;
	int rc = *name ? libxl_name_to_domid(live->ctx, name, &domid) : ERROR_INVAL;

	if (rc == ERROR_INVAL)
		return sx_err_set(err, SX_ENODOMAIN, "no running domain is called '%s'", name);
	if (rc)
		return live_failed(live, err, SX_EFAIL, "list the running domains");
	return find_domid(live, domid, out, err);
}

/* Digits at or above Xen's limit (DOMID_FIRST_RESERVED) can only be a name. */
static bool is_domid(const char *word, uint32_t *domid)
{
	char *end;
	unsigned long n = strtoul(word, &end, 10);

	*domid = (uint32_t)n;
	return *word >= '0' && *word <= '9' && !*end && n < 0x7ff0;
}

int live_find(struct live *live, const char *word, struct live_domain *out, struct sx_err *err)
{
	struct live_domain d = { 0 };
	uint32_t domid;

	if (!is_domid(word, &domid))
		return live_find_name(live, word, out, err);
	if (find_domid(live, domid, &d, err)) {
		SX_ERR none = { 0 };

		if (err->code != SX_ENODOMAIN || live_find_name(live, word, out, &none))
			return -1;
		sx_err_clear(err);
		return 0;
	}
	if (!sx_streq(d.name, word) && libxl_name_to_domid(live->ctx, word, &d.namesake))
		d.namesake = 0;
	*out = d;
	return 0;
}

int live_list(struct live *live, struct live_domains *out, struct sx_err *err)
{
	int count = 0;
	libxl_dominfo *infos = libxl_list_domain(live->ctx, &count);

	if (!infos)
		return live_failed(live, err, SX_EFAIL, "list the running domains");
	for (int i = 0; i < count; i++) {
		struct live_domain d = { 0 };

		domain_fill(live, &infos[i], &d);
		sx_vec_push(out, d);
	}
	libxl_dominfo_list_free(infos, count);
	return 0;
}

void live_domains_dispose(struct live_domains *d)
{
	for (size_t i = 0; i < d->len; i++)
		live_domain_dispose(&d->items[i]);
	sx_vec_free(d);
}

int live_host_get(struct live *live, struct live_host *out, struct sx_err *err)
{
	static const uint64_t page_kib = 4;
	libxl_physinfo info;
	uint64_t idle;

	libxl_physinfo_init(&info);
	if (libxl_get_physinfo(live->ctx, &info)) {
		libxl_physinfo_dispose(&info);
		return live_failed(live, err, SX_EFAIL, "ask for what the host has");
	}
	idle = info.free_pages + info.scrub_pages;
	out->memory_kib = info.total_pages * page_kib;
	out->free_kib =
		idle > info.outstanding_pages ? (idle - info.outstanding_pages) * page_kib : 0;
	out->cpus = info.max_cpu_id + 1;
	libxl_physinfo_dispose(&info);
	return 0;
}

int live_pools_list(struct live *live, struct sx_words *out, struct sx_err *err)
{
	int count = 0;
	libxl_cpupoolinfo *pools = libxl_list_cpupool(live->ctx, &count);

	if (!pools)
		return live_failed(live, err, SX_EFAIL, "list the CPU pools");
	for (int i = 0; i < count; i++)
		sx_words_add(out, pools[i].pool_name ? pools[i].pool_name : "");
	libxl_cpupoolinfo_list_free(pools, count);
	return 0;
}

/* Userdata that libxl keeps for the domain; "" if there is none. Heap string. */
static int userdata_get(struct live *live, uint32_t domid, const char *id, const char *what,
			char **out, struct sx_err *err)
{
	uint8_t *data = NULL;
	int len = 0;

	if (libxl_userdata_retrieve(live->ctx, domid, id, &data, &len))
		return live_failed(live, err, SX_EFAIL, what);
	*out = sx_strndup(data ? (const char *)data : "", data ? (size_t)len : 0);
	free(data);
	return 0;
}

int live_update_get(struct live *live, uint32_t domid, char **out, struct sx_err *err)
{
	return userdata_get(live, domid, "xl", "ask for the domain's next configuration", out, err);
}

/* Unlike libxl_retrieve_domain_configuration, does not overlay the running domain's state. */
int live_stored_get(struct live *live, uint32_t domid, char **out, struct sx_err *err)
{
	return userdata_get(live, domid, "libxl-json", "ask what the domain was made with", out,
			    err);
}

long long live_started(struct live *live, uint32_t domid)
{
	uint32_t started = libxl_vm_get_start_time(live->ctx, domid);

	return started == UINT32_MAX ? 0 : started;
}

size_t live_heard(struct live *live)
{
	fflush(live->said);
	return live->said_len;
}

int live_disks_get(struct live *live, uint32_t domid, struct live_disks *out, struct sx_err *err)
{
	int count = 0;
	size_t before = live_heard(live);
	libxl_device_disk *disks = libxl_device_disk_list(live->ctx, domid, &count);

	if (!disks && live_heard(live) > before)
		return live_failed(live, err, SX_EFAIL, "list the disks of the domain");
	for (int i = 0; disks && i < count; i++) {
		const char *vdev = disks[i].vdev ? disks[i].vdev : "";
		struct live_disk d = { .devid = disk_devid(vdev), .vdev = sx_strdup(vdev) };
		libxl_diskinfo info;

		d.target = sx_strdup(disks[i].pdev_path ? disks[i].pdev_path : "");
		libxl_diskinfo_init(&info);
		/* A failure frees what it has read, and leaves the pointer to it. */
		if (!libxl_device_disk_getinfo(live->ctx, domid, &disks[i], &info)) {
			d.connected = live_is_connected(info.state, info.backend);
			libxl_diskinfo_dispose(&info);
		}
		sx_vec_push(out, d);
	}
	libxl_device_disk_list_free(disks, count);
	return 0;
}

void live_disks_dispose(struct live_disks *d)
{
	for (size_t i = 0; i < d->len; i++) {
		free(d->items[i].vdev);
		free(d->items[i].target);
		free(d->items[i].object);
		free(d->items[i].format);
		free(d->items[i].script);
		free(d->items[i].backend_domain);
	}
	sx_vec_free(d);
}

/* memory/static-max in xenstore; 0: unknown. */
static uint64_t static_max_of(uint32_t domid)
{
	struct xs_handle *xs = xs_open(0);
	SX_FREE char *node = sx_format("/local/domain/%u/memory/static-max", domid);
	SX_FREE char *text = xs ? xs_read(xs, XBT_NULL, node, NULL) : NULL;

	if (xs)
		xs_close(xs);
	return text ? strtoull(text, NULL, 10) : 0;
}

static int memory_now(struct live *live, uint32_t domid, struct live_memory *out)
{
	libxl_dominfo info;
	int rc;

	libxl_dominfo_init(&info);
	rc = libxl_domain_info(live->ctx, &info, domid);
	out->has_kib = rc ? 0 : info.current_memkb;
	out->limit_kib = rc ? 0 : info.max_memkb;
	libxl_dominfo_dispose(&info);
	return rc;
}

/* Avoids libxl_retrieve_domain_configuration: that reads 60 xenstore nodes per interface. */
int live_memory_get(struct live *live, uint32_t domid, struct live_memory *out, struct sx_err *err)
{
	SX_FREE char *stored = NULL;
	libxl_domain_config config;
	uint64_t target;
	int rc;

	out->static_max_kib = static_max_of(domid);
	if (!out->static_max_kib || libxl_get_memory_target(live->ctx, domid, &target) ||
	    memory_now(live, domid, out))
		return live_failed(live, err, SX_EFAIL, "ask for the memory of the domain");
	if (live_stored_get(live, domid, &stored, err))
		return -1;
	libxl_domain_config_init(&config);
	rc = libxl_domain_config_from_json(live->ctx, &config, stored);
	if (!rc)
		out->target_kib = target + (config.b_info.video_memkb == LIBXL_MEMKB_DEFAULT
						    ? 0
						    : config.b_info.video_memkb);
	libxl_domain_config_dispose(&config);
	return rc ? live_failed(live, err, SX_EFAIL, "ask for the configuration of the domain") : 0;
}
