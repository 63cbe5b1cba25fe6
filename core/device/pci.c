/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PCI devices, parsed by libxlutil: see device.h and xl-pci-configuration(5). */
#include "device/private.h"
#include "xlcfg/guest.h"

#include <libxlutil.h>
#include <string.h>

/* Flags that a list item omits take the file's pci_permissive, pci_msitranslate, ... */
static const struct device_field fields[] = {
	FIELD("bdf", DEVICE_BDF, .identifies = true, .is_live = true),
	FIELD("name", DEVICE_TEXT, .identifies = true, .is_live = true),
	FIELD("vslot", DEVICE_TEXT, .is_live = true, .record = DEVICE_NEVER),
	FLAG("permissive", "0"),
	FLAG("msitranslate", "0"),
	FLAG("power_mgmt", "0"),
	FIELD("seize", DEVICE_FLAG, .usual = "0"),
	FIELD("rdm_policy", DEVICE_CHOICE, .choices = "strict relaxed", .is_live = true,
	      .record = DEVICE_NEVER),
	END,
};

/*
 * If the dot before the function is missing, libxlutil goes on from a pointer that it never set:
 * keep such text away from it.
 */
static bool is_safe_bdf(const char *text)
{
	size_t len = strspn(text, "0123456789abcdefABCDEF:");
	size_t colons = 0;

	for (size_t i = 0; i < len; i++)
		colons += text[i] == ':';
	return (colons != 1 && colons != 2) || text[len] == '.';
}

static bool is_safe_spec(const char *text)
{
	const char *at = text;

	if (!is_safe_bdf(text))
		return false;
	while ((at = strstr(at, "bdf="))) {
		at += 4;
		if (!is_safe_bdf(at))
			return false;
	}
	return true;
}

static char *bdf_of(const libxl_device_pci *pci)
{
	SX_STR s = { 0 };

	sx_str_addf(&s, "%04x:%02x:%02x.", pci->domain, pci->bus, pci->dev);
	if (pci->vfunc_mask == LIBXL_PCI_FUNC_ALL)
		sx_str_addc(&s, '*');
	else
		sx_str_addf(&s, "%x", pci->func);
	return sx_str_take(&s);
}

char *device_bdf(const char *text)
{
	libxl_device_pci pci;
	char *bdf = NULL;

	libxl_device_pci_init(&pci);
	if (is_safe_bdf(text) && strcspn(text, ",@") == strlen(text) &&
	    xlu_pci_parse_bdf(NULL, &pci, text) == 0)
		bdf = bdf_of(&pci);
	libxl_device_pci_dispose(&pci);
	return bdf;
}

/* Parse a text with libxlutil, with all flags preset to `before`. */
static int read_spec(const char *text, bool before, libxl_device_pci *pci, struct sx_err *err)
{
	SX_FREE char *said = NULL;
	size_t said_len = 0;
	FILE *report = open_memstream(&said, &said_len);
	XLU_Config *cfg = report ? xlu_cfg_init(report, "pci") : NULL;
	int r = -1;

	pci->permissive = pci->msitranslate = pci->seize = pci->power_mgmt = before;
	if (cfg && is_safe_spec(text))
		r = xlu_pci_parse_spec_string(cfg, pci, text);
	if (cfg)
		xlu_cfg_destroy(cfg);
	if (report)
		fclose(report);
	if (!r)
		return 0;
	sx_err_set(err, SX_EUSAGE, "pci '%s': %s", text,
		   said && *said ? said : "not a PCI device specification");
	return sx_err_hint(err, "see xl-pci-configuration(5); an example: 0000:03:00.0");
}

static void add_flag(struct device *out, const char *name, bool first, bool second)
{
	if (first == second)
		sx_fields_set(&out->fields, name, first ? "1" : "0");
}

static int parse(char *const *words, bool strict SX_UNUSED, struct device *out, struct sx_err *err)
{
	const char *text = words[0] ? words[0] : "";
	libxl_device_pci off, on;
	int r;

	libxl_device_pci_init(&off);
	libxl_device_pci_init(&on);
	/* Preset all flags to off, then to on: one that comes out equal is set by the text. */
	r = read_spec(text, false, &off, err) || read_spec(text, true, &on, err) ? -1 : 0;
	if (!r) {
		SX_FREE char *bdf = off.name ? NULL : bdf_of(&off);

		sx_fields_set(&out->fields, bdf ? "bdf" : "name", bdf ? bdf : off.name);
		if (off.vdevfn)
			sx_fields_setf(&out->fields, "vslot", "%x", off.vdevfn >> 3);
		add_flag(out, "permissive", off.permissive, on.permissive);
		add_flag(out, "msitranslate", off.msitranslate, on.msitranslate);
		add_flag(out, "power_mgmt", off.power_mgmt, on.power_mgmt);
		add_flag(out, "seize", off.seize, on.seize);
		if (off.rdm_policy != LIBXL_RDM_RESERVE_POLICY_INVALID)
			sx_fields_set(&out->fields, "rdm_policy",
				      libxl_rdm_reserve_policy_to_string(off.rdm_policy));
	}
	libxl_device_pci_dispose(&off);
	libxl_device_pci_dispose(&on);
	return r;
}

