/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The configuration from which libxl would create a running domain again: see live.h. libxl takes
 * what it stored at creation and overlays name, memory, online vCPUs, scheduler and the present
 * devices (libxl_domain.c).
 */
#include "spec/disk.h"
#include "xen/live.h"
#include "xen/live_private.h"

#include <string.h>

static void add_fact(struct live_config *c, const char *key, const char *value)
{
	struct live_fact fact = { key, sx_strdup(value ? value : "") };

	sx_vec_push(&c->facts, fact);
}

static void add_number(struct live_config *c, const char *key, long value)
{
	SX_FREE char *text = sx_format("%ld", value);

	add_fact(c, key, text);
}

/* The action as xl.cfg spells it (action_on_shutdown_names in xl_parse.c). */
static const char *action_text(libxl_action_on_shutdown action)
{
	switch (action) {
	case LIBXL_ACTION_ON_SHUTDOWN_DESTROY:
		return "destroy";
	case LIBXL_ACTION_ON_SHUTDOWN_RESTART:
		return "restart";
	case LIBXL_ACTION_ON_SHUTDOWN_RESTART_RENAME:
		return "rename-restart";
	case LIBXL_ACTION_ON_SHUTDOWN_PRESERVE:
		return "preserve";
	case LIBXL_ACTION_ON_SHUTDOWN_COREDUMP_DESTROY:
		return "coredump-destroy";
	case LIBXL_ACTION_ON_SHUTDOWN_COREDUMP_RESTART:
		return "coredump-restart";
	case LIBXL_ACTION_ON_SHUTDOWN_SOFT_RESET:
		return "soft-reset";
	}
	return "";
}

static void add_scalars(const libxl_domain_config *config, struct live_config *out)
{
	const libxl_domain_build_info *b = &config->b_info;

	add_fact(out, "name", config->c_info.name);
	add_fact(out, "type", libxl_domain_type_to_string(b->type));
	add_number(out, "vcpus", libxl_bitmap_count_set(&b->avail_vcpus));
	add_number(out, "maxvcpus", b->max_vcpus);
	add_fact(out, "kernel", b->kernel);
	add_fact(out, "ramdisk", b->ramdisk);
	add_fact(out, "cmdline", b->cmdline);
	add_fact(out, "bootloader", b->bootloader);
	add_fact(out, "on_poweroff", action_text(config->on_poweroff));
	add_fact(out, "on_reboot", action_text(config->on_reboot));
	add_fact(out, "on_watchdog", action_text(config->on_watchdog));
	add_fact(out, "on_crash", action_text(config->on_crash));
	add_fact(out, "on_soft_reset", action_text(config->on_soft_reset));
}

static void add_disk(const libxl_device_disk *disk, struct live_config *out)
{
	libxl_defbool discard = disk->discard_enable;
	struct live_disk d = { .devid = disk_devid(disk->vdev ? disk->vdev : "") };

	libxl_defbool_setdefault(&discard, disk->readwrite);
	d.vdev = sx_strdup(disk->vdev ? disk->vdev : "");
	d.target = sx_strdup(disk->pdev_path ? disk->pdev_path : "");
	d.format = sx_strdup(libxl_disk_format_to_string(disk->format));
	d.script = sx_strdup(disk->script ? disk->script : "");
	d.backend_domain = sx_strdup(disk->backend_domname ? disk->backend_domname : "");
	d.cdrom = disk->is_cdrom;
	d.readwrite = disk->readwrite;
	d.discard = libxl_defbool_val(discard);
	d.direct_io_safe = disk->direct_io_safe;
	sx_vec_push(&out->disks, d);
}

int live_config_get(struct live *live, uint32_t domid, struct live_config *out, struct sx_err *err)
{
	libxl_domain_config config;
	size_t before;
	int rc;

	if (live_memory_get(live, domid, &out->memory, err))
		return -1;
	before = live_heard(live);
	libxl_domain_config_init(&config);
	rc = libxl_retrieve_domain_configuration(live->ctx, domid, &config, NULL);
	/* A class of devices that it cannot list it leaves out, all of it, and reports success. */
	if (!rc && live_heard(live) > before)
		rc = ERROR_FAIL;
	if (!rc) {
		add_scalars(&config, out);
		for (int i = 0; i < config.num_disks; i++)
			add_disk(&config.disks[i], out);
	}
	libxl_domain_config_dispose(&config);
	return rc ? live_failed(live, err, SX_EFAIL, "ask for the configuration of the domain") : 0;
}

void live_config_dispose(struct live_config *c)
{
	for (size_t i = 0; i < c->facts.len; i++)
		free(c->facts.items[i].value);
	sx_vec_free(&c->facts);
	live_disks_dispose(&c->disks);
}

const char *live_fact(const struct live_config *c, const char *key)
{
	for (size_t i = 0; i < c->facts.len; i++)
		if (strcmp(c->facts.items[i].key, key) == 0)
			return c->facts.items[i].value;
	return NULL;
}
