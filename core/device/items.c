/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The devices of a list in a configuration: see items.h. */
#include "device/items.h"

void device_items_dispose(struct device_items *items)
{
	for (size_t i = 0; i < items->len; i++) {
		device_dispose(&items->items[i].device);
		free(items->items[i].unread);
	}
	sx_vec_free(items);
	free(items->stop);
	*items = (struct device_items){ 0 };
}

/* Read one element; if xl cannot, *out is empty and *why says so. False: xl stops reading here. */
static bool read_item(const struct xlcfg *doc, const struct device_class *class, size_t index,
		      struct device *out, struct sx_err *why)
{
	SX_FREE char *text = xlcfg_list_get(doc, class->key, index);
	SX_WORDS inner = { 0 };
	int r = 0;

	if (class->is_nested && xlcfg_list_get_list(doc, class->key, index, &inner))
		r = device_parse_words(class, sx_words_argv(&inner), out, why);
	else if (text && !class->is_nested)
		r = device_parse(class, text, out, why);
	else
		return false;
	if (r) {
		device_dispose(out);
		out->devid = -1;
	}
	return true;
}

int device_items_read(const struct xlcfg *doc, const char *path, const struct device_class *class,
		      struct device_items *out, struct sx_err *err)
{
	size_t count = xlcfg_list_len(doc, class->key);

	if (xlcfg_key_kind(doc, class->key) == XLCFG_SCALAR)
		return sx_err_set(err, SX_ECONFLICT, "%s:%zu: %s is not a list: xl would ignore it",
				  path, xlcfg_key_line(doc, class->key), class->key);
	for (size_t i = 0; i < count && !out->stop; i++) {
		struct device_item item = { .line = xlcfg_list_line(doc, class->key, i),
					    .number = class->is_numbered ? (long)i : -1 };
		SX_ERR why = { 0 };

		if (!read_item(doc, class, i, &item.device, &why)) {
			out->stop = class->is_nested
					    ? sx_format("%s:%zu: each %s is a list of its own",
							path, item.line, class->noun)
					    : sx_format("%s:%zu: a list within the list '%s': xl "
							"stops there",
							path, item.line, class->key);
			continue;
		}
		if (why.code)
			item.unread = sx_format("%s:%zu: %s", path, item.line, why.msg);
		else
			item.number = device_number(&item.device, i);
		sx_vec_push(out, item);
	}
	return 0;
}
