/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds the views of a document and of a running domain: see view.h. */
#include "view/view.h"
#include "device/device.h"
#include "domain/disk_list.h"

#include <string.h>

/* Does the text name the device, in whatever spelling? */
static bool names_item(const char *text, const struct view_item *item)
{
	const struct device_class *class = item->class->device;

	if (!class)
		return disk_text_names(text, item->devid);
	for (const struct device_field *f = class->fields; f->name; f++) {
		const char *value = view_value(item, f->name);

		if (f->identifies && value && device_text_has(f, text, value))
			return true;
	}
	return false;
}

bool view_may_have(const struct view *v, const struct view_item *item)
{
	const char *target = view_value(item, "target");

	sx_each(const struct view_unread, u, &v->unread) {
		if (u->class == item->class &&
		    (names_item(u->text, item) || (u->devid >= 0 && u->devid == item->devid) ||
		     (target && *target && strstr(u->text, target))))
			return true;
	}
	return false;
}

static bool is_claimed(const char *key)
{
	SX_FREE char *word = sx_format(" %s ", key);
	const struct view_class *class;

	for (size_t i = 0; (class = view_class_at(i)); i++)
		if (strcmp(class->key, key) == 0 || (class->claims && strstr(class->claims, word)))
			return true;
	return false;
}

/* A list as one line; a nested list that itself holds a list is shown as [...]. */
static char *list_text(const struct xlcfg *doc, const char *key)
{
	SX_STR s = { 0 };

	for (size_t i = 0; i < xlcfg_list_len(doc, key); i++) {
		SX_FREE char *item = xlcfg_list_get(doc, key, i);
		SX_WORDS inner = { 0 };

		sx_str_addf(&s, "%s%s", i ? " | " : "", item ? item : "[");
		if (!item && !xlcfg_list_get_list(doc, key, i, &inner))
			sx_str_add(&s, "...");
		for (size_t k = 0; k < inner.len; k++)
			sx_str_addf(&s, "%s%s", k ? " | " : "", inner.items[k]);
		sx_str_add(&s, item ? "" : "]");
	}
	return sx_str_take(&s);
}

/* Keys missing from the table can still be compared between two texts. */
static void add_others(const struct xlcfg *doc, struct view *out)
{
	const struct view_class *other = view_class_find("");
	const char *key;

	for (size_t i = 0; (key = xlcfg_key_at(doc, i)); i++) {
		SX_FREE char *value = NULL;
		struct view_item *item;

		if (is_claimed(key))
			continue;
		value = xlcfg_key_kind(doc, key) == XLCFG_LIST ? list_text(doc, key)
							       : xlcfg_get_string(doc, key);
		item = view_add(out, other, key, key);
		item->line = xlcfg_key_line(doc, key);
		view_add_field(item, "", value ? value : "");
	}
}

int view_of_doc(const struct xlcfg *doc, const char *path, struct view *out, struct sx_err *err)
{
	const struct view_class *class;

	for (size_t i = 0; (class = view_class_at(i)); i++) {
		sx_vec_push(&out->known, class);
		if (class->from_doc && class->from_doc(class, doc, path, out, err))
			return -1;
	}
	add_others(doc, out);
	return 0;
}

int view_of_live(struct live *live, uint32_t domid, struct view *out, struct sx_err *err)
{
	struct view_live l = { .live = live, .domid = domid };
	const struct view_class *class;
	int r = live_config_get(live, domid, &l.config, err);

	for (size_t i = 0; !r && (class = view_class_at(i)); i++) {
		size_t before = out->len;

		if (!class->from_live)
			continue;
		r = class->from_live(class, &l, out, err);
		/* Xen did not report this scalar: the running side does not know it. */
		if (!r && (class->list || out->len > before))
			sx_vec_push(&out->known, class);
	}
	live_config_dispose(&l.config);
	return r;
}
