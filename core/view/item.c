/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The items, fields and known classes of a view: see view.h. */
#include "view/private.h"

#include <string.h>

static void item_dispose(struct view_item *item)
{
	for (size_t i = 0; i < item->fields.len; i++)
		free(item->fields.items[i].value);
	sx_vec_free(&item->fields);
	free(item->id);
	free(item->key);
	free(item->text);
}

void view_dispose(struct view *v)
{
	for (size_t i = 0; i < v->len; i++)
		item_dispose(&v->items[i]);
	sx_vec_free(v);
	for (size_t i = 0; i < v->unread.len; i++)
		free(v->unread.items[i].text);
	sx_vec_free(&v->unread);
	sx_vec_free(&v->known);
	sx_words_dispose(&v->notices);
	*v = (struct view){ 0 };
}

struct view_item *view_add(struct view *v, const struct view_class *class, const char *id,
			   const char *key)
{
	struct view_item item = {
		.class = class, .id = sx_strdup(id), .key = key ? sx_strdup(key) : NULL, .devid = -1
	};

	sx_vec_push(v, item);
	return &v->items[v->len - 1];
}

void view_add_field(struct view_item *item, const char *name, const char *value)
{
	struct view_field field = { name, sx_strdup(value) };

	sx_vec_push(&item->fields, field);
}

void view_add_unread(struct view *v, const struct view_class *class, const char *text, long devid,
		     const char *why)
{
	struct view_unread unread = { class, sx_strdup(text), devid };

	sx_vec_push(&v->unread, unread);
	sx_words_give(&v->notices,
		      sx_format("%s: not compared, and xl cannot create a guest from this "
				"file",
				why));
}

const char *view_value(const struct view_item *item, const char *field)
{
	for (size_t i = 0; i < item->fields.len; i++)
		if (strcmp(item->fields.items[i].name, field) == 0)
			return item->fields.items[i].value;
	return NULL;
}

bool view_knows(const struct view *v, const struct view_class *class)
{
	for (size_t i = 0; i < v->known.len; i++)
		if (v->known.items[i] == class)
			return true;
	return false;
}

void view_forget(struct view *v, const struct view_class *class)
{
	size_t kept = 0;

	for (size_t i = 0; i < v->known.len; i++)
		if (v->known.items[i] != class)
			v->known.items[kept++] = v->known.items[i];
	v->known.len = kept;
}

const struct view_item *view_match(const struct view *v, const struct view_item *item)
{
	sx_each(const struct view_item, other, v) {
		if (other->class != item->class)
			continue;
		if (other->key && item->key ? sx_streq(other->key, item->key)
					    : other->devid >= 0 && other->devid == item->devid)
			return other;
	}
	return NULL;
}

const struct view_item *view_find(const struct view *v, const char *key)
{
	for (size_t i = 0; i < v->len; i++)
		if (sx_streq(v->items[i].class->key, key))
			return &v->items[i];
	return NULL;
}

char *view_value_in(const struct xlcfg *doc, const char *key)
{
	const struct view_class *class = view_class_find(key);
	VIEW v = { 0 };
	SX_ERR ignored = { 0 };
	const char *value = NULL;

	if (class && class->from_doc(class, doc, "", &v, &ignored) == 0 && v.len)
		value = view_value(&v.items[0], "");
	return sx_strdup(value ? value : "");
}

int view_set(struct xlcfg *doc, struct xlcfg_edits *edits, const char *key, const char *value,
	     struct sx_err *err)
{
	const struct view_class *class = view_class_find(key);
	SX_FREE char *was = view_value_in(doc, key);
	VIEW to = { 0 };

	if (!class)
		return sx_err_set(err, SX_EFAIL, "'%s' has no class in the view", key);
	if (sx_streq(was, value))
		return 0;
	view_add_field(view_add(&to, class, "", ""), "", value);
	return class->write(class, doc, edits, NULL, &to.items[0], &to, err);
}

const struct view_class *view_class_at(size_t i)
{
	return view_classes[i].key ? &view_classes[i] : NULL;
}

const struct view_class *view_class_find(const char *key)
{
	for (const struct view_class *c = view_classes; c->key; c++)
		if (strcmp(c->key, key) == 0)
			return c;
	return NULL;
}
