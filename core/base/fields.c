/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ordered name-value pairs: see fields.h. */
#include "base/fields.h"

void sx_fields_dispose(struct sx_fields *f)
{
	for (size_t i = 0; i < f->len; i++) {
		free(f->items[i].name);
		free(f->items[i].value);
	}
	sx_vec_free(f);
}

static struct sx_field *find(const struct sx_fields *f, const char *name)
{
	for (size_t i = 0; i < f->len; i++)
		if (sx_streq(f->items[i].name, name))
			return &f->items[i];
	return NULL;
}

const char *sx_fields_get(const struct sx_fields *f, const char *name)
{
	const struct sx_field *there = find(f, name);

	return there ? there->value : NULL;
}

/* Takes ownership of the value. */
static void give(struct sx_fields *f, const char *name, char *value)
{
	struct sx_field *there = find(f, name);

	if (there) {
		sx_put(&there->value, value);
	} else {
		struct sx_field new = { sx_strdup(name), value };

		sx_vec_push(f, new);
	}
}

void sx_fields_set(struct sx_fields *f, const char *name, const char *value)
{
	give(f, name, sx_strdup(value));
}

void sx_fields_setf(struct sx_fields *f, const char *name, const char *fmt, ...)
{
	SX_STR s = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sx_str_addv(&s, fmt, ap);
	va_end(ap);
	give(f, name, sx_str_take(&s));
}

void sx_fields_complete(struct sx_fields *f, const char *name, const char *value)
{
	if (value && !find(f, name))
		sx_fields_set(f, name, value);
}

void sx_fields_set_all(struct sx_fields *f, const struct sx_fields *from)
{
	for (size_t i = 0; i < from->len; i++)
		sx_fields_set(f, from->items[i].name, from->items[i].value);
}

void sx_fields_unset(struct sx_fields *f, const char *name)
{
	struct sx_field *there = find(f, name);

	if (!there)
		return;
	free(there->name);
	free(there->value);
	f->len--;
	for (; there < f->items + f->len; there++)
		*there = there[1];
}

bool sx_fields_equal(const struct sx_fields *a, const struct sx_fields *b)
{
	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++)
		if (!sx_streq(sx_fields_get(b, a->items[i].name), a->items[i].value))
			return false;
	return true;
}
