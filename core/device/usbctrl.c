/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* USB controllers: see device.h, and parse_usbctrl_config in xl_parse.c. */
#include "device/private.h"

#include <libxl.h>

static const struct device_field fields[] = {
	/* libxl never reports auto, but the type that it chose. */
	FIELD("type", DEVICE_CHOICE, .usual = "auto", .choices = "auto pv qusb devicemodel",
	      .is_live = true),
	TOLD("version", DEVICE_NUMBER, "2"),
	/* Default: 8; with devicemodel 2, 6 or 8 for version 1, 2 or 3. */
	TOLD("ports", DEVICE_NUMBER, NULL),
	END,
};

/* usbctrl-attach needs no words, but an item of the list must not be empty. */
static void complete(struct device *d, const struct xlcfg *doc SX_UNUSED, bool running SX_UNUSED)
{
	if (!d->fields.len)
		sx_fields_set(&d->fields, "type", "auto");
}

static bool list_usbctrl(libxl_ctx *ctx, uint32_t domid, struct live_devices *out)
{
	int count = 0;
	libxl_device_usbctrl *all = libxl_device_usbctrl_list(ctx, domid, &count);

	for (int i = 0; all && i < count; i++) {
		struct live_device d = { .devid = all[i].devid };
		libxl_usbctrlinfo info;

		libxl_usbctrlinfo_init(&info);
		/* QEMU itself has a devicemodel controller: it has no backend in xenstore. */
		d.connected = all[i].type == LIBXL_USBCTRL_TYPE_DEVICEMODEL ||
			      (libxl_device_usbctrl_getinfo(ctx, domid, &all[i], &info) == 0 &&
			       live_is_connected(info.state, info.backend));
		libxl_usbctrlinfo_dispose(&info);
		sx_fields_set(&d.fields, "type", libxl_usbctrl_type_to_string(all[i].type));
		device_tell_number(&d.fields, "version", (unsigned long)all[i].version);
		device_tell_number(&d.fields, "ports", (unsigned long)all[i].ports);
		sx_vec_push(out, d);
	}
	libxl_device_usbctrl_list_free(all, count);
	return count > 0;
}

const struct device_class device_usbctrl = {
	.key = "usbctrl",
	.noun = "USB controller",
	.attach = "usbctrl-attach",
	.detach = "usbctrl-detach",
	.list = "usb-list",
	.attach_words = 1,
	.detach_words = 2,
	.fields = fields,
	.is_numbered = true,
	.stored = "usbctrls",
	.running = list_usbctrl,
	.complete = complete,
};
