/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices of the other lists as items of a view, by the classes of device.h. A device without an
 * identity in the file (a vif without mac) is identified by its number.
 */
#include "device/device.h"
#include "view/private.h"

#include <string.h>

/* What identifies the device; NULL: its fields do not say. Heap string. */
static char *key_of(const struct device_class *class, const struct sx_fields *f)
{
	const char *first = class->id[0] ? sx_fields_get(f, class->id[0]) : NULL;
	const char *second = class->id[1] ? sx_fields_get(f, class->id[1]) : "";

	if (!first || !second)
		return NULL;
	return sx_format("%s%s%s", first, *second ? "." : "", second);
}

static struct view_item *add_device(const struct view_class *c, const struct sx_fields *f,
				    long number, struct view *out)
{
	SX_FREE char *key = key_of(c->device, f);
	SX_FREE char *id = key ? sx_strdup(key) : sx_format("%ld", number);
	struct view_item *item = view_add(out, c, id, key);

	item->devid = number;
	return item;
}

/* Add the fields that the item, the host or a default decides: no others can be compared. */
static void add_said(const struct xlcfg *doc, const struct device *d, const struct sx_fields *host,
		     struct view_item *item)
{
	for (const struct device_field *f = d->class->fields; f->name; f++) {
		const char *value = sx_fields_get(&d->fields, f->name);

		if (!value && d->class->absent)
			value = d->class->absent(doc, host, f->name);
		if (!value)
			value = f->usual;
		/* libxl replaces 'auto' by a real type, so it cannot be compared. */
		if (value && sx_streq(value, "auto"))
			continue;
		if (value && f->kind != DEVICE_IGNORED)
			view_add_field(item, f->name, value);
	}
}

/*
 * A BDF "0000:03:00.*" stands for several devices, and a PCI device given by name is known only to
 * the host: the list's content cannot be compared then.
 */
static bool is_vague(const struct device *d)
{
	SX_FREE char *key = key_of(d->class, &d->fields);

	return d->class->is_numbered ? false : !key || sx_ends_with(key, "*");
}

int view_device_from_doc(const struct view_class *c, const struct xlcfg *doc, const char *path,
			 struct view *out, struct sx_err *err SX_UNUSED)
{
	const struct device_class *class = c->device;

	if (class->unlisted && class->unlisted(doc))
		view_forget(out, c);
	for (size_t i = 0; i < xlcfg_list_len(doc, c->key); i++) {
		SX_FREE char *text = xlcfg_list_get(doc, c->key, i);
		DEVICE d = { 0 };
		struct view_item *item;
		SX_ERR why = { 0 };

		if (!text)
			break; /* xl stops there as well */
		if (device_parse(class, text, &d, &why)) {
			SX_FREE char *unread = sx_format("%s:%zu: %s", path,
							 xlcfg_list_line(doc, c->key, i), why.msg);

			view_add_unread(out, c, text, class->is_numbered ? (long)i : -1, unread);
			continue;
		}
		if (is_vague(&d))
			view_forget(out, c);
		item = add_device(c, &d.fields, device_number(&d, i), out);
		item->index = i;
		item->line = xlcfg_list_line(doc, c->key, i);
		item->text = sx_strdup(text);
		add_said(doc, &d, out->host, item);
	}
	return 0;
}

/* May the item omit the field, as xl would choose the same value or chose it by itself? */
static bool goes_without(const struct device_class *class, const struct sx_field *f,
			 const char *guest_type)
{
	const struct device_field *field = device_field_find(class, f->name);

	if (!field || field->record == DEVICE_ALWAYS)
		return false;
	if (field->record == DEVICE_IN_HVM)
		return !sx_streq(guest_type, "hvm");
	return field->record == DEVICE_NEVER || sx_streq(field->usual, f->value);
}

static char *item_text(const struct device_class *class, const struct live_device *live,
		       const char *guest_type, struct sx_err *err)
{
	DEVICE d = { .class = class, .devid = -1 };
	SX_WORDS words = { 0 };

	sx_each(const struct sx_field, f, &live->fields) {
		if (!goes_without(class, f, guest_type))
			sx_fields_set(&d.fields, f->name, f->value);
	}
	if (device_text(&d, &words, err) || words.len != 1)
		return NULL;
	return sx_strdup(words.items[0]);
}

