/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether another configuration or domain already has a MAC address or PCI device. */
#include "domain/resolve.h"
#include "family/device_change.h"
#include "host/file.h"

#include <string.h>

/* Can the text have the device? Most files cannot, and are not worth parsing. */
static bool may_have(const char *text, const struct device_class *class,
		     const struct sx_fields *fields)
{
	const char *mac = sx_fields_get(fields, "mac");

	return mac ? device_text_has(device_field_find(class, "mac"), text, mac)
		   : strstr(text, "pci") != NULL;
}

static void look_into(const char *path, const struct device_class *class,
		      const struct sx_fields *fields, struct sx_words *out)
{
	FILE_IMAGE image = { 0 };
	XLCFG_DOC *doc = NULL;
	DEVICE_ITEMS items = { 0 };
	SX_ERR ignored = { 0 };

	if (file_read(path, &image, &ignored) ||
	    !may_have(sx_str_text(&image.text), class, fields) ||
	    xlcfg_parse(sx_str_text(&image.text), image.text.len, path, &doc, &ignored) ||
	    device_items_read(doc, path, class, &items, &ignored))
		return;
	for (size_t i = 0; i < items.len; i++)
		if (device_same(class, fields, &items.items[i].device.fields) > 0)
			sx_words_give(out,
				      sx_format("another configuration has this %s too: %s:%zu",
						class->noun, path, items.items[i].line));
}

static int look_into_files(const struct change *change, const struct device_class *class,
			   const struct sx_fields *fields, struct sx_words *out, struct sx_err *err)
{
	SX_CLEANUP(index_dispose) struct index_entries all = { 0 };
	SX_FREE char *own = realpath(change->path, NULL);

	if (index_scan(change->env, &all, err))
		return -1;
	for (size_t i = 0; i < all.len; i++) {
		SX_FREE char *real = realpath(all.items[i].path, NULL);

		if (real && !sx_streq(real, own))
			look_into(all.items[i].path, class, fields, out);
	}
	return 0;
}

static int look_into_domains(const struct change *change, struct live *live,
			     const struct device_class *class, const struct sx_fields *fields,
			     struct sx_words *out, struct sx_err *err)
{
	LIVE_DOMAINS all = { 0 };
	int r = live_list(live, &all, err);

	for (size_t i = 0; !r && i < all.len; i++) {
		const struct live_domain *d = &all.items[i];
		LIVE_DEVICES devices = { 0 };
		SX_ERR ignored = { 0 };

		if (d->domid == change->domain.domid ||
		    device_running(live, d->domid, class, &devices, &ignored))
			continue;
		for (size_t k = 0; k < devices.len; k++)
			if (device_same(class, fields, &devices.items[k].fields) > 0)
				sx_words_give(out,
					      sx_format("the running domain %s has this %s too",
							d->name, class->noun));
	}
	return r;
}

int device_elsewhere(const struct change *change, struct live *live,
		     const struct device_class *class, const struct sx_fields *fields,
		     struct sx_words *out, struct sx_err *err)
{
	if (!sx_fields_get(fields, "mac") && !sx_fields_get(fields, "bdf"))
		return 0;
	if (look_into_files(change, class, fields, out, err))
		return -1;
	return live ? look_into_domains(change, live, class, fields, out, err) : 0;
}
