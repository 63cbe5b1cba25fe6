/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PCI devices: the specification is read by libxlutil, see device.h and xl-pci-configuration(5). */
#include "device/private.h"

#include <libxlutil.h>
#include <string.h>

/*
 * libxlutil goes on from a place that it has not set when the point before the function is
 * missing: such words are not shown to it.
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

/* What libxlutil makes of a text, the flags being `before` it reads. */
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

int device_pci_parse(const char *text, struct device *out, struct sx_err *err)
{
	libxl_device_pci off, on;
	int r;

	libxl_device_pci_init(&off);
	libxl_device_pci_init(&on);
	/* A flag that the text does not give stays as it was. */
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

char *device_pci_text(const struct device *d)
{
	const char *bdf = sx_fields_get(&d->fields, "bdf");
	SX_STR s = { 0 };

	if (bdf)
		sx_str_add(&s, bdf);
	for (size_t i = 0; i < d->fields.len; i++) {
		const struct sx_field *f = &d->fields.items[i];

		if (!sx_streq(f->name, "bdf"))
			sx_str_addf(&s, "%s%s=%s", s.len ? "," : "", f->name, f->value);
	}
	return sx_str_take(&s);
}
