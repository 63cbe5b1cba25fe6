/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Virtual TPMs: see device.h, and parse_vtpm_list in xl_parse.c. */
#include "device/private.h"

#include <libxl.h>

static const struct device_field fields[] = {
	FIELD("uuid", DEVICE_UUID, .identifies = true, .is_live = true),
	BACKEND,
	END,
};

static const char *finish(struct device *d, bool strict)
{
	return !strict && !sx_fields_get(&d->fields, "backend") ? "backend=" : NULL;
}

/* xl requires backend= in a list; vtpm-attach defaults to Domain-0. */
static void complete(struct device *d, const struct xlcfg *doc SX_UNUSED, bool running SX_UNUSED)
{
	sx_fields_complete(&d->fields, "backend", "Domain-0");
}

static bool list_vtpm(libxl_ctx *ctx, uint32_t domid, struct live_devices *out)
{
	int count = 0;
	libxl_device_vtpm *all = libxl_device_vtpm_list(ctx, domid, &count);

	for (int i = 0; all && i < count; i++) {
		struct live_device d = { .devid = all[i].devid };
		libxl_vtpminfo info;

		libxl_vtpminfo_init(&info);
		if (libxl_device_vtpm_getinfo(ctx, domid, &all[i], &info) == 0)
			d.connected = live_is_connected(info.state, info.backend);
		libxl_vtpminfo_dispose(&info);
		sx_fields_setf(&d.fields, "uuid", LIBXL_UUID_FMT, LIBXL_UUID_BYTES(all[i].uuid));
		device_tell_backend(ctx, &d.fields, all[i].backend_domid);
		sx_vec_push(out, d);
	}
	libxl_device_vtpm_list_free(all, count);
	return count > 0;
}

const struct device_class device_vtpm = {
	.key = "vtpm",
	.noun = "virtual TPM",
	.attach = "vtpm-attach",
	.detach = "vtpm-detach",
	.list = "vtpm-list",
	.attach_words = 1,
	.detach_words = 2,
	.id = { "uuid" },
	.chosen = { "uuid" },
	.fields = fields,
	.is_numbered = true,
	.stops = true,
	.stored = "vtpms",
	.running = list_vtpm,
	.finish = finish,
	.complete = complete,
};
