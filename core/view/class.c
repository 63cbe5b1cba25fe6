/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one table of what can be compared with the running domain and recorded from it. A key missing
 * here is compared only between file and last commit.
 */
#include "device/device.h"
#include "view/private.h"
#include "xlcfg/guest.h"

static int fact_from_live(const struct view_class *c, const struct view_live *l, struct view *out,
			  struct sx_err *err SX_UNUSED)
{
	const char *value = live_fact(&l->config, c->key);

	if (value)
		view_add_field(view_add(out, c, "", ""), "", value);
	return 0;
}

static struct view_item *add_scalar(const struct view_class *c, const struct xlcfg *doc,
				    struct view *out, const char *value)
{
	struct view_item *item = view_add(out, c, "", "");

	item->line = xlcfg_key_line(doc, c->key);
	view_add_field(item, "", value);
	return item;
}

static int string_from_doc(const struct view_class *c, const struct xlcfg *doc,
			   const char *path SX_UNUSED, struct view *out,
			   struct sx_err *err SX_UNUSED)
{
	SX_FREE char *value = xlcfg_get_string(doc, c->key);

	add_scalar(c, doc, out, value ? value : c->fallback ? c->fallback : "");
	return 0;
}

static int string_write(const struct view_class *c, struct xlcfg *doc, struct xlcfg_edits *edits,
			const struct view_item *from SX_UNUSED, const struct view_item *to,
			const struct view *running SX_UNUSED, struct sx_err *err)
{
	const char *value = view_value(to, "");

	if (!*value && !c->fallback)
		return xlcfg_edits_unset(edits, doc, c->key, err);
	return xlcfg_edits_set_string(edits, doc, c->key, value, err);
}

static int type_from_doc(const struct view_class *c, const struct xlcfg *doc,
			 const char *path SX_UNUSED, struct view *out, struct sx_err *err SX_UNUSED)
{
	add_scalar(c, doc, out, memory_guest_type(doc));
	return 0;
}

/* parse_cmdline in xl_parse.c. */
static int cmdline_from_doc(const struct view_class *c, const struct xlcfg *doc,
			    const char *path SX_UNUSED, struct view *out,
			    struct sx_err *err SX_UNUSED)
{
	SX_FREE char *cmdline = xlcfg_get_string(doc, "cmdline");
	SX_FREE char *root = xlcfg_get_string(doc, "root");
	SX_FREE char *extra = xlcfg_get_string(doc, "extra");
	struct view_item *item;

	if (!cmdline)
		cmdline = sx_format("%s%s%s%s", root ? "root=" : "", root ? root : "",
				    root && extra ? " " : "", extra ? extra : "");
	item = add_scalar(c, doc, out, cmdline);
	if (!item->line)
		item->line = xlcfg_key_line(doc, extra ? "extra" : "root");
	return 0;
}

#define COLD(name, def)                                                                      \
	{                                                                                    \
		.key = (name), .fallback = (def), .cold = true, .from_doc = string_from_doc, \
		.from_live = fact_from_live, .write = string_write                           \
	}

#define AFFINITY(name, usual)                                                           \
	{                                                                               \
		.key = (name), .fallback = (usual), .from_doc = view_affinity_from_doc, \
		.from_live = view_affinity_from_live, .same = view_affinity_same,       \
		.write = view_affinity_write                                            \
	}

#define SCHEDULING(name, usual)                                                       \
	{                                                                             \
		.key = (name), .fallback = (usual), .from_doc = view_number_from_doc, \
		.from_live = view_sched_from_live, .write = view_number_write         \
	}

#define DEVICES(name)                         \
	{ .key = #name,                       \
	  .list = true,                       \
	  .device = &device_##name,           \
	  .from_doc = view_device_from_doc,   \
	  .from_live = view_device_from_live, \
	  .implied = view_device_implied,     \
	  .write = view_device_write },

const struct view_class view_classes[] = {
	{ .key = "name",
	  .command = "rename",
	  .from_doc = string_from_doc,
	  .from_live = fact_from_live,
	  .write = string_write },
	{ .key = "type",
	  .claims = " builder ",
	  .cold = true,
	  .from_doc = type_from_doc,
	  .from_live = fact_from_live },
	{ .key = "memory",
	  .unit = " MiB",
	  .command = "mem-set",
	  .from_doc = view_pair_from_doc,
	  .from_live = view_memory_from_live,
	  .same = view_memory_same,
	  .write = view_pair_write },
	{ .key = "maxmem",
	  .unit = " MiB",
	  .command = "mem-max",
	  .from_doc = view_pair_from_doc,
	  .from_live = view_memory_from_live,
	  .write = view_pair_write },
	{ .key = "vcpus",
	  .command = "vcpu-set",
	  .from_doc = view_pair_from_doc,
	  .from_live = view_vcpus_from_live,
	  .write = view_pair_write },
	/* No command: a running domain cannot change it, so an undo can only change the file. */
	{ .key = "maxvcpus",
	  .from_doc = view_pair_from_doc,
	  .from_live = view_vcpus_from_live,
	  .write = view_pair_write },
	AFFINITY("cpus", "all"),
	/* No fallback value: without the key, automatic placement may set one. */
	AFFINITY("cpus_soft", ""),
	SCHEDULING("cpu_weight", "256"),
	SCHEDULING("cap", "0"),
	SCHEDULING("period", "10000"),
	SCHEDULING("extratime", "1"),
	{ .key = "pool",
	  .fallback = "Pool-0",
	  .command = "cpupool-migrate",
	  .from_doc = string_from_doc,
	  .from_live = view_pool_from_live,
	  .same = view_pool_same,
	  .write = string_write },
	{ .key = "disk",
	  .list = true,
	  .from_doc = view_disk_from_doc,
	  .from_live = view_disk_from_live,
	  .write = view_disk_write },
	DEVICE_CLASSES_OF_TEXTS(DEVICES) COLD("kernel", NULL),
	COLD("ramdisk", NULL),
	{ .key = "cmdline",
	  .claims = " root extra ",
	  .cold = true,
	  .from_doc = cmdline_from_doc,
	  .from_live = fact_from_live },
	COLD("bootloader", NULL),
	COLD("on_poweroff", "destroy"),
	COLD("on_reboot", "restart"),
	COLD("on_watchdog", "destroy"),
	COLD("on_crash", "destroy"),
	COLD("on_soft_reset", "soft-reset"),
	{ .key = "" },
	{ .key = NULL },
};