int view_device_from_live(const struct view_class *c, const struct view_live *l, struct view *out,
			  struct sx_err *err)
{
	const struct device_class *class = c->device;
	const char *type = live_fact(&l->config, "type");
	LIVE_DEVICES devices = { 0 };

	if (device_running(l->live, l->domid, class, &devices, err))
		return -1;
	sx_each(const struct live_device, d, &devices) {
		struct view_item *item = add_device(c, &d->fields, d->devid, out);
		SX_ERR why = { 0 };

		item->half = !d->connected;
		item->text = item_text(class, d, type, &why);
		if (!item->text)
			sx_words_give(&out->notices,
				      sx_format("%s %s cannot be written in a configuration: %s",
						c->key, item->id, why.msg ? why.msg : ""));
		for (size_t k = 0; k < d->fields.len; k++) {
			const struct device_field *field =
				device_field_find(class, d->fields.items[k].name);

			if (field)
				view_add_field(item, field->name, d->fields.items[k].value);
		}
	}
	return 0;
}

/* libxl creates the controller for a device that names none. */
bool view_device_implied(const struct view_item *running, const struct view *file)
{
	for (size_t i = 0; i < file->len; i++) {
		const struct device_class *class = file->items[i].class->device;

		if (class && class->controller == running->class->device &&
		    !view_value(&file->items[i], "controller"))
			return true;
	}
	return false;
}

/*
 * A running device reports its controller's number, an item gives the controller's place in its
 * list: translate the number into the place.
 */
static int plug(struct device *d, const struct xlcfg *doc, const struct view *running,
		const struct view_item *to, struct sx_err *err)
{
	const char *number = view_value(to, "controller");
	VIEW now = { 0 };

	if (!number || !d->class->controller || !sx_fields_get(&d->fields, "controller"))
		return 0;
	if (view_device_from_doc(view_class_find(d->class->controller->key), doc, "", &now, err))
		return -1;
	view_number(&now, running);
	for (size_t i = 0; i < now.len; i++)
		if (now.items[i].devid == strtol(number, NULL, 10))
			sx_fields_setf(&d->fields, "controller", "%zu", now.items[i].index);
	return 0;
}

/* Append it to the list, with devid= if its number is not its place there. */
static int write_new(const struct device_class *class, struct xlcfg *doc, struct xlcfg_edits *edits,
		     const struct view_item *to, const struct view *running, struct sx_err *err)
{
	SX_WORDS words = { 0 };
	DEVICE d = { 0 };

	if (device_parse(class, to->text, &d, err) || plug(&d, doc, running, to, err))
		return -1;
	if (class->has_devid && to->devid != (long)xlcfg_list_len(doc, class->key))
		d.devid = to->devid;
	if (device_text(&d, &words, err))
		return -1;
	return xlcfg_edits_append(edits, doc, class->key, words.items[0], err);
}

/* Change only the fields that differ: the running domain does not report all of them. */
static int write_fields(const struct device_class *class, struct xlcfg *doc,
			struct xlcfg_edits *edits, const struct view_item *from,
			const struct view_item *to, const struct view *running, struct sx_err *err)
{
	DEVICE d = { 0 };
	SX_WORDS words = { 0 };

	if (device_parse(class, from->text, &d, err))
		return -1;
	sx_each(const struct view_field, f, &from->fields) {
		const char *value = view_value(to, f->name);

		if (value && !sx_streq(value, f->value))
			sx_fields_set(&d.fields, f->name, value);
	}
	if (plug(&d, doc, running, to, err) || device_reword(&d, from->text, &words, err))
		return -1;
	return xlcfg_edits_replace(edits, doc, class->key, from->index, words.items[0], err);
}

int view_device_write(const struct view_class *c, struct xlcfg *doc, struct xlcfg_edits *edits,
		      const struct view_item *from, const struct view_item *to,
		      const struct view *running, struct sx_err *err)
{
	const struct device_class *class = c->device;

	if (to && !to->text)
		return sx_err_set(err, SX_ECONFLICT, "%s %s cannot be written in a configuration",
				  c->key, to->id);
	if (to && from)
		return write_fields(class, doc, edits, from, to, running, err);
	if (to)
		return write_new(class, doc, edits, to, running, err);
	return view_device_remove(class, from->index, doc, edits, err);
}
