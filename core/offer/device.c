/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Candidates that are devices of the host or of one domain: of the running one, or, with --config
 * and for commands about configurations, of its configuration.
 */
#include "device/device.h"
#include "offer/private.h"

#include <string.h>

static void add_disk(struct live_disks *out, const struct disk_spec *spec)
{
	struct live_disk d = { .devid = spec->devid, .cdrom = spec->cdrom };

	d.vdev = sx_strdup(spec->vdev);
	d.target = sx_strdup(spec->target);
	sx_vec_push(out, d);
}

void offer_live_disks(struct offer *o, struct live_disks *out)
{
	LIVE_DOMAIN d = { 0 };
	SX_ERR none = { 0 };

	if (offer_domain(o, &d) && live_disks_get(o->live, d.domid, out, &none))
		sx_err_clear(&none);
}

void offer_config_disks(struct offer *o, struct live_disks *out)
{
	XLCFG_DOC *doc = offer_config(o);

	for (size_t i = 0; doc && i < xlcfg_list_len(doc, "disk"); i++) {
		SX_FREE char *item = xlcfg_list_get(doc, "disk", i);
		DISK_SPEC spec = { 0 };
		SX_ERR none = { 0 };

		if (item && disk_parse(item, &spec, &none) == 0)
			add_disk(out, &spec);
	}
}

static void offer_vdevs(struct offer *o)
{
	bool drives = sx_starts_with(o->q->command, "cd-");
	LIVE_DISKS disks = { 0 };

	if (!o->q->known)
		offer_live_disks(o, &disks);
	else
		offer_config_disks(o, &disks);
	for (size_t i = 0; i < disks.len; i++)
		if (disks.items[i].cdrom || !drives)
			offer_add(o, disks.items[i].vdev, disks.items[i].target, ' ');
}

/* Devices of the configuration, in the form of running ones. */
static void config_devices(struct offer *o, const struct device_class *class,
			   struct live_devices *out)
{
	XLCFG_DOC *doc = offer_config(o);

	for (size_t i = 0; doc && i < xlcfg_list_len(doc, class->key); i++) {
		SX_FREE char *item = xlcfg_list_get(doc, class->key, i);
		DEVICE d = { 0 };
		SX_ERR none = { 0 };
		struct live_device one = { 0 };

		if (!item || device_parse(class, item, &d, &none))
			continue;
		one.devid = device_number(&d, i);
		one.fields = sx_steal(&d.fields);
		sx_vec_push(out, one);
	}
}

static void devices_of(struct offer *o, const struct device_class *class, struct live_devices *out)
{
	LIVE_DOMAIN d = { 0 };
	SX_ERR none = { 0 };

	if (o->q->known)
		config_devices(o, class, out);
	else if (offer_domain(o, &d) && device_running(o->live, d.domid, class, out, &none))
		sx_err_clear(&none);
}

/* The field that identifies the device best, for a description. */
static const char *label_of(const struct live_device *d)
{
	static const char *const names[] = { "mac", "bdf", "uuid", "unique-id", "type" };

	for (size_t i = 0; i < SX_COUNT(names); i++)
		if (sx_fields_get(&d->fields, names[i]))
			return sx_fields_get(&d->fields, names[i]);
	return NULL;
}

static void offer_devids(struct offer *o)
{
	const struct device_class *class = device_class_of_command(o->q->command);
	LIVE_DEVICES all = { 0 };

	if (!class)
		return;
	devices_of(o, class, &all);
	for (size_t i = 0; i < all.len; i++) {
		SX_FREE char *number = sx_format("%ld", all.items[i].devid);

		if (all.items[i].devid >= 0)
			offer_add(o, number, label_of(&all.items[i]), ' ');
	}
}

