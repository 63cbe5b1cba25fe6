/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration of a backup, with other paths of disks, or as that of another guest. */
#include "backup/restore.h"
#include "device/device.h"
#include "domain/disk_list.h"
#include "host/file.h"
#include "xlcfg/xlcfg.h"

#include <string.h>
#include <sys/random.h>

static int draw(unsigned char *bytes, size_t len, struct sx_err *err)
{
	return getrandom(bytes, len, 0) == (ssize_t)len
		       ? 0
		       : sx_err_sys(err, SX_EFAIL, "draw a random number");
}

/* Replace a uuid in the file by a random one, of version 4. */
static int new_uuid(struct xlcfg *doc, struct sx_err *err)
{
	unsigned char b[16];
	SX_STR text = { 0 };

	if (xlcfg_key_kind(doc, "uuid") == XLCFG_ABSENT)
		return 0;
	if (draw(b, sizeof(b), err))
		return -1;
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(b); i++)
		sx_str_addf(&text, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
			    b[i]);
	return xlcfg_set_string(doc, "uuid", sx_str_text(&text), err);
}

/* Replace a MAC in the file: two guests with one address lose each other's packets. */
static int new_mac(struct xlcfg *doc, size_t index, struct sx_err *err)
{
	SX_FREE char *item = xlcfg_list_get(doc, "vif", index);
	const struct device_class *class = device_class_find("vif");
	SX_WORDS words = { 0 };
	DEVICE d = { 0 };
	unsigned char b[3];

	if (!item || device_parse(class, item, &d, err) || draw(b, sizeof(b), err))
		return item ? -1 : 0;
	if (!device_get(&d, "mac"))
		return 0;
	sx_fields_setf(&d.fields, "mac", "00:16:3e:%02x:%02x:%02x", b[0] & 0x7f, b[1], b[2]);
	if (device_reword(&d, item, &words, err) || !words.len)
		return -1;
	return xlcfg_list_replace(doc, "vif", index, words.items[0], err);
}

static int rename_guest(const struct restoring *r, struct xlcfg *doc, struct sx_err *err)
{
	if (!r->options->as)
		return 0;
	if (xlcfg_set_string(doc, "name", r->options->as, err) || new_uuid(doc, err))
		return -1;
	for (size_t i = 0; i < xlcfg_list_len(doc, "vif"); i++)
		if (new_mac(doc, i, err))
			return -1;
	return 0;
}

static int move_disk(struct xlcfg *doc, const struct disk_item *item, const char *path,
		     struct sx_err *err)
{
	struct disk_spec wanted = item->spec;
	SX_FREE char *target = sx_strdup(path);
	DISK_SPEC made = { 0 };

	wanted.target = target;
	return disk_compose(&wanted, &made, err) ||
			       xlcfg_list_replace(doc, "disk", item->index, made.text, err)
		       ? -1
		       : 0;
}

/* The disk of the backup with that vdev; NULL: it has none. Borrowed. */
static const struct snapshot_disk *disk_of(const struct restoring *r, const struct disk_spec *spec)
{
	const struct snapshot *s = &r->look.s;

	for (size_t i = 0; i < s->disks.len; i++)
		if (spec->devid == disk_devid(s->disks.items[i].vdev))
			return &s->disks.items[i];
	return NULL;
}

/* The disk was added to the file while the guest ran without it: another guest must not get it. */
static int leave_out(const struct restoring *r, struct xlcfg *doc, const struct disk_item *item,
		     struct sx_err *err)
{
	flow_notice(r->env,
		    "%s: disk %s (%s), which the configuration names, is not in the backup%s",
		    r->u.guest, item->spec.vdev, item->spec.target,
		    r->options->as ? ": it is left out of the configuration" : "");
	return r->options->as ? xlcfg_list_remove(doc, "disk", item->index, err) : 0;
}

/* The file may name another path, for the next start: it stays, but the disk is not put there. */
static int follow(const struct restoring *r, struct xlcfg *doc, const struct disk_item *item,
		  const struct snapshot_disk *d, struct sx_err *err)
{
	if (sx_streq(item->spec.target, d->target))
		return 0;
	if (r->options->disks.len)
		return move_disk(doc, item, d->target, err) ? sx_err_wrap(err, "disk %s", d->vdev)
							    : 0;
	if (backup_has_disk(d))
		flow_notice(r->env,
			    "%s: the configuration names %s for disk %s, which is put back to %s "
			    "(to have it named: --disk %s=%s)",
			    r->u.guest, item->spec.target, d->vdev, d->target, d->vdev, d->target);
	return 0;
}

/* From the last to the first, as leaving one out renumbers those after it. */
static int move_disks(const struct restoring *r, struct xlcfg *doc, struct sx_err *err)
{
	DISK_ITEMS items = { 0 };

	disk_items_read(doc, "config", &items);
	for (size_t i = items.len; i-- > 0;) {
		const struct disk_item *item = &items.items[i];
		const struct disk_spec *spec = &item->spec;
		const struct snapshot_disk *d = item->unread ? NULL : disk_of(r, spec);
		bool writes = !item->unread && spec->readwrite && !spec->cdrom && spec->target &&
			      *spec->target;

		if (d ? follow(r, doc, item, d, err) : writes && leave_out(r, doc, item, err))
			return -1;
	}
	return 0;
}

int restore_text(struct restoring *r, struct sx_err *err)
{
	SX_FREE char *path = sx_path_join(r->u.dir, "config");
	FILE_IMAGE image = { 0 };
	XLCFG_DOC *doc = NULL;
	const char *text;
	size_t len;

	if (file_read(path, &image, err) ||
	    xlcfg_parse(sx_str_text(&image.text), image.text.len, path, &doc, err) ||
	    rename_guest(r, doc, err) || move_disks(r, doc, err))
		return -1;
	text = xlcfg_text(doc, &len);
	sx_str_addn(&r->text, text, len);
	return 0;
}
