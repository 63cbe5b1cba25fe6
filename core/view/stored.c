/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libxl's stored configuration of a domain as one side of a comparison. Its JSON omits zeros and
 * defaults: a missing scalar is unknown.
 */
#include "device/device.h"
#include "host/json.h"
#include "spec/disk.h"
#include "view/private.h"

#include <string.h>

static void add_value(struct view *out, const char *key, const char *value)
{
	const struct view_class *class = view_class_find(key);

	if (!value || !*value)
		return;
	view_add_field(view_add(out, class, "", ""), "", value);
	sx_vec_push(&out->known, class);
}

static void add_number(struct view *out, const char *key, long long value)
{
	SX_FREE char *text = value > 0 ? sx_format("%lld", value) : NULL;

	add_value(out, key, text);
}

static long long mib_of(const struct json *build, const char *key)
{
	long long kib = json_get_number(build, key);

	return kib > 0 ? (kib + 1023) / 1024 : 0;
}

static void add_scalars(const struct json *stored, struct view *out)
{
	const struct json *build = json_get(stored, "b_info");

	add_value(out, "name", json_get_string(json_get(stored, "c_info"), "name"));
	add_number(out, "memory", mib_of(build, "target_memkb"));
	add_number(out, "maxmem", mib_of(build, "max_memkb"));
	add_number(out, "vcpus", (long long)json_count(build, "avail_vcpus"));
	add_number(out, "maxvcpus", json_get_number(build, "max_vcpus"));
}

/* Add only the identity. Skip a device that still runs: it may have come after the creation. */
static void add_device(struct view *out, const struct view *running, const char *class,
		       const char *key, long devid)
{
	struct view_item item = { .class = view_class_find(class), .devid = devid };
	SX_FREE char *copy = key ? sx_strdup(key) : NULL;

	item.key = copy;
	if (!view_match(running, &item))
		view_add(out, item.class, key ? key : "", key)->devid = devid;
}

static void add_disks(const struct json *stored, const struct view *running, struct view *out)
{
	for (size_t i = 0; i < json_count(stored, "disks"); i++) {
		const char *vdev = json_get_string(json_at(stored, "disks", i), "vdev");
		long devid = vdev ? disk_devid(vdev) : -1;
		SX_FREE char *key = sx_format("%ld", devid);

		if (devid >= 0)
			add_device(out, running, "disk", key, devid);
	}
}

/* The device's identity; NULL: only its number identifies it. Heap string. */
static char *stored_id(const struct device_class *class, const struct json *j)
{
	const char *value = class->id[0] ? json_get_string(j, class->id[0]) : NULL;

	if (sx_streq(class->id[0], "bdf"))
		return sx_format("%04llx:%02llx:%02llx.%llx", json_get_number(j, "domain"),
				 json_get_number(j, "bus"), json_get_number(j, "dev"),
				 json_get_number(j, "func"));
	return value ? sx_strdup(value) : NULL;
}

static void add_devices(const struct json *stored, const struct view_class *class,
			const struct view *running, struct view *out)
{
	const struct device_class *device = class->device;

	sx_vec_push(&out->known, class);
	for (size_t i = 0; i < json_count(stored, device->stored); i++) {
		const struct json *j = json_at(stored, device->stored, i);
		SX_FREE char *id = stored_id(device, j);

		add_device(out, running, class->key, id,
			   device->is_numbered ? (long)json_get_number(j, "devid") : -1);
	}
}

int view_of_stored(struct live *live, uint32_t domid, const struct view *running, struct view *out,
		   struct sx_err *err)
{
	const struct view_class *class;
	SX_FREE char *text = NULL;
	JSON_DOC *stored = NULL;

	if (live_stored_get(live, domid, &text, err) ||
	    (*text && json_parse(text, strlen(text), &stored, err)))
		return -1;
	if (!stored)
		return 0;
	add_scalars(stored, out);
	sx_vec_push(&out->known, view_class_find("disk"));
	add_disks(stored, running, out);
	for (size_t i = 0; (class = view_class_at(i)); i++)
		if (class->device && class->device->stored)
			add_devices(stored, class, running, out);
	return 0;
}
