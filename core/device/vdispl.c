/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Virtual displays: see device.h, and parse_vdispl_config in xl_parse.c. */
#include "device/private.h"

#include <libxl.h>
#include <stdio.h>
#include <string.h>

/* "id:1920x1080;..." with each size as xl reads it; NULL: xl refuses it. */
static char *canonical_connectors(const char *text)
{
	SX_FREE char *copy = sx_strdup(text);
	char *rest = copy, *one;
	SX_STR s = { 0 };

	while ((one = strsep(&rest, ";"))) {
		unsigned width, height;
		char *colon = strchr(one, ':');

		if (!*one)
			continue;
		if (!colon || colon == one || sscanf(colon + 1, "%ux%u", &width, &height) != 2)
			return NULL;
		sx_str_addf(&s, "%s%.*s:%ux%u", s.len ? ";" : "", (int)(colon - one), one, width,
			    height);
	}
	return s.len ? sx_str_take(&s) : NULL;
}

static const struct device_field fields[] = {
	FIELD("connectors", DEVICE_TEXT, .identifies = true, .is_live = true,
	      .canonical = canonical_connectors),
	BACKEND,
	FLAG("be-alloc", "0"),
	END,
};

static const char *finish(struct device *d, bool strict SX_UNUSED)
{
	return sx_fields_get(&d->fields, "connectors") ? NULL : "connectors=";
}

static bool list_vdispl(libxl_ctx *ctx, uint32_t domid, struct live_devices *out)
{
	int count = 0;
	libxl_device_vdispl *all = libxl_device_vdispl_list(ctx, domid, &count);

	for (int i = 0; all && i < count; i++) {
		struct live_device d = { .devid = all[i].devid };
		libxl_vdisplinfo info;
		SX_STR connectors = { 0 };

		libxl_vdisplinfo_init(&info);
		if (libxl_device_vdispl_getinfo(ctx, domid, &all[i], &info) == 0) {
			d.connected = live_is_connected(info.state, info.backend);
			device_tell_flag(&d.fields, "be-alloc", info.be_alloc);
			for (int k = 0; k < info.num_connectors; k++)
				sx_str_addf(&connectors, "%s%s:%ux%u", k ? ";" : "",
					    info.connectors[k].unique_id, info.connectors[k].width,
					    info.connectors[k].height);
		}
		libxl_vdisplinfo_dispose(&info);
		device_tell(&d.fields, "connectors", sx_str_text(&connectors));
		device_tell_backend(ctx, &d.fields, all[i].backend_domid);
		sx_vec_push(out, d);
	}
	libxl_device_vdispl_list_free(all, count);
	return count > 0;
}

const struct device_class device_vdispl = {
	.key = "vdispl",
	.noun = "virtual display",
	.attach = "vdispl-attach",
	.detach = "vdispl-detach",
	.list = "vdispl-list",
	.attach_words = 1,
	.detach_words = 2,
	.fields = fields,
	.is_numbered = true,
	.c_notation = true,
	.stored = "vdispls",
	.running = list_vdispl,
	.finish = finish,
};
