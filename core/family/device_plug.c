/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Devices plugged into a controller: the port a USB device gets, and a controller for it. */
#include "family/device_change.h"
#include "xlcfg/guest.h"

#include <string.h>

struct usb_place {
	long controller;
	long number; /* controllers: how many ports; used: which port */
};

struct usb_view {
	struct {
		SX_VEC_OF(struct usb_place);
	} controllers, used;
};

static long field_number(const struct sx_fields *f, const char *name, long missing)
{
	const char *value = sx_fields_get(f, name);

	return value ? strtol(value, NULL, 10) : missing;
}

static void add_controller(struct usb_view *v, long controller, const struct sx_fields *f)
{
	struct usb_place place = { controller, field_number(f, "ports", 8) };

	sx_vec_push(&v->controllers, place);
}

static void add_used(struct usb_view *v, const struct sx_fields *f)
{
	struct usb_place place = { field_number(f, "controller", -1), field_number(f, "port", 0) };

	sx_vec_push(&v->used, place);
}

static int usb_look(const struct change *change, struct live *live, struct usb_view *v,
		    struct sx_words *facts, struct sx_err *err)
{
	const struct device_change *c = change_by(&change->said)->data;
	const struct device_class *controllers = c->class->controller;
	LIVE_DEVICES has = { 0 };
	LIVE_DEVICES plugged = { 0 };
	DEVICE_ITEMS items = { 0 };
	DEVICE_ITEMS entered = { 0 };

	if (live) {
		if (device_running(live, change->domain.domid, controllers, &has, err) ||
		    device_running(live, change->domain.domid, c->class, &plugged, err))
			return -1;
		device_add_numbers(facts, "controllers", &has);
		for (size_t i = 0; i < has.len; i++)
			add_controller(v, has.items[i].devid, &has.items[i].fields);
		for (size_t i = 0; i < plugged.len; i++)
			add_used(v, &plugged.items[i].fields);
		return 0;
	}
	device_read_file(change->path, controllers, &items);
	device_read_file(change->path, c->class, &entered);
	for (size_t i = 0; i < items.len; i++)
		add_controller(v, items.items[i].number, &items.items[i].device.fields);
	for (size_t i = 0; i < entered.len; i++)
		add_used(v, &entered.items[i].device.fields);
	return 0;
}

static bool is_used(const struct usb_view *v, long controller, long port)
{
	for (size_t i = 0; i < v->used.len; i++)
		if (v->used.items[i].controller == controller && v->used.items[i].number == port)
			return true;
	return false;
}

/* Find the first free port in libxl's order; if none is free, libxl creates a controller. */
int device_find_port(const struct change *change, struct live *live, struct sx_words *facts,
		     struct sx_err *err)
{
	const struct device_change *c = change_by(&change->said)->data;
	long wanted = field_number(&c->spec.fields, "controller", -1);
	struct usb_view v = { 0 };
	long last = -1, port = 0;
	int r = usb_look(change, live, &v, facts, err);

	if (field_number(&c->spec.fields, "port", 0) > 0)
		port = -1;
	for (size_t i = 0; !r && i < v.controllers.len; i++) {
		last = v.controllers.items[i].controller;
		if (port || (wanted >= 0 && last != wanted))
			continue;
		for (long p = 1; p <= v.controllers.items[i].number && !port; p++)
			if (!is_used(&v, last, p))
				port = p;
		if (port)
			wanted = last;
	}
	if (!r && port >= 0 && (port > 0 || wanted < 0)) {
		if (!port)
			device_add_number(facts, "newctrl", last + 1);
		device_add_number(facts, "controller", port ? wanted : last + 1);
		device_add_number(facts, "port", port ? port : 1);
	}
	sx_vec_free(&v.controllers);
	sx_vec_free(&v.used);
	return r;
}

void device_plug(const struct device_change *c, const struct xlcfg *doc, struct device *d)
{
	const char *number = sx_fields_get(&d->fields, "controller");
	long place = number ? device_place(c, "controllers", strtol(number, NULL, 10),
					   xlcfg_list_len(doc, c->class->controller->key))
			    : -1;

	if (place >= 0)
		sx_fields_setf(&d->fields, "controller", "%ld", place);
}

int device_add_controller(const struct device_change *c, const char *path, struct xlcfg *doc,
			  struct change_plan *plan, struct device *d, struct sx_err *err)
{
	const char *key = c->class->controller->key;
	size_t count = xlcfg_list_len(doc, key);
	const char *number = device_fact(c, "newctrl");

	if (!number)
		return 0;
	/* libxl registers it without telling QEMU: the device then fails, the controller stays. */
	if (sx_streq(memory_guest_type(doc), "hvm") && device_fact(c, "live")) {

		sx_err_set(err, SX_ECONFLICT,
			   "it has no USB controller with a free port, and the one that xl makes "
			   "by itself does not work in an HVM guest");
		return sx_err_hint(err, "first: safexl usbctrl-attach %pQ", c->args.items[0]);
	}
	if (xlcfg_key_kind(doc, key) == XLCFG_SCALAR)
		return sx_err_set(err, SX_ECONFLICT, "%s:%zu: %s is not a list: xl would ignore it",
				  path, xlcfg_key_line(doc, key), key);
	sx_words_give(&plan->edits.notices,
		      sx_format("no USB controller has a free port: xl makes one, "
				"and it is recorded as %s %zu",
				key, count));
	sx_fields_setf(&d->fields, "controller", "%zu", count);
	return xlcfg_edits_append(&plan->edits, doc, key, "type=auto", err);
}
