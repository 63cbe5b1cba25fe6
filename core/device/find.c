/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Look up classes, fields and a domain's devices: see device.h and private.h. */
#include "device/private.h"

#include <libxl_utils.h>
#include <string.h>

const struct device_class *device_class_find(const char *key)
{
	for (const struct device_class *const *c = device_classes; *c; c++)
		if (sx_streq((*c)->key, key))
			return *c;
	return NULL;
}

const struct device_class *device_class_of_command(const char *command)
{
	for (const struct device_class *const *c = device_classes; *c; c++)
		if (sx_streq((*c)->attach, command) || sx_streq((*c)->detach, command))
			return *c;
	return NULL;
}

const struct device_field *device_field_find(const struct device_class *class, const char *name)
{
	const char *part = class->is_nested ? strrchr(name, '.') : NULL;

	if (part)
		name = part + 1;
	for (const struct device_field *f = class->fields; f->name; f++)
		if (sx_streq(f->name, name))
			return f;
	return NULL;
}

int device_running(struct live *live, uint32_t domid, const struct device_class *class,
		   struct live_devices *out, struct sx_err *err)
{
	return live_devices_get(live, domid, class->key, class->running, out, err);
}

void device_tell(struct sx_fields *f, const char *name, const char *text)
{
	if (text && *text)
		sx_fields_set(f, name, text);
}

void device_tell_number(struct sx_fields *f, const char *name, unsigned long value)
{
	if (value)
		sx_fields_setf(f, name, "%lu", value);
}

void device_tell_flag(struct sx_fields *f, const char *name, bool value)
{
	sx_fields_set(f, name, value ? "1" : "0");
}

void device_tell_backend(struct libxl__ctx *ctx, struct sx_fields *f, uint32_t domid)
{
	char *name = domid ? libxl_domid_to_name(ctx, domid) : NULL;

	sx_fields_set(f, "backend", name ? name : "Domain-0");
	free(name);
}
