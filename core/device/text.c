/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Convert items between text and fields: see device.h. The grammar mirrors xl's parse_*_config. */
#include "device/private.h"

#include <limits.h>
#include <string.h>

void device_dispose(struct device *d)
{
	sx_fields_dispose(&d->fields);
	sx_words_dispose(&d->skipped);
	*d = (struct device){ 0 };
}

static int bad_word(struct device *out, const char *word, bool strict, bool fatal,
		    struct sx_err *err)
{
	SX_STR known = { 0 };

	if (out->class->skips && !strict && !fatal) {
		if (*word)
			sx_words_add(&out->skipped, word);
		return 0;
	}
	sx_err_set(err, SX_EUSAGE, "%s: xl does not know '%s' there", out->class->key, word);
	for (const struct device_field *f = out->class->fields; f->name; f++)
		if (!sx_starts_with(f->name, "colo_"))
			sx_str_addf(&known, "%s%s%s", known.len ? ", " : "", f->name,
				    f->kind == DEVICE_WORD ? "" : "=");
	return sx_err_hint(err, "known are: %s", sx_str_text(&known));
}

/* A word without "=": NAME or unNAME of a DEVICE_WORD field. */
static bool take_name(struct device *out, const char *word)
{
	for (const struct device_field *f = out->class->fields; f->name; f++) {
		bool negated = sx_starts_with(word, "un") && sx_streq(word + 2, f->name);

		if (f->kind != DEVICE_WORD || (!negated && !sx_streq(word, f->name)))
			continue;
		sx_fields_set(&out->fields, f->name, negated ? "0" : "1");
		return true;
	}
	return false;
}

/* "key=value"; `strict`: from a command line. */
static int take_word(struct device *out, const char *word, bool strict, struct sx_err *err)
{
	const char *equals = strchr(word, '=');
	SX_FREE char *name = sx_strndup(word, equals ? (size_t)(equals - word) : strlen(word));
	SX_FREE char *value = NULL;
	const char *const *alias = out->class->alias;
	const struct device_field *field;
	enum device_verdict verdict;
	char *end;

	if (!equals)
		return take_name(out, word) ? 0 : bad_word(out, word, strict, false, err);
	if (out->class->has_devid && sx_streq(name, "devid")) {
		out->devid = strtol(equals + 1, &end, 10);
		/* libxl keeps devid in an int, and the next device needs one more. */
		if (end == equals + 1 || out->devid < 0 || out->devid >= INT_MAX ||
		    (strict && *end))
			return bad_word(out, word, strict, true, err);
		return 0;
	}
	field = device_field_find(out->class, sx_streq(name, alias[0]) ? alias[1] : name);
	if (!field)
		return bad_word(out, word, strict, false, err);
	verdict = device_value(out->class, field, equals + 1, strict, &value);
	if (verdict != DEVICE_TAKEN)
		return bad_word(out, word, strict, verdict == DEVICE_FATAL, err);
	if (value)
		sx_fields_set(&out->fields, field->name, value);
	else
		sx_fields_unset(&out->fields, field->name);
	return 0;
}

bool device_is_set(const struct device *d, const char *name)
{
	const char *value = sx_fields_get(&d->fields, name);

	return value && !sx_streq(value, "0");
}

static int finish(struct device *d, bool strict, struct sx_err *err)
{
	const char *missing = d->class->finish ? d->class->finish(d, strict) : NULL;

	return missing ? sx_err_set(err, SX_EUSAGE, "%s: %s missing", d->class->key, missing) : 0;
}

/* Split a list item into words as xl does. */
static int take_item(struct device *d, char *text, struct sx_err *err)
{
	char *word;

	while ((word = device_next_word(&text, ","))) {
		if (d->class->stops && !strchr(word, '='))
			break;
		if (take_word(d, word, false, err))
			return -1;
	}
	return 0;
}

static int take_words(struct device *d, char *const *words, struct sx_err *err)
{
	for (; *words; words++)
		if (take_word(d, *words, true, err))
			return -1;
	return 0;
}

int device_parse(const struct device_class *class, const char *text, struct device *out,
		 struct sx_err *err)
{
	DEVICE d = { .class = class, .devid = -1 };
	SX_FREE char *copy = sx_strdup(text);

	if (class->parse ? class->parse((char *[]){ copy, NULL }, false, &d, err)
			 : take_item(&d, copy, err))
		return -1;
	if (finish(&d, false, err))
		return -1;
	*out = sx_steal(&d);
	return 0;
}

int device_parse_words(const struct device_class *class, char *const *words, struct device *out,
		       struct sx_err *err)
{
	DEVICE d = { .class = class, .devid = -1 };