/* Offer a field of each device of a class; `only`, if not NULL, is the value of field `other`. */
static void add_field(struct offer *o, const struct device_class *class, const char *field,
		      const char *other, const char *only)
{
	LIVE_DEVICES all = { 0 };

	if (class)
		devices_of(o, class, &all);
	for (size_t i = 0; i < all.len; i++) {
		const struct sx_fields *f = &all.items[i].fields;
		const char *value = sx_fields_get(f, field), *bridge = sx_fields_get(f, "bridge");

		if (value && (!only || sx_streq(sx_fields_get(f, other), only)))
			offer_add(o, value, bridge ? bridge : sx_fields_get(f, "name"), ' ');
	}
}

/* Offer the devices of every class that this field alone identifies. */
static void add_ids(struct offer *o, const char *field)
{
	for (const struct device_class *const *c = device_classes; *c; c++)
		if (sx_streq((*c)->id[0], field) && !(*c)->id[1])
			add_field(o, *c, field, NULL, NULL);
}

static void offer_macs(struct offer *o)
{
	add_ids(o, "mac");
}

static void offer_uuids(struct offer *o)
{
	add_ids(o, "uuid");
}

static void offer_controllers(struct offer *o)
{
	add_field(o, device_class_of_command(o->q->command), "controller", NULL, NULL);
}

static void offer_ports(struct offer *o)
{
	add_field(o, device_class_of_command(o->q->command), "port", "controller",
		  offer_word(o, 1));
}

/* Name of the driver of a device in sysfs. Heap string; NULL: none. */
static char *driver_of(const char *device)
{
	SX_FREE char *link = sx_format("%s/driver", device);
	char target[512];
	ssize_t n = readlink(link, target, sizeof(target) - 1);

	if (n <= 0)
		return NULL;
	target[n] = '\0';
	return sx_path_base(target);
}

/* Offer the PCI addresses in a directory of sysfs, each with its driver. */
static void add_host_pci(struct offer *o, const char *where)
{
	SX_FREE char *dir = sx_format("%s%s", o->env->paths.root, where);
	SX_WORDS names = { 0 };

	offer_entries(dir, &names);
	for (size_t i = 0; i < names.len; i++) {
		SX_FREE char *device = sx_path_join(dir, names.items[i]);
		SX_FREE char *driver = NULL;

		if (strspn(names.items[i], "0123456789abcdef:.") != strlen(names.items[i]))
			continue;
		driver = driver_of(device);
		offer_add(o, names.items[i], driver, ' ');
		/* The PCI domain 0000 may be omitted. */
		if (sx_starts_with(names.items[i], "0000:") && *o->q->word &&
		    !sx_starts_with(names.items[i], o->q->word))
			offer_add(o, names.items[i] + 5, driver, ' ');
	}
}

static void offer_host_pci(struct offer *o)
{
	add_host_pci(o, "/sys/bus/pci/devices");
}

/* libxl_device_pci_assignable_list reads the same directory. */
static void offer_assignable(struct offer *o)
{
	add_host_pci(o, "/sys/bus/pci/drivers/pciback");
}

static void offer_pci(struct offer *o)
{
	if (sx_streq(o->q->command, "pci-attach"))
		offer_assignable(o);
	else
		add_ids(o, "bdf");
}

/* Offer the domain's devices by name; not for `record`, where the kind "key" offers them. */
static void offer_any(struct offer *o)
{
	if (sx_streq(o->q->command, "record"))
		return;
	offer_vdevs(o);
	add_ids(o, "mac");
	add_ids(o, "bdf");
}

const struct offer_kind offer_device_kinds[] = {
	{ "vdev", offer_vdevs },
	{ "devid", offer_devids },
	{ "mac", offer_macs },
	{ "uuid", offer_uuids },
	{ "controller", offer_controllers },
	{ "port", offer_ports },
	{ "pci-spec", offer_pci },
	{ "host-bdf", offer_host_pci },
	{ "assignable-bdf", offer_assignable },
	{ "device", offer_any },
	{ NULL, NULL },
};
