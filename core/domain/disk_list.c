/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The disks of a configuration: see disk_list.h. */
#include "domain/disk_list.h"

#include <string.h>

void disk_items_dispose(struct disk_items *items)
{
	for (size_t i = 0; i < items->len; i++) {
		disk_dispose(&items->items[i].spec);
		free(items->items[i].text);
		free(items->items[i].unread);
	}
	sx_vec_free(items);
}

void disk_items_read(const struct xlcfg *doc, const char *path, struct disk_items *out)
{
	size_t count = xlcfg_list_len(doc, "disk");

	for (size_t i = 0; i < count && !out->stop; i++) {
		struct disk_item item = { .text = xlcfg_list_get(doc, "disk", i),
					  .index = i,
					  .line = xlcfg_list_line(doc, "disk", i) };
		SX_ERR why = { 0 };

		if (!item.text) {
			out->stop = item.line;
			continue;
		}
		if (disk_parse(item.text, &item.spec, &why))
			item.unread = sx_format("%s:%zu: %s", path, item.line, why.msg);
		sx_vec_push(out, item);
	}
}

bool disk_text_names(const char *text, long devid)
{
	SX_FREE char *copy = sx_strdup(text);
	char *rest = copy, *word;

	while ((word = strsep(&rest, ",:= \t")))
		if (*word && disk_devid(word) == devid)
			return true;
	return false;
}

/* An unreadable line: note it, or refuse if it may be the wanted disk. */
static int pass_over(const struct disk_item *item, long devid, struct xlcfg_edits *edits,
		     struct sx_err *err)
{
	if (!disk_text_names(item->text, devid)) {
		sx_words_give(&edits->notices,
			      sx_format("%s: left as it is, but xl cannot create a guest from "
					"this file",
					item->unread));
		return 0;
	}
	return sx_err_set(err, SX_ESYNTAX, "%s: it may be the disk that is meant", item->unread);
}

int disk_items_find(const struct xlcfg *doc, const char *path, long devid,
		    struct xlcfg_edits *edits, long *index, struct disk_spec *found,
		    struct sx_err *err)
{
	DISK_ITEMS items = { 0 };

	*index = -1;
	if (xlcfg_key_kind(doc, "disk") == XLCFG_SCALAR)
		return sx_err_set(err, SX_ECONFLICT,
				  "%s:%zu: disk is not a list: xl would ignore it", path,
				  xlcfg_key_line(doc, "disk"));
	disk_items_read(doc, path, &items);
	for (size_t i = 0; i < items.len; i++) {
		struct disk_item *item = &items.items[i];

		if (item->unread && pass_over(item, devid, edits, err))
			return -1;
		if (item->unread || item->spec.devid != devid)
			continue;
		if (*index >= 0)
			return sx_err_set(err, SX_ECONFLICT,
					  "%s:%zu: '%s' is the second disk with that device", path,
					  item->line, item->spec.vdev);
		*index = (long)i;
		*found = sx_steal(&item->spec);
	}
	if (*index < 0 && items.stop)
		return sx_err_set(err, SX_ESYNTAX,
				  "%s:%zu: a list within the list 'disk': xl stops there", path,
				  items.stop);
	return 0;
}

int disk_find_live(struct live *live, uint32_t domid, long devid, struct live_disks *all,
		   const struct live_disk **found, struct sx_err *err)
{
	*found = NULL;
	if (live_disks_get(live, domid, all, err))
		return -1;
	for (size_t i = 0; i < all->len && !*found; i++)
		if (all->items[i].devid == devid)
			*found = &all->items[i];
	return 0;
}

void disk_subject(const struct disk_spec *d, struct evidence_subject *out)
{
	*out = (struct evidence_subject){
		.target = d->target,
		.vdev = d->vdev,
		.format = d->format,
		.script = d->script,
		.backend_domain = d->backend_domain,
		.readwrite = d->readwrite,
		.cdrom = d->cdrom,
	};
}
