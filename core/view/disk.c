/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Disks as items of a view. The device number identifies a disk, not the spelling of its vdev. */
#include "domain/disk_list.h"
#include "host/devname.h"
#include "view/private.h"

#include <string.h>

static void add_disk(const struct view_class *c, const struct disk_spec *d, struct view *out)
{
	SX_FREE char *key = sx_format("%ld", d->devid);
	struct view_item *item = view_add(out, c, d->vdev, key);

	item->devid = d->devid;
	item->text = d->text ? sx_strdup(d->text) : NULL;
	view_add_field(item, "target", d->target);
	view_add_field(item, "format", d->format);
	view_add_field(item, "access", d->readwrite ? "w" : "r");
	view_add_field(item, "devtype", d->cdrom ? "cdrom" : "disk");
	view_add_field(item, "script", d->script);
	view_add_field(item, "backend", d->backend_domain);
	view_add_field(item, "discard", d->discard ? "on" : "off");
	view_add_field(item, "direct-io-safe", d->direct_io_safe ? "yes" : "no");
}

int view_disk_from_doc(const struct view_class *c, const struct xlcfg *doc, const char *path,
		       struct view *out, struct sx_err *err SX_UNUSED)
{
	DISK_ITEMS items = { 0 };

	disk_items_read(doc, path, &items);
	sx_each(const struct disk_item, item, &items) {
		if (item->unread) {
			view_add_unread(out, c, item->text, -1, item->unread);
			continue;
		}
		add_disk(c, &item->spec, out);
		out->items[out->len - 1].index = item->index;
		out->items[out->len - 1].line = item->line;
	}
	return 0;
}

/* A disk that the live list lacks does not count as half attached. */
static bool is_half(const struct live_disks *disks, long devid)
{
	for (size_t i = 0; i < disks->len; i++)
		if (disks->items[i].devid == devid)
			return !disks->items[i].connected;
	return false;
}

int view_disk_from_live(const struct view_class *c, const struct view_live *l, struct view *out,
			struct sx_err *err)
{
	LIVE_DISKS now = { 0 };

	if (live_disks_get(l->live, l->domid, &now, err))
		return -1;
	sx_each(const struct live_disk, d, &l->config.disks) {
		struct disk_spec wanted = { .vdev = d->vdev,
					    .devid = disk_devid(d->vdev),
					    .target = d->target,
					    .format = d->format,
					    .script = d->script,
					    .backend_domain = d->backend_domain,
					    .cdrom = d->cdrom,
					    .readwrite = d->readwrite,
					    .discard = d->discard,
					    .direct_io_safe = d->direct_io_safe };
		DISK_SPEC composed = { 0 };
		SX_ERR why = { 0 };

		if (disk_compose(&wanted, &composed, &why) == 0)
			wanted.text = composed.text;
		else
			sx_words_add(&out->notices, why.msg);
		add_disk(c, &wanted, out);
		out->items[out->len - 1].half = is_half(&now, wanted.devid);
	}
	return 0;
}

/* The new item holds only what the running domain reports: refuse if the old one says more. */
static int check_replaceable(const struct view_item *from, struct sx_err *err)
{
	DISK_SPEC spec = { 0 };
	DISK_SPEC again = { 0 };

	if (disk_parse(from->text, &spec, err))
		return -1;
	if (disk_compose(&spec, &again, err) == 0 && sx_streq(spec.meaning, again.meaning))
		return 0;
	return sx_err_set(err, SX_ECONFLICT,
			  "disk %s: '%s' in line %zu says more than the running domain tells",
			  from->id, from->text, from->line);
}

/* Warn of a name such as /dev/sdb, which may be another disk after a reboot. */
static void note_volatile(const char *item, struct xlcfg_edits *edits)
{
	DISK_SPEC spec = { 0 };
	SX_ERR ignored = { 0 };

	if (disk_parse(item, &spec, &ignored) == 0 && disk_is_local(&spec))
		devname_note(spec.target, &edits->notices);
}

int view_disk_write(const struct view_class *c, struct xlcfg *doc, struct xlcfg_edits *edits,
		    const struct view_item *from, const struct view_item *to,
		    const struct view *running SX_UNUSED, struct sx_err *err)
{
	if (to && !to->text)
		return sx_err_set(err, SX_ECONFLICT, "disk %s cannot be written in a configuration",
				  to->id);
	if (!to)
		return xlcfg_edits_remove(edits, doc, c->key, from->index, err);
	if (!from) {
		note_volatile(to->text, edits);
		return xlcfg_edits_append(edits, doc, c->key, to->text, err);
	}
	if (check_replaceable(from, err))
		return -1;
	return xlcfg_edits_replace(edits, doc, c->key, from->index, to->text, err);
}
