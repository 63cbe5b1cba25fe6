/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The configuration of a fake domain, from DOMID.dom (see live.c):
 *	vcpus=2, maxvcpus=2
 *	fact=KEY VALUE		any other scalar, as xl.cfg would have it
 *	diskspec=VDEV ITEM	all of a disk that the line disk= has; else it is raw and writable
 */
#include "base/str.h"
#include "spec/disk.h"
#include "xen/live.h"

#include <inttypes.h>
#include <string.h>

static void add_fact(struct live_config *c, const char *key, const char *value)
{
	/* As long as the process: the real ones are constants. */
	struct live_fact fact = { sx_strdup(key), sx_strdup(value) };

	sx_vec_push(&c->facts, fact);
}

static void read_fact(struct live_config *c, const char *line)
{
	char key[64];
	int used = 0;

	if (sx_starts_with(line, "name="))
		add_fact(c, "name", line + 5);
	else if (sx_starts_with(line, "vcpus="))
		add_fact(c, "vcpus", line + 6);
	else if (sx_starts_with(line, "maxvcpus="))
		add_fact(c, "maxvcpus", line + 9);
	else if (sscanf(line, "fact=%63s %n", key, &used) == 1)
		add_fact(c, key, line + used);
}

static void fill_in(struct live_disk *d)
{
	d->format = sx_strdup(*d->target ? "raw" : "empty");
	d->script = sx_strdup("");
	d->backend_domain = sx_strdup("");
	d->readwrite = d->discard = true;
}

static void read_spec(struct live_config *c, const char *line)
{
	char vdev[64];
	int used = 0;
	DISK_SPEC spec = { 0 };
	SX_ERR ignored = { 0 };

	if (sscanf(line, "diskspec=%63s %n", vdev, &used) != 1 ||
	    disk_parse(line + used, &spec, &ignored))
		return;
	for (size_t i = 0; i < c->disks.len; i++) {
		struct live_disk *d = &c->disks.items[i];

		if (d->devid != spec.devid)
			continue;
		free(d->format);
		free(d->script);
		free(d->backend_domain);
		d->format = sx_strdup(*d->target ? spec.format : "empty");
		d->script = sx_strdup(spec.script);
		d->backend_domain = sx_strdup(spec.backend_domain);
		d->cdrom = spec.cdrom;
		d->readwrite = spec.readwrite;
		d->discard = spec.discard;
		d->direct_io_safe = spec.direct_io_safe;
	}
}

int live_config_get(struct live *live, uint32_t domid, struct live_config *out, struct sx_err *err)
{
	SX_FREE char *path = sx_format("%s/%" PRIu32 ".dom", getenv("SAFEXL_FAKE"), domid);
	SX_FCLOSE FILE *f = fopen(path, "re");
	char line[8400];

	if (!f)
		return sx_err_set(err, SX_ENODOMAIN, "no such domain");
	if (live_memory_get(live, domid, &out->memory, err) ||
	    live_disks_get(live, domid, &out->disks, err))
		return -1;
	for (size_t i = 0; i < out->disks.len; i++)
		fill_in(&out->disks.items[i]);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		read_fact(out, line);
		read_spec(out, line);
	}
	return 0;
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
