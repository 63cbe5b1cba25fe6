/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Candidates for key=value arguments: configuration keys after create, fields of a device
 * (device.h) after the attach commands, and their values.
 */
#include "spec/keys.h"
#include "device/device.h"
#include "host/file.h"
#include "offer/private.h"

#include <string.h>

/* xl takes a string only in quotes, in an argument too: type="pvh". */
static const char *const types[] = { "\"hvm\"", "\"pv\"", "\"pvh\"", NULL };
static const char *const actions[] = {
	"\"destroy\"",		"\"restart\"",		"\"rename-restart\"", "\"preserve\"",
	"\"coredump-destroy\"", "\"coredump-restart\"", "\"soft-reset\"",     NULL,
};
/* Those of the C xenstored (domain.c); other implementations have their own. */
static const char *const quotas[] = { "nodes=",	   "watches=",		"outstanding=",
				      "memory=",   "transactions=",	"transaction-nodes=",
				      "path-max=", "node-permissions=", "node-size=",
				      NULL };
static const char *const pool_keys[] = { "name=", "sched=", "nodes=", "cpus=", NULL };

/* The value of this key in an argument already typed; NULL: none. */
static const char *typed_value(const struct offer *o, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < o->q->typed_count; i++)
		if (sx_starts_with(o->q->typed[i], name) && o->q->typed[i][len] == '=')
			return o->q->typed[i] + len + 1;
	return NULL;
}

/* ---- values ---- */

static void offer_bridges(struct offer *o)
{
	SX_FREE char *dir = sx_format("%s/sys/class/net", o->env->paths.root);
	SX_WORDS names = { 0 };

	offer_entries(dir, &names);
	for (size_t i = 0; i < names.len; i++) {
		SX_FREE char *mark = sx_format("%s/%s/bridge", dir, names.items[i]);

		if (access(mark, F_OK) == 0)
			offer_add(o, names.items[i], NULL, ' ');
	}
}

static void offer_vif_scripts(struct offer *o)
{
	SX_FREE char *dir = sx_path_join(o->env->paths.etc, "scripts");
	SX_WORDS names = { 0 };

	offer_entries(dir, &names);
	for (size_t i = 0; i < names.len; i++)
		if (sx_starts_with(names.items[i], "vif-") &&
		    !sx_starts_with(names.items[i], "vif-common"))
			offer_add(o, names.items[i], NULL, ' ');
}

static void offer_models(struct offer *o)
{
	static const char *const models[] = { "rtl8139", "e1000", "virtio-net", NULL };

	offer_add_all(o, models, ' ');
}

/* An attribute of a USB device in sysfs; "" if it has none. Heap string. */
static char *read_usb(const struct offer *o, const char *device, const char *what)
{
	SX_FREE char *path =
		sx_format("%s/sys/bus/usb/devices/%s/%s", o->env->paths.root, device, what);
	FILE_IMAGE image = { 0 };
	SX_ERR none = { 0 };

	if (file_read(path, &image, &none))
		return sx_strdup("");
	return sx_strndup(sx_str_text(&image.text), strcspn(sx_str_text(&image.text), "\n"));
}

/* Offer bus numbers or addresses of the host's USB devices; root hubs cannot be assigned. */
static void add_usb(struct offer *o, const char *what, const char *bus)
{
	SX_FREE char *dir = sx_format("%s/sys/bus/usb/devices", o->env->paths.root);
	SX_WORDS names = { 0 };

	offer_entries(dir, &names);
	for (size_t i = 0; i < names.len; i++) {
		SX_FREE char *number = read_usb(o, names.items[i], what);
		SX_FREE char *on = read_usb(o, names.items[i], "busnum");
		SX_FREE char *product = read_usb(o, names.items[i], "product");

		if (*number && !sx_starts_with(names.items[i], "usb") &&
		    (!bus || sx_streq(on, bus)))
			offer_add(o, number, product, ' ');
	}
}

static void offer_usb_buses(struct offer *o)
{
	add_usb(o, "busnum", NULL);
}

