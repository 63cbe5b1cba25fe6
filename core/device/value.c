/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Convert values of device fields to canonical form: see device.h. */
#include "device/private.h"

#include <errno.h>
#include <inttypes.h>
#include <libxlutil.h>
#include <string.h>

char *device_mac(const char *text)
{
	SX_STR s = { 0 };
	bool any = false;

	/* As parse_nic_config in xl: six numbers, any character between, the rest is ignored. */
	for (int i = 0; i < 6; i++) {
		char *end;
		unsigned long byte = strtoul(text, &end, 16);

		if (end == text || byte > 255 || (i < 5 && !*end))
			return NULL;
		any |= byte != 0;
		sx_str_addf(&s, "%s%02lx", i ? ":" : "", byte);
		text = end + 1;
	}
	/* xl treats an all-zero address as unset. */
	return sx_strdup(any ? s.data : "");
}

static char *canonical_uuid(const char *text)
{
	libxl_uuid uuid;

	if (libxl_uuid_from_string(&uuid, text))
		return NULL;
	return sx_format(LIBXL_UUID_FMT, LIBXL_UUID_BYTES(uuid));
}

static char *canonical_choice(const struct device_field *field, const char *text, bool exact)
{
	SX_FREE char *copy = sx_strdup(field->choices);
	char *rest = copy, *word;

	while ((word = strsep(&rest, " ")))
		if ((exact ? strcmp(word, text) : strcasecmp(word, text)) == 0)
			return sx_strdup(word);
	return NULL;
}

/* Read a rate with libxlutil; false: it refuses it. */
static bool read_rate(const char *text, uint64_t *bytes, uint32_t *microseconds)
{
	FILE *nowhere = fopen("/dev/null", "we");
	XLU_Config *cfg = nowhere ? xlu_cfg_init(nowhere, "rate") : NULL;
	libxl_device_nic nic;
	int r = ENOMEM;

	libxl_device_nic_init(&nic);
	if (cfg) {
		/* xlu_vif_parse_rate would take an old ERANGE for its own. */
		errno = 0;
		r = xlu_vif_parse_rate(cfg, text, &nic);
		xlu_cfg_destroy(cfg);
	}
	if (nowhere)
		fclose(nowhere);
	*bytes = nic.rate_bytes_per_interval;
	*microseconds = nic.rate_interval_usecs;
	libxl_device_nic_dispose(&nic);
	return r == 0;
}

char *device_rate(const char *text)
{
	static const struct {
		const char *unit;
		uint64_t bytes;
	} units[] = { { "B", 1 }, { "KB", 1000 }, { "MB", 1000000 }, { "GB", 1000000000 } };
	uint64_t bytes, again;
	uint32_t microseconds, same;

	if (!read_rate(text, &bytes, &microseconds))
		return NULL;
	/* libxl gets bytes per interval. Find the lowest rate that yields as many. */
	for (size_t i = 0; i < SX_COUNT(units); i++) {
		unsigned __int128 second = (unsigned __int128)bytes * 1000000;
		unsigned __int128 divisor = (unsigned __int128)microseconds * units[i].bytes;
		uint64_t rate = (uint64_t)((second + divisor - 1) / divisor);
		SX_FREE char *canonical = sx_format("%" PRIu64 "%s/s@%" PRIu32 "us", rate,
						    units[i].unit, microseconds);

		if (read_rate(canonical, &again, &same) && again == bytes && same == microseconds)
			return sx_steal(&canonical);
	}
	return sx_strdup(text);
}

/* A number that xl reads with strtoul or atoi. */
static enum device_verdict number(const struct device_class *class,
				  const struct device_field *field, const char *text, bool strict,
				  char **out)
{
	bool byte = field->kind == DEVICE_BYTE;
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, byte || class->c_notation ? 0 : 10);
	if (sx_streq(field->name, "mtu") && end == text)
		return DEVICE_FATAL;
	if (strict && (end == text || *end || errno || value > (byte ? UINT8_MAX : UINT32_MAX)))
		return DEVICE_BAD;
	if (field->kind == DEVICE_FLAG)
		*out = sx_strdup(value ? "1" : "0");
	else
		*out = sx_format("%lu", value & (byte ? UINT8_MAX : UINT32_MAX));
	return DEVICE_TAKEN;
}

char *device_backend(const char *text)
{
	return sx_strdup(sx_streq(text, "0") ? "Domain-0" : text);
}

enum device_verdict device_value(const struct device_class *class, const struct device_field *field,
				 const char *text, bool strict, char **out)
{
	*out = NULL;
	switch (field->kind) {
	case DEVICE_IGNORED:
		return DEVICE_TAKEN;
	case DEVICE_WORD:
		return DEVICE_BAD;
	case DEVICE_NUMBER:
	case DEVICE_BYTE:
	case DEVICE_FLAG:
		return number(class, field, text, strict, out);
	case DEVICE_TEXT:
		*out = field->canonical ? field->canonical(text) : sx_strdup(text);
		break;
	case DEVICE_CHOICE:
		*out = canonical_choice(field, text, class->is_exact);
		break;
	case DEVICE_MAC:
		/* Refuse "mac=...,bridge=..." as one argument: xl ignores what follows the mac. */
		*out = strict && strlen(text) > 17 ? NULL : device_mac(text);
		if (*out && !**out) {
			free(sx_steal(out));
			return DEVICE_TAKEN;
		}
		break;
	case DEVICE_UUID:
		*out = canonical_uuid(text);
		break;
	case DEVICE_BDF:
		*out = device_bdf(text);
		break;
	case DEVICE_RATE:
		*out = device_rate(text);
		return *out ? DEVICE_TAKEN : DEVICE_FATAL;
	}
	return *out ? DEVICE_TAKEN : DEVICE_BAD;
}

char *device_next_word(char **rest, const char *separator)
{
	char *word;

	while ((word = strsep(rest, separator)))
		if (*word)
			return word + strspn(word, " ");
	return NULL;
}
