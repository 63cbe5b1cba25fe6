/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A USB controller goes: so do the devices plugged into it, and those of later ones stay with theirs. */
#include "domain/device_items.h"
#include "view/view.h"

#include <stdlib.h>

int view_unplug(size_t controller, struct xlcfg *doc, struct xlcfg_edits *edits, struct sx_err *err)
{
	DEVICE_ITEMS devices = { 0 };

	if (device_items_read(doc, xlcfg_name(doc), device_class_find("usbdev"), &devices, err))
		return -1;
	for (size_t i = devices.len; i-- > 0;) {
		struct device *d = &devices.items[i].device;
		const char *number = sx_fields_get(&d->fields, "controller");
		long there = number ? strtol(number, NULL, 10) : -1;
		SX_FREE char *item = xlcfg_list_get(doc, "usbdev", i);
		SX_WORDS text = { 0 };

		if (devices.items[i].unread)
			return sx_err_set(err, SX_ECONFLICT, "%s: it may be plugged into it",
					  devices.items[i].unread);
		if (there == (long)controller) {
			SX_FREE char *label = device_label(d);

			sx_words_give(&edits->notices,
				      sx_format("the USB device plugged into it goes with it: %s",
						label));
			if (xlcfg_edits_remove(edits, doc, "usbdev", i, err))
				return -1;
		} else if (there > (long)controller) {
			sx_fields_setf(&d->fields, "controller", "%ld", there - 1);
			if (device_reword(d, item, &text, err) ||
			    xlcfg_edits_replace(edits, doc, "usbdev", i, text.items[0], err))
				return -1;
		}
	}
	return 0;
}
