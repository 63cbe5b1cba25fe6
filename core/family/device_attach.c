/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits the file for an attached device, so that the next create makes the same device. */
#include "family/device_change.h"

/* Complete the device as the file must describe it. */
static void complete(const struct device_change *c, const struct xlcfg *doc, size_t index,
		     bool was_attached, struct device *d)
{
	const char *devid = device_fact(c, "devid");

	d->class = c->class;
	d->devid = c->spec.devid;
	sx_fields_set_all(&d->fields, &c->spec.fields);
	/* devid is not a field. */
	for (size_t i = 0; i < SX_COUNT(c->class->chosen) && c->class->chosen[i]; i++)
		if (!sx_streq(c->class->chosen[i], "devid"))
			sx_fields_complete(&d->fields, c->class->chosen[i],
					   device_fact(c, c->class->chosen[i]));
	if (c->class->has_devid && devid && strtol(devid, NULL, 10) != (long)index)
		d->devid = strtol(devid, NULL, 10);
	if (c->class->controller)
		device_plug(c, doc, d);
	if (c->class->complete)
		c->class->complete(d, doc, was_attached);
}

/* Does one of its fields differ from what the words say? */
static bool contradicts(const struct device *d, const struct sx_fields *words)
{
	for (size_t i = 0; i < words->len; i++)
		if (!sx_streq(sx_fields_get(&d->fields, words->items[i].name),
			      words->items[i].value))
			return true;
	return false;
}

/* Write the item in the person's own words where the file can take them, additions appended. */
static int item_text(const struct device_change *c, const struct device *d, struct sx_words *out,
		     struct sx_err *err)
{
	SX_STR typed = { 0 };
	DEVICE read = { 0 };
	SX_ERR why = { 0 };

	for (size_t i = 1; i < c->args.len; i++)
		sx_str_addf(&typed, "%s%s", i > 1 ? "," : "", c->args.items[i]);
	if (c->class->is_nested) {
		for (size_t i = 1; i < c->args.len; i++)
			sx_words_add(out, c->args.items[i]);
		return 0;
	}
	if (device_parse(c->class, sx_str_text(&typed), &read, &why) == 0 && !read.skipped.len &&
	    !contradicts(d, &read.fields)) {
		sx_each(const struct sx_field, f, &d->fields) {
			if (!sx_streq(sx_fields_get(&read.fields, f->name), f->value))
				sx_str_addf(&typed, "%s%s=%s", typed.len ? "," : "", f->name,
					    f->value);
		}
		if (d->devid != read.devid)
			sx_str_addf(&typed, "%sdevid=%ld", typed.len ? "," : "", d->devid);
		device_dispose(&read);
		if (device_parse(c->class, sx_str_text(&typed), &read, &why) == 0 &&
		    read.devid == d->devid && sx_fields_equal(&read.fields, &d->fields)) {
			sx_words_add(out, sx_str_text(&typed));
			return 0;
		}
	}
	return device_text(d, out, err);
}

/* Does the item say all that was typed? */
static bool says_all(const struct device_item *item, const struct device *typed)
{
	for (size_t i = 0; i < typed->fields.len; i++)
		if (!sx_streq(sx_fields_get(&item->device.fields, typed->fields.items[i].name),
			      typed->fields.items[i].value))
			return false;
	return true;
}

/* What the detach command would name the item by. Heap string. */
static char *detach_word(const struct device_item *item)
{
	static const char *const names[] = { "mac", "uuid", "bdf" };
	const struct sx_fields *f = &item->device.fields;
	const char *name = sx_fields_get(f, "name");
	const char *controller = sx_fields_get(f, "controller");
	const char *port = sx_fields_get(f, "port");

	for (size_t i = 0; i < SX_COUNT(names); i++)
		if (sx_fields_get(f, names[i]))
			return sx_strdup(sx_fields_get(f, names[i]));
	if (item->number >= 0)
		return sx_format("%ld", item->number);
	if (name)
		return sx_format("name=%s", name);
	return sx_format("%s %s", controller ? controller : "<controller>", port ? port : "<port>");
}

/* Does the file have it already? *done: yes, with the same meaning. SX_ECONFLICT: with another. */
static int check_file(const struct device_change *c, const struct device *d, const char *path,
		      const struct device_items *items, struct change_plan *plan, bool *done,
		      struct sx_err *err)
{
	*done = false;
	sx_each(const struct device_item, item, items) {
		bool same = device_same(c->class, &d->fields, &item->device.fields) > 0;
		SX_FREE char *word = detach_word(item);
		SX_FREE char *label = NULL;

		if (item->unread || (!same && (c->spec.devid < 0 || item->number != c->spec.devid)))
			continue;
		label = same ? device_label(&item->device) : sx_format("%ld", item->number);
		if (same && says_all(item, &c->spec)) {
			plan->already = sx_format("%s:%zu has %s %s already", path, item->line,
						  c->class->noun, label);
			*done = true;
			return 0;
		}
		sx_err_set(err, SX_ECONFLICT, "%s %s is already in %s:%zu", c->class->noun, label,
			   path, item->line);
		return sx_err_hint(err, "remove that one first: safexl --config %s %pQ %s",
				   c->class->detach, c->args.items[0], word);
	}
	return 0;
}

static int append(const struct device_class *class, const struct sx_words *text, struct xlcfg *doc,
		  struct change_plan *plan, struct sx_err *err)
{
	if (!class->is_nested)
		return xlcfg_edits_append(&plan->edits, doc, class->key, text->items[0], err);
	return xlcfg_edits_append_list(&plan->edits, doc, class->key, text->items, err);
}

int device_attach_plan(const struct change_said *said, const char *path, struct xlcfg *doc,
		       struct change_plan *plan, struct sx_err *err)
{
	const struct device_change *c = said->data;
	const char *number = device_fact(c, "devid");
	DEVICE_ITEMS items = { 0 };
	SX_WORDS text = { 0 };
	DEVICE d = { 0 };
	SX_FREE char *what = NULL;
	bool done;

	if (device_items_read(doc, path, c->class, &items, err))
		return -1;
	complete(c, doc, items.len, device_fact(c, "live") != NULL, &d);
	what = device_subject(c->class, &d, number ? strtol(number, NULL, 10) : -1);
	plan->subject = sx_format("attach %s", what);
	if (check_file(c, &d, path, &items, plan, &done, err) ||
	    device_items_pass(c, doc, &items, !done, plan, err))
		return -1;
	if (done)
		return 0;
	if (c->class->controller && device_add_controller(c, path, doc, plan, &d, err))
		return -1;
	if (c->class->is_numbered && !c->class->has_devid && number &&
	    strtol(number, NULL, 10) != (long)items.len)
		sx_words_give(&plan->edits.notices,
			      sx_format("the %s is number %s in the running domain; "
					"at the next create it will be %zu",
					c->class->noun, number, items.len));
	for (size_t i = 0; i < c->notes.len; i++)
		sx_words_add(&plan->edits.notices, c->notes.items[i]);
	if (c->class->foresee &&
	    c->class->foresee(doc, c->args.items[0], &plan->edits.notices, err))
		return -1;
	if (item_text(c, &d, &text, err))
		return -1;
	return append(c->class, &text, doc, plan, err);
}
