/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What differs between the sides of a configuration, and which side moved: see view.h. */
#include "view/view.h"

#include <string.h>

/* One key or device on all sides, and which sides know its class. */
struct compared {
	const struct view_class *class;
	const struct view_item *item[VIEW_SIDES];
	bool known[VIEW_SIDES];
};

static void difference_dispose(struct view_difference *d)
{
	free(d->what);
	free(d->name);
	free(d->field);
	for (size_t i = 0; i < SX_COUNT(d->values); i++)
		free(d->values[i]);
}

void view_differences_dispose(struct view_differences *d)
{
	for (size_t i = 0; i < d->len; i++)
		difference_dispose(&d->items[i]);
	sx_vec_free(d);
}

/* Do both sides agree? Also true when one cannot tell. `field` NULL: compare only presence. */
static bool is_same(const struct compared *c, enum view_side a, enum view_side b, const char *field)
{
	const struct view_item *x = c->item[a], *y = c->item[b];
	const char *v, *w;

	if (!c->known[a] || !c->known[b])
		return true;
	if (!field || !x || !y)
		return field || !x == !y;
	if (c->class->same && !*field && b == VIEW_RUNNING)
		return c->class->same(x, y);
	v = view_value(x, field);
	w = view_value(y, field);
	/* Between two texts, a field missing in one is a difference. */
	if (a != VIEW_RUNNING && b != VIEW_RUNNING)
		return sx_streq(v ? v : "", w ? w : "");
	return !v || !w || strcmp(v, w) == 0;
}

/* Who moved: the file or the running domain? */
static enum view_state find_state(const struct compared *c, const char *field)
{
	if (is_same(c, VIEW_FILE, VIEW_RUNNING, field))
		return VIEW_UNCOMMITTED;
	if (!c->item[VIEW_FILE] && c->item[VIEW_RUNNING]->half)
		return VIEW_HALF;
	if (c->class->cold)
		return VIEW_WAITING;
	if (c->known[VIEW_START] && is_same(c, VIEW_START, VIEW_RUNNING, field) &&
	    !is_same(c, VIEW_FILE, VIEW_START, field))
		return VIEW_WAITING;
	return c->known[VIEW_COMMIT] && !is_same(c, VIEW_FILE, VIEW_COMMIT, field) &&
			       is_same(c, VIEW_COMMIT, VIEW_RUNNING, field)
		       ? VIEW_WAITING
		       : VIEW_UNRECORDED;
}

/* Is it about a whole device, not the value of a scalar or field? */
static bool is_whole(const struct view_difference *d)
{
	return d->class->list && !*d->field;
}

static const struct view_item *item_in(const struct view *v, const struct view_difference *d)
{
	return view_match(v, d->file ? d->file : d->running);
}

bool view_texts_differ(const struct view_difference *d, const struct view *a, const struct view *b)
{
	const struct view_item *x = item_in(a, d), *y = item_in(b, d);

	if (is_whole(d) || !x || !y)
		return !x != !y;
	return !sx_streq(view_value(x, d->field), view_value(y, d->field));
}

bool view_text_runs(const struct view_difference *d, const struct view *text,
		    const struct view *running)
{
	const struct view_item *x = item_in(text, d), *y = item_in(running, d);

	if (is_whole(d) || !x || !y)
		return !x == !y;
	return d->class->same && !*d->field
		       ? d->class->same(x, y)
		       : sx_streq(view_value(x, d->field), view_value(y, d->field));
}

static char *shown_value(const struct compared *c, enum view_side side, const char *field)
{
	const struct view_item *item = c->item[side];
	const char *value;

	if (!item)
		return NULL;
	if (!field && c->class->list) {
		value = item->text ? item->text : view_value(item, "target");
		return sx_strdup(value ? value : item->id);
	}
	value = view_value(item, field ? field : "");
	if (!value)
		return NULL;
	return sx_format("%s%s", value, c->class->unit ? c->class->unit : "");
}

static void add_difference(const struct compared *c, const char *field,
			   struct view_differences *out)
{
	const struct view_item *any = c->item[VIEW_FILE]      ? c->item[VIEW_FILE]
				      : c->item[VIEW_RUNNING] ? c->item[VIEW_RUNNING]
							      : c->item[VIEW_COMMIT];
	struct view_difference d = { .class = c->class,
				     .file = c->item[VIEW_FILE],
				     .running = c->item[VIEW_RUNNING] };
	const char *key = *c->class->key ? c->class->key : any->id;
	bool more = field && *field;

	d.what = c->class->list
			 ? sx_format("%s %s%s%s", key, any->id, more ? " " : "", more ? field : "")
			 : sx_strdup(key);
	d.name = sx_strdup(c->class->list ? any->id : key);
	d.field = sx_strdup(field ? field : "");
	for (size_t side = 0; side < SX_COUNT(d.values); side++) {
		d.absent[side] = c->known[side] && !c->item[side];
		d.values[side] = shown_value(c, (enum view_side)side, field);
	}
	d.line = d.file ? d.file->line : 0;
	d.state = find_state(c, field);
	d.uncommitted = !is_same(c, VIEW_FILE, VIEW_COMMIT, field);
	sx_vec_push(out, d);
}

static bool differs(const struct compared *c, const char *field)
{
	return !is_same(c, VIEW_FILE, VIEW_RUNNING, field) ||
	       !is_same(c, VIEW_FILE, VIEW_COMMIT, field);
}

/* Report a device that a side lacks as a whole, and each field that differs on another side. */
static void compare_one(const struct view *const sides[VIEW_SIDES], const struct view_item *item,
			struct view_differences *out)
{
	struct compared c = { .class = item->class };
	const struct view_item *file;

	for (size_t side = 0; side < VIEW_SIDES; side++) {
		c.known[side] = sides[side] && view_knows(sides[side], item->class);
		c.item[side] = sides[side] ? view_match(sides[side], item) : NULL;
	}
	file = c.item[VIEW_FILE];
	if (!file && sides[VIEW_FILE] &&
	    (view_may_have(sides[VIEW_FILE], item) ||
	     (item->class->implied && item->class->implied(item, sides[VIEW_FILE]))))
		return;
	if (differs(&c, NULL))
		add_difference(&c, NULL, out);
	for (size_t i = 0; file && i < file->fields.len; i++)
		if (differs(&c, file->fields.items[i].name))
			add_difference(&c, file->fields.items[i].name, out);
	for (size_t i = 0; file && c.item[VIEW_COMMIT] && i < c.item[VIEW_COMMIT]->fields.len;
	     i++) {
		const char *name = c.item[VIEW_COMMIT]->fields.items[i].name;

		if (!view_value(file, name) && differs(&c, name))
			add_difference(&c, name, out);
	}
}

void view_compare(const struct view *const sides[VIEW_SIDES], struct view_differences *out)
{
	const struct view *const shown[] = { sides[VIEW_FILE], sides[VIEW_RUNNING],
					     sides[VIEW_COMMIT] };
	const struct view_class *class;

	for (size_t k = 0; (class = view_class_at(k)); k++) {
		for (size_t at = 0; at < SX_COUNT(shown); at++) {
			for (size_t i = 0; shown[at] && i < shown[at]->len; i++) {
				const struct view_item *item = &shown[at]->items[i];
				bool seen = item->class != class;

				for (size_t before = 0; before < at && !seen; before++)
					seen = shown[before] && view_match(shown[before], item);
				if (!seen)
					compare_one(sides, item, out);
			}
		}
	}
}