static void write_item(const struct device *d, struct sx_words *out)
{
	const char *bdf = sx_fields_get(&d->fields, "bdf");
	SX_STR s = { 0 };

	if (bdf)
		sx_str_add(&s, bdf);
	sx_each(const struct sx_field, f, &d->fields) {
		if (!sx_streq(f->name, "bdf"))
			sx_str_addf(&s, "%s%s=%s", s.len ? "," : "", f->name, f->value);
	}
	sx_words_give(out, sx_str_take(&s));
}

/* The file's default for its PCI devices: pci_permissive, pci_seize, ... */
static const char *absent(const struct xlcfg *doc, const struct sx_fields *host SX_UNUSED,
			  const char *field)
{
	SX_FREE char *key = sx_format("pci_%s", field);
	long value;

	return xlcfg_get_long(doc, key, &value) ? value ? "1" : "0" : NULL;
}

/* pci-attach ignores the file's defaults: an explicit 0 overrides those that are 1. */
static void complete(struct device *d, const struct xlcfg *doc, bool running SX_UNUSED)
{
	static const char *const flags[] = { "permissive", "msitranslate", "power_mgmt", "seize" };

	for (size_t i = 0; i < SX_COUNT(flags); i++)
		if (sx_streq(absent(doc, NULL, flags[i]), "1"))
			sx_fields_complete(&d->fields, flags[i], "0");
}

static int foresee(const struct xlcfg *doc, const char *domain, struct sx_words *notices,
		   struct sx_err *err)
{
	long memory = 0, maxmem = 0;

	if (sx_streq(memory_guest_type(doc), "pv")) {
		if (!xlcfg_list_len(doc, "pci"))
			sx_words_add(notices,
				     "with its first PCI device a PV guest gets the host's memory "
				     "map at its next create (e820_host)");
		return 0;
	}
	if (!xlcfg_get_long(doc, "memory", &memory) || !xlcfg_get_long(doc, "maxmem", &maxmem) ||
	    memory >= maxmem)
		return 0;
	sx_err_set(err, SX_ECONFLICT,
		   "%s:%zu: with memory (%ld) below maxmem (%ld) a guest with passed-through "
		   "devices cannot be created",
		   xlcfg_name(doc), xlcfg_key_line(doc, "maxmem"), memory, maxmem);
	return sx_err_hint(err, "make both the same first: safexl mem-max %pQ %ld", domain, memory);
}

static void add_pci(const libxl_device_pci *pci, struct live_devices *out)
{
	struct live_device d = { .devid = -1, .connected = true };

	sx_fields_setf(&d.fields, "bdf", "%04x:%02x:%02x.%x", pci->domain, pci->bus, pci->dev,
		       pci->func);
	device_tell(&d.fields, "name", pci->name);
	if (pci->vdevfn)
		sx_fields_setf(&d.fields, "vslot", "%x", pci->vdevfn >> 3);
	device_tell_flag(&d.fields, "permissive", pci->permissive);
	device_tell_flag(&d.fields, "msitranslate", pci->msitranslate);
	device_tell_flag(&d.fields, "power_mgmt", pci->power_mgmt);
	if (pci->rdm_policy != LIBXL_RDM_RESERVE_POLICY_INVALID)
		device_tell(&d.fields, "rdm_policy",
			    libxl_rdm_reserve_policy_to_string(pci->rdm_policy));
	sx_vec_push(out, d);
}

static bool list_pci(libxl_ctx *ctx, uint32_t domid, struct live_devices *out)
{
	int count = 0;
	libxl_device_pci *all = libxl_device_pci_list(ctx, domid, &count);

	for (int i = 0; all && i < count; i++)
		add_pci(&all[i], out);
	libxl_device_pci_list_free(all, count);
	return count > 0;
}

const struct device_class device_pci = {
	.key = "pci",
	.noun = "PCI device",
	.attach = "pci-attach",
	.detach = "pci-detach",
	.list = "pci-list",
	.attach_words = 2,
	.detach_words = 2,
	.id = { "bdf" },
	.fields = fields,
	.attach_most = 2,
	.detach_letters = "f",
	.stored = "pcidevs",
	.running = list_pci,
	.parse = parse,
	.write = write_item,
	.absent = absent,
	.complete = complete,
	.foresee = foresee,
};
