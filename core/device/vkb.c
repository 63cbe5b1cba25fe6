/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Virtual keyboards and pointers: see device.h, and parse_vkb_config in xl_parse.c. */
#include "device/private.h"
#include "xlcfg/guest.h"

#include <libxl.h>

static const struct device_field fields[] = {
	FIELD("backend-type", DEVICE_CHOICE, .choices = "qemu linux", .is_live = true),
	FIELD("unique-id", DEVICE_TEXT, .identifies = true, .is_live = true),
	BACKEND,
	FLAG("feature-disable-keyboard", "0"),
	FLAG("feature-disable-pointer", "0"),
	FLAG("feature-abs-pointer", "0"),
	FLAG("feature-raw-pointer", "0"),
	FLAG("feature-multi-touch", "0"),
	TOLD("width", DEVICE_NUMBER, "0"),
	TOLD("height", DEVICE_NUMBER, "0"),
	TOLD("multi-touch-width", DEVICE_NUMBER, "0"),
	TOLD("multi-touch-height", DEVICE_NUMBER, "0"),
	TOLD("multi-touch-num-contacts", DEVICE_NUMBER, "0"),
	END,
};

static const char *finish(struct device *d, bool strict SX_UNUSED)
{
	bool touch = device_is_set(d, "multi-touch-width") ||
		     device_is_set(d, "multi-touch-height") ||
		     device_is_set(d, "multi-touch-num-contacts");

	if (!sx_fields_get(&d->fields, "backend-type"))
		return "backend-type=";
	if (device_is_set(d, "feature-multi-touch") && !touch)
		return "multi-touch-width=, -height= and -num-contacts=";
	if (touch)
		sx_fields_set(&d->fields, "feature-multi-touch", "1");
	return NULL;
}

/* An HVM guest, and each vfb, gets keyboards that no list names; they shift the devids. */
static bool unlisted(const struct xlcfg *doc)
{
	long vnc;

	return sx_streq(memory_guest_type(doc), "hvm") || xlcfg_list_len(doc, "vfb") ||
	       (xlcfg_get_long(doc, "vnc", &vnc) && vnc);
}

static int foresee(const struct xlcfg *doc, const char *domain SX_UNUSED, struct sx_words *notices,
		   struct sx_err *err SX_UNUSED)
{
	if (sx_streq(memory_guest_type(doc), "hvm"))
		sx_words_add(notices, "xl ignores vkb when it creates an HVM guest");
	return 0;
}

static void add_vkb(libxl_ctx *ctx, const libxl_device_vkb *vkb, bool connected,
		    struct live_devices *out)
{
	struct live_device d = { .devid = vkb->devid, .connected = connected };
	struct sx_fields *f = &d.fields;

	sx_fields_set(f, "backend-type", libxl_vkb_backend_to_string(vkb->backend_type));
	device_tell(f, "unique-id", vkb->unique_id);
	device_tell_backend(ctx, f, vkb->backend_domid);
	device_tell_flag(f, "feature-disable-keyboard", vkb->feature_disable_keyboard);
	device_tell_flag(f, "feature-disable-pointer", vkb->feature_disable_pointer);
	device_tell_flag(f, "feature-abs-pointer", vkb->feature_abs_pointer);
	device_tell_flag(f, "feature-raw-pointer", vkb->feature_raw_pointer);
	device_tell_flag(f, "feature-multi-touch", vkb->feature_multi_touch);
	device_tell_number(f, "width", vkb->width);
	device_tell_number(f, "height", vkb->height);
	device_tell_number(f, "multi-touch-width", vkb->multi_touch_width);
	device_tell_number(f, "multi-touch-height", vkb->multi_touch_height);
	device_tell_number(f, "multi-touch-num-contacts", vkb->multi_touch_num_contacts);
	sx_vec_push(out, d);
}

static bool list_vkb(libxl_ctx *ctx, uint32_t domid, struct live_devices *out)
{
	int count = 0;
	libxl_device_vkb *all = libxl_device_vkb_list(ctx, domid, &count);

	for (int i = 0; all && i < count; i++) {
		libxl_vkbinfo info;
		bool connected = libxl_device_vkb_getinfo(ctx, domid, &all[i], &info) == 0 &&
				 live_is_connected(info.state, info.backend);

		add_vkb(ctx, &all[i], connected, out);
		libxl_vkbinfo_dispose(&info);
	}
	libxl_device_vkb_list_free(all, count);
	return count > 0;
}

const struct device_class device_vkb = {
	.key = "vkb",
	.noun = "virtual keyboard",
	.attach = "vkb-attach",
	.detach = "vkb-detach",
	.list = "vkb-list",
	.attach_words = 2,
	.detach_words = 2,
	.fields = fields,
	.is_numbered = true,
	.c_notation = true,
	.running = list_vkb,
	.finish = finish,
	.unlisted = unlisted,
	.foresee = foresee,
};
