/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Devices as texts and as fields: see device.h. The grammar is that of parse_*_config in xl. */
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
			sx_str_addf(&known, "%s%s=", known.len ? ", " : "", f->name);
	return sx_err_hint(err, "known are: %s", sx_str_text(&known));
}

/* "key=value"; `strict` on a command line. */
static int take_word(struct device *out, const char *word, bool strict, struct sx_err *err)
{
	const char *equals = strchr(word, '=');
	SX_FREE char *name = sx_strndup(word, equals ? (size_t)(equals - word) : strlen(word));
	SX_FREE char *value = NULL;
	const struct device_field *field;
	enum device_verdict verdict;
	char *end;

	if (sx_streq(out->class->key, "vif") && !equals &&
	    (sx_streq(word, "trusted") || sx_streq(word, "untrusted"))) {
		sx_fields_set(&out->fields, "trusted", *word == 't' ? "1" : "0");
		return 0;
	}
	if (!equals)
		return bad_word(out, word, strict, false, err);
	if (out->class->has_devid && sx_streq(name, "devid")) {
		out->devid = strtol(equals + 1, &end, 10);
		/* An int in libxl; the one behind it has a number, too. */
		if (end == equals + 1 || out->devid < 0 || out->devid >= INT_MAX ||
		    (strict && *end))
			return bad_word(out, word, strict, true, err);
		return 0;
	}
	/* Written trusted or untrusted, never trusted=. */
	field = device_field_find(out->class, sx_streq(name, "netdev") ? "gatewaydev" : name);
	if (!field || (field->kind == DEVICE_FLAG && sx_streq(out->class->key, "vif")))
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

static bool is_set(const struct device *d, const char *name)
{
	const char *value = sx_fields_get(&d->fields, name);

	return value && !sx_streq(value, "0");
}

/* What must be there in the end, and what follows from the rest. */
static int finish(struct device *out, bool strict, struct sx_err *err)
{
	const char *key = out->class->key;
	const char *missing = NULL;

	if (sx_streq(key, "vtpm") && !strict && !sx_fields_get(&out->fields, "backend"))
		missing = "backend=";
	if (sx_streq(key, "vdispl") && !sx_fields_get(&out->fields, "connectors"))
		missing = "connectors=";
	if (sx_streq(key, "usbdev") && strict &&
	    !(is_set(out, "hostbus") && is_set(out, "hostaddr")))
		missing = "hostbus= and hostaddr=";
	if (sx_streq(key, "vkb")) {
		bool touch = is_set(out, "multi-touch-width") ||
			     is_set(out, "multi-touch-height") ||
			     is_set(out, "multi-touch-num-contacts");

		if (!sx_fields_get(&out->fields, "backend-type"))
			missing = "backend-type=";
		else if (is_set(out, "feature-multi-touch") && !touch)
			missing = "multi-touch-width=, -height= and -num-contacts=";
		else if (touch)
			sx_fields_set(&out->fields, "feature-multi-touch", "1");
	}
	return missing ? sx_err_set(err, SX_EUSAGE, "%s: %s missing", key, missing) : 0;
}

int device_parse(const struct device_class *class, const char *text, struct device *out,
		 struct sx_err *err)
{
	SX_FREE char *copy = sx_strdup(text);
	char *rest = copy, *word;
	DEVICE d = { .class = class, .devid = -1 };

	if (sx_streq(class->key, "pci")) {
		if (device_pci_parse(text, &d, err))
			return -1;
		*out = sx_steal(&d);
		return 0;
	}
	while ((word = device_next_word(&rest, ","))) {
		/* xl stops there, and takes the rest for nothing. */
		if (sx_streq(class->key, "vtpm") && !strchr(word, '='))
			break;
		if (take_word(&d, word, false, err))
			return -1;
	}
	if (finish(&d, false, err))
		return -1;
	*out = sx_steal(&d);
	return 0;
}

int device_parse_words(const struct device_class *class, char *const *words, struct device *out,
		       struct sx_err *err)
{
	DEVICE d = { .class = class, .devid = -1 };

	if (sx_streq(class->key, "pci"))
		return device_parse(class, words[0] ? words[0] : "", out, err);
	if (class->is_nested) {
		if (device_sound_parse(words, true, &d, err))
			return -1;
		*out = sx_steal(&d);
		return 0;
	}
	for (; *words; words++)
		if (take_word(&d, *words, true, err))
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

static char *join(const struct device *d)
{
	SX_STR s = { 0 };

	for (size_t i = 0; i < d->fields.len; i++) {
		const struct sx_field *f = &d->fields.items[i];

		if (sx_streq(d->class->key, "vif") && sx_streq(f->name, "trusted"))
			sx_str_addf(&s, ",%s", *f->value == '0' ? "untrusted" : "trusted");
		else
			sx_str_addf(&s, ",%s=%s", f->name, f->value);
	}
	if (d->devid >= 0)
		sx_str_addf(&s, ",devid=%ld", d->devid);
	return sx_strdup(s.len ? s.data + 1 : "");
}

int device_text(const struct device *d, struct sx_words *out, struct sx_err *err)
{
	DEVICE back = { 0 };
	SX_WORDS items = { 0 };
	SX_ERR why = { 0 };
	int r;

	if (d->class->is_nested)
		device_sound_text(d, &items);
	else
		sx_words_give(&items,
			      sx_streq(d->class->key, "pci") ? device_pci_text(d) : join(d));
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

/* "name=value", as it is or with the other value. */
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
	for (size_t i = 0; i < d->fields.len; i++) {
		const struct sx_field *f = &d->fields.items[i];

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
	static const char *const telling[] = {
		"mac", "bdf", "name", "uuid", "unique-id", "connectors", "short-name", "pcm0.name"
	};
	const char *bus = sx_fields_get(&d->fields, "hostbus");
	const char *address = sx_fields_get(&d->fields, "hostaddr");
	SX_STR all = { 0 };

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
