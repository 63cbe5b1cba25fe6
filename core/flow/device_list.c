/* The devices of a list in a configuration, and which of them is the one meant. */
#include "device_change.h"

#include <string.h>

void device_items_dispose(struct device_items *items)
{
	for (size_t i = 0; i < items->len; i++)
		device_dispose(&items->items[i].device);
	sx_vec_free(items);
}

static int read_item(const struct xlcfg *doc, const struct device_class *class, size_t index,
		     struct device *out, struct sx_err *err)
{
	SX_FREE char *text = xlcfg_list_get(doc, class->key, index);
	SX_WORDS inner = { 0 };

	if (class->is_nested) {
		if (!xlcfg_list_get_list(doc, class->key, index, &inner))
			return sx_err_set(err, SX_ESYNTAX, "each %s is a list of its own",
					  class->noun);
		return device_parse_words(class, sx_words_argv(&inner), out, err);
	}
	if (!text)
		return sx_err_set(err, SX_ESYNTAX, "a list within the list '%s': xl stops there",
				  class->key);
	return device_parse(class, text, out, err);
}

int device_items_read(const struct xlcfg *doc, const char *path, const struct device_class *class,
		      struct device_items *out, struct sx_err *err)
{
	size_t count = xlcfg_list_len(doc, class->key);

	if (xlcfg_key_kind(doc, class->key) == XLCFG_SCALAR)
		return sx_err_set(err, SX_ECONFLICT, "%s:%zu: %s is not a list: xl would ignore it",
				  path, xlcfg_key_line(doc, class->key), class->key);
	for (size_t i = 0; i < count; i++) {
		struct device_item item = { .line = xlcfg_list_line(doc, class->key, i) };

		if (read_item(doc, class, i, &item.device, err)) {
			sx_err_wrap(err, "%s:%zu", path, item.line);
			err->code = SX_ESYNTAX;
			return -1;
		}
		item.number = device_number(&item.device, i);
		sx_vec_push(out, item);
	}
	return 0;
}

/* "0000:03:00.*" stands for all functions of the slot. */
static bool same_value(const struct device_field *field, const char *a, const char *b)
{
	size_t len = strlen(a);

	if (field->kind == DEVICE_BDF && len == strlen(b) &&
	    (a[len - 1] == '*') != (b[len - 1] == '*'))
		return strncmp(a, b, len - 1) == 0;
	return sx_streq(a, b);
}

int device_same(const struct device_class *class, const struct sx_fields *a,
		const struct sx_fields *b)
{
	int verdict = 0;

	for (const struct device_field *f = class->fields; f->name; f++) {
		const char *one = sx_fields_get(a, f->name);
		const char *other = sx_fields_get(b, f->name);

		if (!f->identifies || !one || !other)
			continue;
		if (!same_value(f, one, other))
			return -1;
		verdict = 1;
	}
	return verdict;
}

bool device_agrees(const struct device *d, const struct sx_fields *live)
{
	for (size_t i = 0; i < d->fields.len; i++) {
		const struct sx_field *f = &d->fields.items[i];
		const struct device_field *field = device_field_find(d->class, f->name);
		const char *told = sx_fields_get(live, f->name);

		/* auto became one of the others. */
		if (!field || !field->is_live || sx_streq(f->value, "auto"))
			continue;
		if (!told)
			told = field->usual;
		if (told && !sx_streq(told, f->value))
			return false;
	}
	return true;
}
