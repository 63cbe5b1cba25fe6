/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory sizes: see size.h. */
#include "spec/size.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* Left shift from a unit to KiB; bytes are -10. */
static int unit_shift(char unit, int *shift)
{
	switch (tolower((unsigned char)unit)) {
	case 't':
		*shift = 30;
		return 0;
	case 'g':
		*shift = 20;
		return 0;
	case '\0':
	case 'm':
		*shift = 10;
		return 0;
	case 'k':
		*shift = 0;
		return 0;
	case 'b':
		*shift = -10;
		return 0;
	default:
		return -1;
	}
}

int size_parse_kib(const char *text, uint64_t *kib_out, struct sx_err *err)
{
	char *end;
	long long value;
	int shift;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (end == text || strlen(end) > 1 || unit_shift(*end, &shift)) {
		sx_err_set(err, SX_EUSAGE, "'%s' is not a memory size", text);
		return sx_err_hint(
			err, "a number and at most one letter: 512 or 512m (MiB), 2g, 1t, 524288k");
	}
	if (errno || value <= 0 || (shift > 0 && value > INT64_MAX >> shift))
		return sx_err_set(err, SX_EUSAGE, "memory size '%s' is out of range", text);
	*kib_out = shift < 0 ? (uint64_t)value >> -shift : (uint64_t)value << shift;
	if (!*kib_out)
		return sx_err_set(err, SX_EUSAGE, "memory size '%s' is out of range", text);
	return 0;
}