	if (class->parse ? class->parse(words, true, &d, err) : take_words(&d, words, err))
		return -1;
	if (finish(&d, true, err))
		return -1;
	*out = sx_steal(&d);
	return 0;
}

const char *device_get(const struct device *d, const char *name)
{
	const char *value = sx_fields_get(&d->fields, name);
	const struct device_field *field = value ? NULL : device_field_find(d->class, name);

	return field ? field->usual : value;
}

long device_number(const struct device *d, size_t index)
{
	if (!d->class->is_numbered)
		return -1;
	return d->devid >= 0 ? d->devid : (long)index;
}

static void join(const struct device *d, struct sx_words *out)
{
	SX_STR s = { 0 };

	sx_each(const struct sx_field, f, &d->fields) {
		const struct device_field *field = device_field_find(d->class, f->name);

		if (field && field->kind == DEVICE_WORD)
			sx_str_addf(&s, ",%s%s", *f->value == '0' ? "un" : "", f->name);
		else
			sx_str_addf(&s, ",%s=%s", f->name, f->value);
	}
	if (d->devid >= 0)
		sx_str_addf(&s, ",devid=%ld", d->devid);
	sx_words_add(out, s.len ? s.data + 1 : "");
}

int device_text(const struct device *d, struct sx_words *out, struct sx_err *err)
{
	DEVICE back = { 0 };
	SX_WORDS items = { 0 };
	SX_ERR why = { 0 };
	int r;

	(d->class->write ? d->class->write : join)(d, &items);
	if (d->class->is_nested)
		r = device_parse_words(d->class, sx_words_argv(&items), &back, &why);
	else
		r = device_parse(d->class, items.items[0], &back, &why);
	if (r || back.devid != d->devid || !sx_fields_equal(&back.fields, &d->fields))
		return sx_err_set(err, SX_ECONFLICT,
				  "%s: xl has no way to write this one as an item of the list: %s",
				  d->class->key, items.len ? items.items[0] : "");
	*out = sx_steal(&items);
	return 0;
}

/* Append "name=value" as it is, or with the new value if that differs. */
static void reword(const struct device *d, const struct device *was, const char *word,
		   struct sx_str *out)
{
	size_t blank = strspn(word, " \t"), len = strcspn(word + blank, "=");
	SX_FREE char *name = sx_strndup(word + blank, len);
	const char *old = sx_fields_get(&was->fields, name);
	const char *new = sx_fields_get(&d->fields, name);

	if (word[blank + len] && old && new && !sx_streq(old, new))
		sx_str_addf(out, "%.*s%s", (int)(blank + len + 1), word, new);
	else
		sx_str_add(out, word);
}

int device_reword(const struct device *d, const char *item, struct sx_words *out,
		  struct sx_err *err)
{
	SX_FREE char *copy = sx_strdup(item);
	char *rest = copy, *word;
	DEVICE was = { 0 };
	DEVICE back = { 0 };
	SX_STR text = { 0 };
	SX_ERR why = { 0 };

	if (d->class->is_nested || device_parse(d->class, item, &was, &why))
		return device_text(d, out, err);
	while ((word = strsep(&rest, ","))) {
		reword(d, &was, word, &text);
		sx_str_add(&text, rest ? "," : "");
	}
	sx_each(const struct sx_field, f, &d->fields) {
		if (!sx_fields_get(&was.fields, f->name))
			sx_str_addf(&text, "%s%s=%s", text.len ? "," : "", f->name, f->value);
	}
	if (device_parse(d->class, sx_str_text(&text), &back, &why) || back.devid != d->devid ||
	    !sx_fields_equal(&back.fields, &d->fields))
		return device_text(d, out, err);
	sx_words_add(out, sx_str_text(&text));
	return 0;
}

char *device_label(const struct device *d)
{
	static const char *const telling[] = { "short-name", "pcm0.name" };
	const char *bus = sx_fields_get(&d->fields, "hostbus");
	const char *address = sx_fields_get(&d->fields, "hostaddr");
	SX_STR all = { 0 };

	for (const struct device_field *f = d->class->fields; f->name && !d->class->id[1]; f++)
		if (f->identifies && sx_fields_get(&d->fields, f->name))
			return sx_strdup(sx_fields_get(&d->fields, f->name));
	for (size_t i = 0; i < SX_COUNT(telling); i++)
		if (sx_fields_get(&d->fields, telling[i]))
			return sx_strdup(sx_fields_get(&d->fields, telling[i]));
	if (bus && address)
		return sx_format("bus %s address %s", bus, address);
	for (size_t i = 0; i < d->fields.len; i++)
		sx_str_addf(&all, "%s%s=%s", i ? "," : "", d->fields.items[i].name,
			    d->fields.items[i].value);
	return sx_str_take(&all);
}
