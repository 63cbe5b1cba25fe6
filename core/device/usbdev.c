/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* USB devices of the host: see device.h, and parse_usbdev_config in xl_parse.c. */
#include "device/private.h"

#include <libxl.h>

static const struct device_field fields[] = {
	FIELD("type", DEVICE_CHOICE, .usual = "hostdev", .choices = "hostdev", .is_live = true),
	FIELD("hostbus", DEVICE_BYTE, .identifies = true, .is_live = true),
	FIELD("hostaddr", DEVICE_BYTE, .identifies = true, .is_live = true),
	TOLD("controller", DEVICE_NUMBER, NULL),
	TOLD("port", DEVICE_NUMBER, NULL),
	END,
};

static const char *finish(struct device *d, bool strict)
{
	bool said = device_is_set(d, "hostbus") && device_is_set(d, "hostaddr");

	return strict && !said ? "hostbus= and hostaddr=" : NULL;
}

static int foresee(const struct xlcfg *doc SX_UNUSED, const char *domain SX_UNUSED,
		   struct sx_words *notices, struct sx_err *err SX_UNUSED)
{
	sx_words_add(notices, "a USB device's hostaddr changes when it is plugged in again or the "
			      "host boots: look at it before the next create (lsusb)");
	return 0;
}

static bool list_usbdev(libxl_ctx *ctx, uint32_t domid, struct live_devices *out)
{
	int count = 0;
	libxl_device_usbdev *all = libxl_device_usbdev_list(ctx, domid, &count);

	for (int i = 0; all && i < count; i++) {
		struct live_device d = { .devid = -1, .connected = true };

		sx_fields_set(&d.fields, "type", "hostdev");
		sx_fields_setf(&d.fields, "hostbus", "%u", all[i].u.hostdev.hostbus);
		sx_fields_setf(&d.fields, "hostaddr", "%u", all[i].u.hostdev.hostaddr);
		sx_fields_setf(&d.fields, "controller", "%d", all[i].ctrl);
		sx_fields_setf(&d.fields, "port", "%d", all[i].port);
		sx_vec_push(out, d);
	}
	libxl_device_usbdev_list_free(all, count);
	return count > 0;
}

const struct device_class device_usbdev = {
	.key = "usbdev",
	.noun = "USB device",
	.attach = "usbdev-attach",
	.detach = "usbdev-detach",
	.list = "usb-list",
	.attach_words = 2,
	.detach_words = 3,
	.id = { "hostbus", "hostaddr" },
	.target = { "controller", "port" },
	.controller = &device_usbctrl,
	.chosen = { "controller", "port" },
	.fields = fields,
	.running = list_usbdev,
	.finish = finish,
	.foresee = foresee,
};
