/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which element of a configuration, or running device, a change is about; and its facts. */
#include "family/device_change.h"
#include "host/file.h"

#include <string.h>

/* Does the element's text contain what identifies the device? */
static bool names_device(const struct device_change *c, const char *text)
{
	for (const struct device_field *f = c->class->fields; f->name; f++) {
		const char *said = sx_fields_get(&c->spec.fields, f->name);
		const char *value = said ? said : sx_fields_get(&c->facts, f->name);

		if (f->identifies && value && device_text_has(f, text, value))
			return true;
	}
	return false;
}

int device_items_pass(const struct device_change *c, const struct xlcfg *doc,
		      const struct device_items *items, bool new, struct change_plan *plan,
		      struct sx_err *err)
{
	const char *fact = c->attach ? NULL : sx_fields_get(&c->facts, "devid");
	long number = c->attach ? c->spec.devid : fact ? strtol(fact, NULL, 10) : c->devid;

	for (size_t i = 0; i < items->len; i++) {
		const struct device_item *item = &items->items[i];
		SX_FREE char *text =
			item->unread ? xlcfg_list_get(doc, c->class->key, i) : sx_strdup("");

		if (!item->unread)
			continue;
		if (new &&
		    (!text || names_device(c, text) || (number >= 0 && item->number == number)))
			return sx_err_set(err, SX_ESYNTAX, "%s: it may be the device that is meant",
					  item->unread);
		sx_words_give(&plan->edits.notices,
			      sx_format("%s: left as it is, but xl cannot create a guest from "
					"this file",
					item->unread));
	}
	return new && items->stop ? sx_err_set(err, SX_ESYNTAX, "%s", items->stop) : 0;
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
	sx_each(const struct sx_field, f, &d->fields) {
		const struct device_field *field = device_field_find(d->class, f->name);
		const char *told = sx_fields_get(live, f->name);

		/* libxl replaced "auto" by a real value. */
		if (!field || !field->is_live || sx_streq(f->value, "auto"))
			continue;
		if (!told)
			told = field->usual;
		if (told && !sx_streq(told, f->value))
			return false;
	}
	return true;
}

char *device_subject(const struct device_class *class, const struct device *d, long number)
{
	SX_FREE char *label = device_label(d);
	const char *bridge = sx_fields_get(&d->fields, "bridge");
	SX_STR s = { 0 };

	sx_str_add(&s, class->noun);
	if (number >= 0 && !sx_fields_get(&d->fields, "mac") && !sx_fields_get(&d->fields, "uuid"))
		sx_str_addf(&s, " %ld%s%s%s", number, *label ? " (" : "", label, *label ? ")" : "");
	else
		sx_str_addf(&s, " %s%s%s%s", label, bridge ? " (" : "", bridge ? bridge : "",
			    bridge ? ")" : "");
	return sx_str_take(&s);
}

const char *device_fact(const struct device_change *c, const char *name)
{
	return sx_fields_get(&c->facts, name);
}

void device_add_fact(struct sx_words *facts, const char *name, const char *value)
{
	sx_words_give(facts, sx_format("%s=%s", name, value));
}

void device_add_number(struct sx_words *facts, const char *name, long value)
{
	sx_words_give(facts, sx_format("%s=%ld", name, value));
}

void device_add_numbers(struct sx_words *facts, const char *name, const struct live_devices *all)
{
	SX_STR numbers = { 0 };

	for (size_t i = 0; i < all->len; i++)
		sx_str_addf(&numbers, "%s%ld", i ? " " : "", all->items[i].devid);
	device_add_fact(facts, name, sx_str_text(&numbers));
}

/* Read the next number of a fact that device_add_numbers wrote. */
static bool next_number(const char **at, long *out)
{
	char *end = NULL;

	if (*at)
		*out = strtol(*at, &end, 10);
	if (!end || end == *at)
		return false;
	*at = end;
	return true;
}

long device_place(const struct device_change *c, const char *numbers, long number, size_t len)
{
	const char *at = device_fact(c, numbers);
	size_t count = 0, place = 0;
	bool found = false;

	for (long other; next_number(&at, &other); count++) {
		found = found || other == number;
		place += other < number;
	}
	return found && count == len ? (long)place : -1;
}

/* Was a device of this number there before the attach? */
static bool had(const struct device_change *c, long number)
{
	const char *at = device_fact(c, "had");

	for (long other; next_number(&at, &other);)
		if (other == number)
			return true;
	return false;
}

static bool is_attached(const struct device_change *c, const struct live_device *d)
{
	const char *mac = sx_fields_get(&c->facts, "mac");
	const char *uuid = sx_fields_get(&c->facts, "uuid");
	int same = device_same(c->class, &c->spec.fields, &d->fields);

	if (!same && mac)
		same = sx_streq(mac, sx_fields_get(&d->fields, "mac")) ? 1 : -1;
	if (!same && uuid)
		same = sx_streq(uuid, sx_fields_get(&d->fields, "uuid")) ? 1 : -1;
	if (same)
		return same > 0;
	/* Nothing identifies it but that its number is new. */
	return c->class->is_numbered && !had(c, d->devid);
}

static bool is_detached(const struct device_change *c, const struct live_device *d)
{
	const char *devid = sx_fields_get(&c->facts, "devid");

	if (c->devid >= 0)
		return d->devid == c->devid && device_same(c->class, &c->facts, &d->fields) >= 0;
	if (c->class->target[0])
		return device_agrees(&c->spec, &d->fields);
	if (device_same(c->class, &c->spec.fields, &d->fields) > 0)
		return true;
	/* Named by what libxl does not report (the name of a PCI device): compare the facts. */
	if (device_same(c->class, &c->facts, &d->fields) > 0)
		return true;
	return devid && d->devid >= 0 && d->devid == strtol(devid, NULL, 10);
}

const struct live_device *device_live_find(const struct device_change *c,
					   const struct live_devices *devices)
{
	for (size_t i = 0; i < devices->len; i++)
		if (c->attach ? is_attached(c, &devices->items[i])
			      : is_detached(c, &devices->items[i]))
			return &devices->items[i];
	return NULL;
}

void device_read_file(const char *path, const struct device_class *class, struct device_items *out)
{
	SX_ERR ignored = { 0 };
	FILE_IMAGE image = { 0 };
	XLCFG_DOC *doc = NULL;

	if (file_read(path, &image, &ignored) ||
	    xlcfg_parse(sx_str_text(&image.text), image.text.len, path, &doc, &ignored) ||
	    device_items_read(doc, path, class, out, &ignored))
		device_items_dispose(out);
}
