/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A world of files in place of core/xen/live.c. $SAFEXL_FAKE is a directory with one file a
 * running domain, DOMID.dom:
 *	name=web1
 *	uuid=572baf85-...
 *	target=262144		KiB
 *	has=262144		what it has still, after mem-set; absent: no more than that
 *	max=262144		KiB
 *	disk=xvda connected /srv/a.img
 *	disks=unreadable	libxl cannot list them
 *	open=xvda /srv/a.img	what the backend has open, "?": it is not what the target leads to
 *	state=paused		or suspended, crashed, shutdown, dying; absent: it runs
 *	started=1790000000	seconds since 1970; absent: not known
 * tests/fake/prog_xl.c edits the same files. Without $SAFEXL_FAKE there is no Xen.
 */
#include "live_fake.h"

#include "spec/disk.h"

#include <dirent.h>
#include <inttypes.h>
#include <string.h>

int live_open(struct live **out, struct sx_err *err)
{
	const char *dir = getenv("SAFEXL_FAKE");

	if (!dir || access(dir, F_OK))
		return sx_err_set(err, SX_ENOXEN, "no Xen hypervisor is running here");
	*out = sx_alloc(sizeof(**out));
	(*out)->dir = sx_strdup(dir);
	return 0;
}

void live_close(struct live *live)
{
	if (!live)
		return;
	free(live->dir);
	free(live);
}

void live_domain_dispose(struct live_domain *d)
{
	free(d->name);
	*d = (struct live_domain){ 0 };
}

FILE *fake_domain(struct live *live, uint32_t domid)
{
	SX_FREE char *path = sx_format("%s/%" PRIu32 ".dom", live->dir, domid);

	return fopen(path, "re");
}

char *fake_line(struct live *live, uint32_t domid, const char *start)
{
	SX_FCLOSE FILE *f = fake_domain(live, domid);
	char line[8400];

	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (sx_starts_with(line, start))
			return sx_strdup(line);
	}
	return NULL;
}

char *fake_value(struct live *live, uint32_t domid, const char *key)
{
	SX_FREE char *start = sx_format("%s=", key);
	SX_FREE char *line = fake_line(live, domid, start);

	return line ? sx_strdup(line + strlen(start)) : NULL;
}

static enum live_state state_of(const char *word)
{
	static const char *const words[] = {
		[LIVE_RUNS] = "running",	[LIVE_PAUSED] = "paused",
		[LIVE_SUSPENDED] = "suspended", [LIVE_SHUTDOWN] = "shutdown",
		[LIVE_CRASHED] = "crashed",	[LIVE_DYING] = "dying",
	};

	for (size_t i = 0; i < SX_COUNT(words); i++)
		if (sx_streq(word, words[i]))
			return (enum live_state)i;
	return LIVE_RUNS;
}

/* Read name and uuid; false when there is no such domain. */
static bool read_domain(struct live *live, uint32_t domid, struct live_domain *out)
{
	SX_FCLOSE FILE *f = fake_domain(live, domid);
	char line[8400];

	if (!f)
		return false;
	out->domid = domid;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (sx_starts_with(line, "name="))
			out->name = sx_strdup(line + 5);
		else if (sx_starts_with(line, "uuid="))
			snprintf(out->uuid, sizeof(out->uuid), "%.36s", line + 5);
		else if (sx_starts_with(line, "state="))
			out->state = state_of(line + 6);
	}
	return out->name != NULL;
}

static int compare_domids(const void *a, const void *b)
{
	const struct live_domain *x = a, *y = b;

	return x->domid < y->domid ? -1 : x->domid > y->domid;
}

int live_list(struct live *live, struct live_domains *out, struct sx_err *err)
{
	DIR *d = opendir(live->dir);
	struct dirent *de;

	if (!d)
		return sx_err_sys(err, SX_EFAIL, "list the running domains");
	while ((de = readdir(d))) {
		struct live_domain domain = { 0 };

		if (sx_ends_with(de->d_name, ".dom") &&
		    read_domain(live, (uint32_t)strtoul(de->d_name, NULL, 10), &domain))
			sx_vec_push(out, domain);
		else
			live_domain_dispose(&domain);
	}
	closedir(d);
	if (out->len)
		qsort(out->items, out->len, sizeof(out->items[0]), compare_domids);
	return 0;
}

void live_domains_dispose(struct live_domains *d)
{
	for (size_t i = 0; i < d->len; i++)
		live_domain_dispose(&d->items[i]);
	sx_vec_free(d);
}

/* One of them; its name is the caller's then. */
static int take(struct live_domain *d, struct live_domain *out)
{
	*out = sx_steal(d);
	return 0;
}

static struct live_domain *named(struct live_domains *all, const char *name)
{
	for (size_t i = 0; i < all->len; i++)
		if (sx_streq(all->items[i].name, name))
			return &all->items[i];
	return NULL;
}

