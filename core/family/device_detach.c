/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The edit of the file for a detached device. An element's place is its number unless it says
 * devid=, so the edit must not renumber the others; only for a vif can xl.cfg fix the number.
 */
#include "family/device_change.h"
#include "view/view.h"

/* Is it the device that libxl, or else the command, names? 1: yes, -1: no, 0: by number only. */
static int is_meant(const struct device_change *c, const struct device_item *item)
{
	int same = device_same(c->class, c->facts.len ? &c->facts : &c->spec.fields,
			       &item->device.fields);

	if (same || !c->class->is_numbered)
		return same > 0 ? 1 : -1;
	return 0;
}

static bool plugged_there(const struct device_change *c, const struct device_item *item)
{
	/* Without the running domain, a USB device is identified by its port. */
	return c->class->target[0] && !c->facts.len &&
	       device_agrees(&c->spec, &item->device.fields);
}

/* The index of the element that is meant; -1: the file has none. */
static long find_item(const struct device_change *c, const struct device_items *items)
{
	const char *devid = device_fact(c, "devid");
	long number = devid ? strtol(devid, NULL, 10) : c->devid;
	long by_number = -1, alike = -1, place;

	for (size_t i = 0; i < items->len; i++) {
		const struct device_item *item = &items->items[i];
		int meant = item->unread ? -1 : is_meant(c, item);

		if (meant > 0 || plugged_there(c, item))
			return (long)i;
		if (meant < 0)
			continue;
		if (item->number == number)
			by_number = (long)i;
		else if (alike < 0 && c->facts.len && device_agrees(&item->device, &c->facts))
			alike = (long)i;
	}
	if (c->class->has_devid || !c->facts.len)
		return by_number;
	place = device_place(c, "numbers", number, items->len);
	if (place >= 0 && !items->items[place].unread &&
	    device_agrees(&items->items[place].device, &c->facts))
		return place;
	/* Where numbers are places, they may have moved since the domain was created. */
	if (by_number >= 0 && device_agrees(&items->items[by_number].device, &c->facts))
		return by_number;
	return alike;
}

/* Where xl.cfg cannot fix the numbers of a class, notify that those after it change. */
static void note_moving(const struct device_change *c, const struct device_items *items,
			size_t index, struct change_plan *plan)
{
	if (c->class->is_numbered && !c->class->has_devid && index + 1 < items->len)
		sx_words_give(&plan->edits.notices,
			      sx_format("at the next create those after it are renumbered: "
					"xl.cfg cannot fix the number of a %s",
					c->class->noun));
}

/* Refuse to detach one function of a slot that the file passes as a whole. */
static int check_whole(const struct device_change *c, const struct device_item *item,
		       const char *path, struct sx_err *err)
{
	const char *has = sx_fields_get(&item->device.fields, "bdf");
	const char *goes = sx_fields_get(&c->spec.fields, "bdf");
	SX_FREE char *domain = sx_quoted(c->args.items[0]);
	SX_FREE char *shown = has ? sx_quoted(has) : NULL;

	if (!has || !goes || !sx_ends_with(has, "*") || sx_ends_with(goes, "*"))
		return 0;
	sx_err_set(err, SX_ECONFLICT, "%s:%zu passes all functions as %s", path, item->line, has);
	return sx_err_hint(err,
			   "to detach them all: safexl pci-detach %s %s\n"
			   "to keep the others, list them one by one first: safexl edit %s",
			   domain, shown, domain);
}

int device_detach_plan(const struct change_said *said, const char *path, struct xlcfg *doc,
		       struct change_plan *plan, struct sx_err *err)
{
	const struct device_change *c = said->data;
	DEVICE_ITEMS items = { 0 };
	const struct device_item *item;
	SX_STR typed = { 0 };
	SX_FREE char *what = NULL;
	DEVICE told = { 0 };
	long index;

	if (device_items_read(doc, path, c->class, &items, err))
		return -1;
	index = find_item(c, &items);
	if (device_items_pass(c, doc, &items, index < 0, plan, err))
		return -1;
	for (size_t i = 1; i < c->args.len; i++)
		sx_str_addf(&typed, "%s%s", i > 1 ? " " : "", c->args.items[i]);
	if (index < 0) {
		plan->subject = sx_format("detach %s %s", c->class->noun, sx_str_text(&typed));
		plan->already =
			sx_format("%s has no %s %s", path, c->class->noun, sx_str_text(&typed));
		return 0;
	}
	item = &items.items[index];
	told.class = c->class;
	sx_fields_set_all(&told.fields, &item->device.fields);
	/* An interface without mac in the file is named by the running one's. */
	sx_fields_complete(&told.fields, "mac", device_fact(c, "mac"));
	what = device_subject(c->class, &told, item->number);
	plan->subject = sx_format("detach %s", what);
	if (check_whole(c, item, path, err))
		return -1;
	note_moving(c, &items, (size_t)index, plan);
	return view_device_remove(c->class, (size_t)index, doc, &plan->edits, err);
}