static void offer_usb_addresses(struct offer *o)
{
	add_usb(o, "devnum", typed_value(o, "hostbus"));
}

static const struct offer_kind values[] = {
	{ "bridge", offer_bridges },	{ "script", offer_vif_scripts },
	{ "model", offer_models },	{ "backend", offer_running },
	{ "hostbus", offer_usb_buses }, { "hostaddr", offer_usb_addresses },
};

/* Offer the values that the device's class knows for a field. */
static void add_field_values(struct offer *o, const struct device_field *field)
{
	static const char *const flags[] = { "0", "1", NULL };

	if (field->kind == DEVICE_MAC) {
		offer_add(o, "00:16:3e:", "Xen's own range", '\0');
	} else if (field->kind == DEVICE_FLAG) {
		offer_add_all(o, flags, ' ');
	} else if (field->kind == DEVICE_CHOICE) {
		SX_FREE char *choices = sx_strdup(field->choices);
		char *rest = choices, *choice;

		while ((choice = strsep(&rest, " ")))
			offer_add(o, choice, NULL, ' ');
	} else if (field->usual) {
		offer_add(o, field->usual, "as without it", ' ');
	}
}

static void offer_value(struct offer *o)
{
	const struct device_class *class = device_class_of_command(o->q->command);
	SX_FREE char *name = sx_strndup(o->key, strcspn(o->key, "="));
	const struct device_field *field = class ? device_field_find(class, name) : NULL;

	for (size_t i = 0; class && i < SX_COUNT(values); i++) {
		if (sx_streq(values[i].name, name)) {
			values[i].find(o);
			return;
		}
	}
	if (field)
		add_field_values(o, field);
	else if (!class && sx_streq(name, "type"))
		offer_add_all(o, types, ' ');
	else if (!class && sx_starts_with(name, "on_"))
		offer_add_all(o, actions, ' ');
}

/* ---- keys ---- */

/* Fields that are offered only once their first letters are typed. */
static bool is_rare(const struct device_field *field)
{
	return field->kind == DEVICE_IGNORED || sx_starts_with(field->name, "colo_") ||
	       sx_streq(field->name, "forwarddev");
}

static void add_field_key(struct offer *o, const struct device_field *f)
{
	bool word = f->kind == DEVICE_WORD;
	SX_FREE char *key = sx_format("%s%s", f->name, word ? "" : "=");
	SX_FREE char *negated = sx_format("un%s", f->name);

	offer_add(o, key, word ? NULL : f->usual, word ? ' ' : '\0');
	if (word)
		offer_add(o, negated, NULL, ' ');
}

static void add_class_keys(struct offer *o, const struct device_class *class)
{
	for (const struct device_field *f = class->fields; f->name; f++)
		if ((*o->q->word || !is_rare(f)) && !typed_value(o, f->name))
			add_field_key(o, f);
}

void offer_keys(struct offer *o)
{
	const struct device_class *class = device_class_of_command(o->q->command);
	const char *equals = strchr(o->q->word, '=');

	if (equals) {
		o->key = o->q->word;
		offer_behind(o, (size_t)(equals + 1 - o->q->word), offer_value);
	} else if (class) {
		add_class_keys(o, class);
	} else if (sx_streq(o->q->command, "cpupool-create")) {
		offer_add_all(o, pool_keys, '\0');
	} else if (sx_streq(o->q->command, "xenstore-quota-set")) {
		offer_add_all(o, quotas, '\0');
	} else if (sx_streq(o->q->command, "create") || sx_streq(o->q->command, "start") ||
		   sx_streq(o->q->command, "config-update")) {
		for (const struct config_key *k = config_keys; k->name; k++) {
			SX_FREE char *key = sx_format("%s=", k->name);

			if (*o->q->word && !k->instead)
				offer_add(o, key, NULL, '\0');
		}
	}
}

/* An argument of vsnd-attach is itself a list of keys. */
void offer_key_list(struct offer *o)
{
	const char *comma = strrchr(o->q->word, ',');

	if (comma)
		offer_behind(o, (size_t)(comma + 1 - o->q->word), offer_keys);
	else
		offer_keys(o);
}