int live_find_name(struct live *live, const char *name, struct live_domain *out, struct sx_err *err)
{
	SX_CLEANUP(live_domains_dispose) struct live_domains all = { 0 };

	if (live_list(live, &all, err))
		return -1;
	if (named(&all, name))
		return take(named(&all, name), out);
	return sx_err_set(err, SX_ENODOMAIN, "no running domain is called '%s'", name);
}

int live_find(struct live *live, const char *word, struct live_domain *out, struct sx_err *err)
{
	bool digits = *word && strspn(word, "0123456789") == strlen(word);
	SX_CLEANUP(live_domains_dispose) struct live_domains all = { 0 };
	const struct live_domain *other;

	if (live_list(live, &all, err))
		return -1;
	other = named(&all, word);
	for (size_t i = 0; digits && i < all.len; i++) {
		struct live_domain *d = &all.items[i];

		if (d->domid != strtoul(word, NULL, 10))
			continue;
		if (other && other != d)
			d->namesake = other->domid;
		return take(d, out);
	}
	if (other)
		return take(named(&all, word), out);
	return sx_err_set(err, SX_ENODOMAIN, "no running domain is called '%s'", word);
}

/* The file "host", memory=KIB and free=KIB; without it a host of 64 GiB, half of them free. */
int live_host_get(struct live *live, struct live_host *out, struct sx_err *err SX_UNUSED)
{
	SX_FREE char *path = sx_format("%s/host", live->dir);
	SX_FCLOSE FILE *f = fopen(path, "re");
	char line[64];

	out->memory_kib = 64u << 20;
	out->free_kib = 32u << 20;
	out->cpus = 4;
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "memory=%" SCNu64, &out->memory_kib) != 1 &&
		    sscanf(line, "free=%" SCNu64, &out->free_kib) != 1)
			break;
	return 0;
}

/* The file "pools", a name a line; Pool-0 is always there. */
int live_pools_list(struct live *live, struct sx_words *out, struct sx_err *err SX_UNUSED)
{
	SX_FREE char *path = sx_format("%s/pools", live->dir);
	SX_FCLOSE FILE *f = fopen(path, "re");
	char line[256];

	sx_words_add(out, "Pool-0");
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		sx_words_add(out, line);
	}
	return 0;
}

/* What the fake xl left in DOMID.update. */
int live_update_get(struct live *live, uint32_t domid, char **out, struct sx_err *err SX_UNUSED)
{
	SX_FREE char *path = sx_format("%s/%" PRIu32 ".update", live->dir, domid);
	SX_FCLOSE FILE *f = fopen(path, "re");
	SX_STR text = { 0 };
	int c;

	while (f && (c = fgetc(f)) != EOF)
		sx_str_addc(&text, (char)c);
	*out = sx_str_take(&text);
	return 0;
}

long long live_started(struct live *live, uint32_t domid)
{
	SX_FREE char *started = fake_value(live, domid, "started");

	return started ? strtoll(started, NULL, 10) : 0;
}

int live_disks_get(struct live *live, uint32_t domid, struct live_disks *out, struct sx_err *err)
{
	SX_FCLOSE FILE *f = fake_domain(live, domid);
	char line[8400];

	if (!f)
		return sx_err_set(err, SX_ENODOMAIN, "no such domain");
	while (fgets(line, sizeof(line), f)) {
		char vdev[64], state[64];
		int used = 0;
		struct live_disk d = { 0 };

		line[strcspn(line, "\n")] = '\0';
		if (sx_streq(line, "disks=unreadable"))
			return sx_err_set(err, SX_EFAIL, "list the disks of the domain: a reason");
		if (sscanf(line, "disk=%63s %63s %n", vdev, state, &used) < 2)
			continue;
		d.vdev = sx_strdup(vdev);
		d.devid = disk_devid(vdev);
		d.connected = strcmp(state, "connected") == 0;
		d.target = sx_strdup(line + used);
		sx_vec_push(out, d);
	}
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

/* What the fake xl found under the target when it attached the disk. */
void live_disks_locate(struct live *live, uint32_t domid, struct live_disks *disks)
{
	for (size_t i = 0; i < disks->len; i++) {
		struct live_disk *d = &disks->items[i];
		SX_FREE char *start = sx_format("open=%s ", d->vdev);
		SX_FREE char *line = fake_line(live, domid, start);

		if (line && sx_streq(line + strlen(start), "?"))
			d->lost = true;
		else if (line)
			d->object = sx_strdup(line + strlen(start));
	}
}

int live_memory_get(struct live *live, uint32_t domid, struct live_memory *out, struct sx_err *err)
{
	SX_FCLOSE FILE *f = fake_domain(live, domid);
	char line[8400];

	if (!f)
		return sx_err_set(err, SX_ENODOMAIN, "no such domain");
	while (fgets(line, sizeof(line), f)) {
		if (sx_starts_with(line, "target="))
			out->target_kib = strtoull(line + 7, NULL, 10);
		else if (sx_starts_with(line, "max="))
			out->static_max_kib = strtoull(line + 4, NULL, 10);
		else if (sx_starts_with(line, "has="))
			out->has_kib = strtoull(line + 4, NULL, 10);
	}
	out->limit_kib = out->target_kib + 1024;
	return 0;
}
