/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is found out before a device is attached or detached: the MAC address or uuid that xl
 * would draw at random, the number that is free in the domain and in the file, a free USB port;
 * for a detach all that libxl tells of the device.
 */
#include "family/device_change.h"
#include "host/file.h"

#include <string.h>
#include <sys/random.h>

static void add_fact(struct sx_words *facts, const char *name, const char *value)
{
	sx_words_give(facts, sx_format("%s=%s", name, value));
}

static void add_number(struct sx_words *facts, const char *name, long value)
{
	sx_words_give(facts, sx_format("%s=%ld", name, value));
}

/* The list of the class in the file; what is wrong with the file is for the plan to say. */
static void read_file_items(const char *path, const struct device_class *class,
			    struct device_items *out)
{
	SX_ERR ignored = { 0 };
	FILE_IMAGE image = { 0 };
	XLCFG_DOC *doc = NULL;

	if (file_read(path, &image, &ignored) ||
	    xlcfg_parse(sx_str_text(&image.text), image.text.len, path, &doc, &ignored) ||
	    device_items_read(doc, path, class, out, &ignored))
		device_items_dispose(out);
}

/* Of all that run: in a file they are places. */
static void add_numbers(struct sx_words *facts, const char *name, const struct live_devices *all)
{
	SX_STR numbers = { 0 };

	for (size_t i = 0; i < all->len; i++)
		sx_str_addf(&numbers, "%s%ld", i ? " " : "", all->items[i].devid);
	add_fact(facts, name, sx_str_text(&numbers));
}

static int ask_random(void *out, size_t len, struct sx_err *err)
{
	if (getrandom(out, len, 0) != (ssize_t)len)
		return sx_err_sys(err, SX_EFAIL, "draw a random number");
	return 0;
}

/* As libxl draws one, but for one that nobody has. */
static int draw_mac(const struct change *change, struct live *live, struct sx_words *facts,
		    struct sx_err *err)
{
	const struct device_change *c = change_by(&change->said)->data;

	for (;;) {
		SX_FIELDS fields = { 0 };
		SX_WORDS others = { 0 };
		unsigned char r[3];

		if (ask_random(r, sizeof(r), err))
			return -1;
		sx_fields_setf(&fields, "mac", "00:16:3e:%02x:%02x:%02x", r[0] & 0x7f, r[1], r[2]);
		if (device_elsewhere(change, live, c->class, &fields, &others, err))
			return -1;
		if (others.len)
			continue;
		add_fact(facts, "mac", sx_fields_get(&fields, "mac"));
		break;
	}
	if (change->env->dry_run)
		add_fact(facts, "note",
			 "the MAC address is drawn anew when the command really runs");
	return 0;
}

