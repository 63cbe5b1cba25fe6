/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The facts discovered before a device is attached or detached. Attach: the MAC address or uuid
 * that xl would draw at random, a number that is free in domain and file, a free port
 * (device_plug.c). Detach: all that libxl tells of the device.
 */
#include "family/device_change.h"
#include "host/file.h"

#include <string.h>
#include <sys/random.h>

static int fill_random(void *out, size_t len, struct sx_err *err)
{
	if (getrandom(out, len, 0) != (ssize_t)len)
		return sx_err_sys(err, SX_EFAIL, "draw a random number");
	return 0;
}

/* Draw a MAC address as libxl does, until one is found that nobody has. */
static int draw_mac(const struct change *change, struct live *live, struct sx_words *facts,
		    struct sx_err *err)
{
	const struct device_change *c = change_by(&change->said)->data;

	for (;;) {
		SX_FIELDS fields = { 0 };
		SX_WORDS others = { 0 };
		unsigned char r[3];

		if (fill_random(r, sizeof(r), err))
			return -1;
		sx_fields_setf(&fields, "mac", "00:16:3e:%02x:%02x:%02x", r[0] & 0x7f, r[1], r[2]);
		if (device_elsewhere(change, live, c->class, &fields, &others, err))
			return -1;
		if (others.len)
			continue;
		device_add_fact(facts, "mac", sx_fields_get(&fields, "mac"));
		break;
	}
	if (change->env->dry_run)
		device_add_fact(facts, "note",
				"the MAC address is drawn anew when the command really runs");
	return 0;
}

static int draw_uuid(struct sx_words *facts, struct sx_err *err)
{
	unsigned char r[16];
	SX_STR s = { 0 };

	if (fill_random(r, sizeof(r), err))
		return -1;
	r[6] = (unsigned char)((r[6] & 0x0f) | 0x40);
	r[8] = (unsigned char)((r[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(r); i++)
		sx_str_addf(&s, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", r[i]);
	device_add_fact(facts, "uuid", sx_str_text(&s));
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
 * Add the number it will have: where devid= can fix it, above all others, so that no other number
 * changes; else the one after the last, as xl takes it.
 */
static void discover_number(const struct device_change *c, const struct live_devices *devices,
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
	/* A device that the file already has gets its number there. */
	for (size_t i = 0; i < items->len && c->class->has_devid; i++)
		if (device_same(c->class, &c->spec.fields, &items->items[i].device.fields) > 0 &&
		    !is_taken(devices, items->items[i].number))
			number = items->items[i].number;
	if (has_live)
		device_add_numbers(facts, "had", devices);
	device_add_number(facts, "devid", c->spec.devid >= 0 ? c->spec.devid : number);
}

static int discover_attach(const struct change *change, struct live *live, struct sx_words *facts,
			   struct sx_err *err)
{
	const struct device_change *c = change_by(&change->said)->data;
	const char *chosen = c->class->chosen[0];
	bool open = chosen && !sx_fields_get(&c->spec.fields, chosen);
	LIVE_DEVICES devices = { 0 };
	DEVICE_ITEMS items = { 0 };
	SX_WORDS others = { 0 };

	if (live && device_running(live, change->domain.domid, c->class, &devices, err))
		return -1;
	if (live)
		device_add_fact(facts, "live", "1");
	device_read_file(change->path, c->class, &items);
	discover_number(c, &devices, &items, live != NULL, facts);
	if (open && sx_streq(chosen, "mac"))
		return draw_mac(change, live, facts, err);
	if (open && sx_streq(chosen, "uuid"))
		return draw_uuid(facts, err);
	if (c->class->controller && device_find_port(change, live, facts, err))
		return -1;
	if (device_elsewhere(change, live, c->class, &c->spec.fields, &others, err))
		return -1;
	for (size_t i = 0; i < others.len; i++)
		device_add_fact(facts, "note", others.items[i]);
	return 0;
}

static int discover_detach(const struct change *change, struct live *live, struct sx_words *facts,
			   struct sx_err *err)
{
	const struct device_change *c = change_by(&change->said)->data;
	LIVE_DEVICES devices = { 0 };
	const struct live_device *there;

	if (!live)
		return 0;
	if (device_running(live, change->domain.domid, c->class, &devices, err))
		return -1;
	there = device_live_find(c, &devices);
	if (!there)
		return 0;
	if (c->class->is_numbered && !c->class->has_devid)
		device_add_numbers(facts, "numbers", &devices);
	if (there->devid >= 0)
		device_add_number(facts, "devid", there->devid);
	for (size_t i = 0; i < there->fields.len; i++)
		device_add_fact(facts, there->fields.items[i].name, there->fields.items[i].value);
	return 0;
}

int device_discover(const struct change *change, struct live *live, struct sx_words *facts,
		    struct sx_err *err)
{
	const struct device_change *c = change_by(&change->said)->data;

	return c->attach ? discover_attach(change, live, facts, err)
			 : discover_detach(change, live, facts, err);
}
