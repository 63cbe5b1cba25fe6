/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers of devices that xl numbers by their place in the list. A running domain keeps its
 * numbers, but in a text the devices after a removed one move up. So match a text's devices with
 * the running ones in order, and give them the running ones' numbers.
 */
#include "device/device.h"
#include "view/private.h"

#include <string.h>

struct members {
	SX_VEC_OF(struct view_item *);
};

/* Match as many as possible, of these as many alike as possible, then as many by equal number. */
enum { SAME_NUMBER = 1, ALIKE = 1 << 16 };
static const long long matched = 1LL << 32;

static bool is_alike(const struct view_item *a, const struct view_item *b)
{
	for (size_t i = 0; i < a->fields.len; i++) {
		const char *other = view_value(b, a->fields.items[i].name);

		if (other && strcmp(other, a->fields.items[i].value) != 0)
			return false;
	}
	return true;
}

/* 0: they cannot be the same device. */
static long long score(const struct view_item *text, const struct view_item *running)
{
	bool number = text->devid == running->devid;
	bool alike = is_alike(text, running);

	if (text->key && running->key ? !sx_streq(text->key, running->key) : !alike && !number)
		return 0;
	return matched + (alike ? ALIKE : 0) + (number ? SAME_NUMBER : 0);
}

static int by_number(const void *a, const void *b)
{
	const struct view_item *const *x = a, *const *y = b;

	return ((*x)->devid > (*y)->devid) - ((*x)->devid < (*y)->devid);
}

static void collect(const struct view *v, const struct view_class *class, struct members *out)
{
	for (size_t i = 0; i < v->len; i++)
		if (v->items[i].class == class && v->items[i].devid >= 0)
			sx_vec_push(out, &v->items[i]);
}

static void give_number(struct view_item *item, long number)
{
	item->devid = number;
	if (item->key)
		return;
	free(item->id);
	item->id = sx_format("%ld", number);
}

/* Its place in the list, or *next if a running device has that number. */
static long free_number(const struct view_item *item, const struct members *running, long *next)
{
	for (size_t i = 0; i < running->len; i++)
		if (running->items[i]->devid == item->devid)
			return (*next)++;
	return item->devid;
}

static long long greater(long long a, long long b)
{
	return a > b ? a : b;
}

/* best[i * width + k]: the best score of matching text[i..] with running[k..]. */
static void fill(const struct members *text, const struct members *running, long long *best)
{
	size_t width = running->len + 1;

	for (size_t i = text->len; i-- > 0;) {
		for (size_t k = running->len; k-- > 0;) {
			long long pair = score(text->items[i], running->items[k]);
			long long with = pair ? pair + best[(i + 1) * width + k + 1] : 0;
			long long down = best[(i + 1) * width + k];
			long long right = best[i * width + k + 1];

			best[i * width + k] = greater(with, greater(down, right));
		}
	}
}

static void number_class(struct members *text, const struct members *running)
{
	size_t width = running->len + 1, k = 0;
	SX_FREE long long *best = sx_alloc((text->len + 1) * width * sizeof(*best));
	long next = (long)greater(running->items[running->len - 1]->devid,
				  text->items[text->len - 1]->devid) +
		    1;

	fill(text, running, best);
	for (size_t i = 0; i < text->len; i++) {
		struct view_item *item = text->items[i];

		while (k < running->len && best[i * width + k] == best[i * width + k + 1])
			k++;
		if (best[i * width + k] > best[(i + 1) * width + k])
			give_number(item, running->items[k++]->devid);
		else
			give_number(item, free_number(item, running, &next));
	}
}

static const struct view_item *item_at(const struct view *text, const struct device_class *class,
				       const char *place)
{
	for (size_t i = 0; i < text->len; i++)
		if (text->items[i].class->device == class &&
		    (long)text->items[i].index == strtol(place, NULL, 10))
			return &text->items[i];
	return NULL;
}

/* A text gives a plugged device its controller's place: replace it by the controller's number. */
static void number_plugged(struct view_item *item, const struct view *text)
{
	const struct device_class *class = item->class->device;
	const char *place = class && class->controller ? view_value(item, "controller") : NULL;
	const struct view_item *controller = place ? item_at(text, class->controller, place) : NULL;

	for (size_t k = 0; controller && k < item->fields.len; k++) {
		struct view_field *f = &item->fields.items[k];

		if (!sx_streq(f->name, "controller"))
			continue;
		free(f->value);
		f->value = sx_format("%ld", controller->devid);
	}
}

void view_number(struct view *text, const struct view *running)
{
	const struct view_class *class;

	for (size_t i = 0; (class = view_class_at(i)); i++) {
		struct members here = { 0 }, there = { 0 };

		if (!class->device || !class->device->is_numbered || class->device->has_devid)
			continue;
		collect(text, class, &here);
		collect(running, class, &there);
		if (there.len)
			qsort(there.items, there.len, sizeof(there.items[0]), by_number);
		if (here.len && there.len)
			number_class(&here, &there);
		sx_vec_free(&here);
		sx_vec_free(&there);
	}
	for (size_t i = 0; i < text->len; i++)
		number_plugged(&text->items[i], text);
}