static int draw_uuid(struct sx_words *facts, struct sx_err *err)
{
	unsigned char r[16];
	SX_STR s = { 0 };

	if (ask_random(r, sizeof(r), err))
		return -1;
	r[6] = (unsigned char)((r[6] & 0x0f) | 0x40);
	r[8] = (unsigned char)((r[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(r); i++)
		sx_str_addf(&s, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", r[i]);
	add_fact(facts, "uuid", sx_str_text(&s));
	return 0;
}

static bool is_taken(const struct live_devices *devices, long number)
{
	for (size_t i = 0; i < devices->len; i++)
		if (devices->items[i].devid == number)
			return true;
	return false;
}

/*
 * The number it will have. One that we may choose is above all others, so that nobody's moves; else
 * xl takes the one after the last.
 */
static void ask_number(const struct device_change *c, const struct live_devices *devices,
		       const struct device_items *items, bool has_live, struct sx_words *facts)
{
	long number = 0;

	if (!c->class->is_numbered)
		return;
	for (size_t i = 0; i < devices->len; i++) {
		long devid = devices->items[i].devid;

		if (devid >= number || !c->class->has_devid)
			number = devid + 1;
	}
	for (size_t i = 0; i < items->len; i++)
		if (items->items[i].number >= number && (c->class->has_devid || !has_live))
			number = items->items[i].number + 1;
	/* What the file has already gets the number it has there. */
	for (size_t i = 0; i < items->len && c->class->has_devid; i++)
		if (device_same(c->class, &c->spec.fields, &items->items[i].device.fields) > 0 &&
		    !is_taken(devices, items->items[i].number))
			number = items->items[i].number;
	if (has_live)
		add_numbers(facts, "had", devices);
	add_number(facts, "devid", c->spec.devid >= 0 ? c->spec.devid : number);
}

/* ---- USB: where the device is plugged in ---- */

struct usb_place {
	long controller;
	long number; /* of ports, or of the port */
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
	const struct device_class *controllers = device_class_find("usbctrl");
	const struct device_class *devices = device_class_find("usbdev");
	LIVE_DEVICES has = { 0 };
	LIVE_DEVICES plugged = { 0 };
	DEVICE_ITEMS items = { 0 };
	DEVICE_ITEMS entered = { 0 };

	if (live) {
		if (live_devices_get(live, change->domain.domid, "usbctrl", &has, err) ||
		    live_devices_get(live, change->domain.domid, "usbdev", &plugged, err))
			return -1;
		add_numbers(facts, "controllers", &has);
		for (size_t i = 0; i < has.len; i++)
			add_controller(v, has.items[i].devid, &has.items[i].fields);
		for (size_t i = 0; i < plugged.len; i++)
			add_used(v, &plugged.items[i].fields);
		return 0;
	}
	read_file_items(change->path, controllers, &items);
	read_file_items(change->path, devices, &entered);
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

/* The first free port, as libxl looks for it; without one it makes a controller. */
static int ask_port(const struct change *change, struct live *live, struct sx_words *facts,
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
			add_number(facts, "newctrl", last + 1);
		add_number(facts, "controller", port ? wanted : last + 1);
		add_number(facts, "port", port ? port : 1);
	}
	sx_vec_free(&v.controllers);
	sx_vec_free(&v.used);
	return r;
}

static int ask_attach(const struct change *change, struct live *live, struct sx_words *facts,
		      struct sx_err *err)
{
	const struct device_change *c = change_by(&change->said)->data;
	const char *chosen = c->class->chosen[0];
	bool open = chosen && !sx_fields_get(&c->spec.fields, chosen);
	LIVE_DEVICES devices = { 0 };
	DEVICE_ITEMS items = { 0 };
	SX_WORDS others = { 0 };

	if (live && live_devices_get(live, change->domain.domid, c->class->key, &devices, err))
		return -1;
	if (live)
		add_fact(facts, "live", "1");
	read_file_items(change->path, c->class, &items);
	ask_number(c, &devices, &items, live != NULL, facts);
	if (open && sx_streq(chosen, "mac"))
		return draw_mac(change, live, facts, err);
	if (open && sx_streq(chosen, "uuid"))
		return draw_uuid(facts, err);
	if (sx_streq(c->class->key, "usbdev") && ask_port(change, live, facts, err))
		return -1;
	if (device_elsewhere(change, live, c->class, &c->spec.fields, &others, err))
		return -1;
	for (size_t i = 0; i < others.len; i++)
		add_fact(facts, "note", others.items[i]);
	return 0;
}

static int ask_detach(const struct change *change, struct live *live, struct sx_words *facts,
		      struct sx_err *err)
{
	const struct device_change *c = change_by(&change->said)->data;
	LIVE_DEVICES devices = { 0 };
	const struct live_device *there;

	if (!live)
		return 0;
	if (live_devices_get(live, change->domain.domid, c->class->key, &devices, err))
		return -1;
	there = device_live_find(c, &devices);
	if (!there)
		return 0;
	if (c->class->is_numbered && !c->class->has_devid)
		add_numbers(facts, "numbers", &devices);
	if (there->devid >= 0)
		add_number(facts, "devid", there->devid);
	for (size_t i = 0; i < there->fields.len; i++)
		add_fact(facts, there->fields.items[i].name, there->fields.items[i].value);
	return 0;
}

int device_ask(const struct change *change, struct live *live, struct sx_words *facts,
	       struct sx_err *err)
{
	const struct device_change *c = change_by(&change->said)->data;

	return c->attach ? ask_attach(change, live, facts, err)
			 : ask_detach(change, live, facts, err);
}
