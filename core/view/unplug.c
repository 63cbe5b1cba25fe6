/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Removes a device from its list, and adjusts the items that depend on places in it. */
#include "device/items.h"
#include "view/view.h"

#include <stdlib.h>

/* Remove the controller's devices; those of later controllers follow theirs one place up. */
static int unplug(const struct device_class *class, size_t controller, struct xlcfg *doc,
		  struct xlcfg_edits *edits, struct sx_err *err)
{
	DEVICE_ITEMS devices = { 0 };

	if (device_items_read(doc, xlcfg_name(doc), class, &devices, err))
		return -1;
	for (size_t i = devices.len; i-- > 0;) {
		struct device *d = &devices.items[i].device;
		const char *number = sx_fields_get(&d->fields, "controller");
		long there = number ? strtol(number, NULL, 10) : -1;
		SX_FREE char *item = xlcfg_list_get(doc, class->key, i);
		SX_WORDS text = { 0 };

		if (devices.items[i].unread)
			return sx_err_set(err, SX_ECONFLICT, "%s: it may be plugged into it",
					  devices.items[i].unread);
		if (there == (long)controller) {
			SX_FREE char *label = device_label(d);

			sx_words_give(&edits->notices,
				      sx_format("the %s plugged into it goes with it: %s",
						class->noun, label));
			if (xlcfg_edits_remove(edits, doc, class->key, i, err))
				return -1;
		} else if (there > (long)controller) {
			sx_fields_setf(&d->fields, "controller", "%ld", there - 1);
			if (device_reword(d, item, &text, err) ||
			    xlcfg_edits_replace(edits, doc, class->key, i, text.items[0], err))
				return -1;
		}
	}
	return 0;
}

/*
 * xl numbers by place, and the devices after the removed one move up: append devid= to their items,
 * so that they keep their numbers, and leave the person's words as they are.
 */
static int keep_numbers(const struct device_class *class, size_t gone, struct xlcfg *doc,
			struct xlcfg_edits *edits, struct sx_err *err)
{
	DEVICE_ITEMS items = { 0 };

	if (device_items_read(doc, xlcfg_name(doc), class, &items, err))
		return -1;
	for (size_t i = gone + 1; i < items.len; i++) {
		SX_FREE char *text = xlcfg_list_get(doc, class->key, i);
		SX_FREE char *numbered = NULL;

		if (items.items[i].unread)
			return sx_err_set(err, SX_ECONFLICT, "%s: its number would change",
					  items.items[i].unread);
		if (items.items[i].device.devid >= 0)
			continue;
		numbered = sx_format("%s%sdevid=%zu", text, *text ? "," : "", i);
		if (xlcfg_edits_replace(edits, doc, class->key, i, numbered, err))
			return -1;
	}
	return 0;
}

int view_device_remove(const struct device_class *class, size_t index, struct xlcfg *doc,
		       struct xlcfg_edits *edits, struct sx_err *err)
{
	if (class->has_devid && keep_numbers(class, index, doc, edits, err))
		return -1;
	for (const struct device_class *const *c = device_classes; *c; c++)
		if ((*c)->controller == class && unplug(*c, index, doc, edits, err))
			return -1;
	return xlcfg_edits_remove(edits, doc, class->key, index, err);
}
