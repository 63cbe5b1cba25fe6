/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks for a device in a text that need not be readable: see device.h. */
#include "device/device.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool has_mac(const char *text, const char *mac)
{
	static const char key[] = "mac=";

	for (; (text = strstr(text, key)); text += strlen(key)) {
		SX_FREE char *said = device_mac(text + strlen(key));

		if (sx_streq(said, mac))
			return true;
	}
	return false;
}

/* The address of a PCI device; `function` -1: all of them, or it does not say. */
struct slot {
	unsigned domain, bus, device;
	int function;
};

/* Read an address from the start of a text: its domain and its function may be missing. */
static bool read_slot(const char *text, struct slot *out)
{
	int len = 0;
	unsigned function;

	*out = (struct slot){ .function = -1 };
	if (sscanf(text, "%8x:%8x:%8x%n", &out->domain, &out->bus, &out->device, &len) != 3) {
		out->domain = 0;
		if (sscanf(text, "%8x:%8x%n", &out->bus, &out->device, &len) != 2)
			return false;
	}
	if (sscanf(text + len, ".%8x", &function) == 1)
		out->function = (int)function;
	return true;
}

static bool has_bdf(const char *text, const char *bdf)
{
	struct slot said, wanted;

	if (!read_slot(bdf, &wanted))
		return false;
	for (const char *p = text; *p; p++)
		if (isxdigit((unsigned char)*p) &&
		    (p == text || (!isxdigit((unsigned char)p[-1]) && p[-1] != ':')) &&
		    read_slot(p, &said) && said.domain == wanted.domain && said.bus == wanted.bus &&
		    said.device == wanted.device &&
		    (said.function < 0 || wanted.function < 0 || said.function == wanted.function))
			return true;
	return false;
}

bool device_text_has(const struct device_field *field, const char *text, const char *value)
{
	switch (field->kind) {
	case DEVICE_MAC:
		return has_mac(text, value);
	case DEVICE_BDF:
		return has_bdf(text, value);
	default:
		return strcasestr(text, value) != NULL;
	}
}
