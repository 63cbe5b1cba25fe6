/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bounded numbers from text: see num.h. */
#include "base/num.h"

#include <inttypes.h>

int sx_num_parse(const char *text, uint64_t min, uint64_t max, uint64_t *out, struct sx_err *err)
{
	uint64_t value = 0;
	const char *p;

	for (p = text; *p >= '0' && *p <= '9'; p++) {
		uint64_t digit = (uint64_t)(*p - '0');

		if (value > (UINT64_MAX - digit) / 10)
			return sx_err_set(err, SX_EUSAGE, "'%s' is too large", text);
		value = value * 10 + digit;
	}
	if (p == text || *p)
		return sx_err_set(err, SX_EUSAGE, "'%s' is not a number", text);
	if (value < min || value > max)
		return sx_err_set(err, SX_EUSAGE, "'%s' is not within %" PRIu64 " to %" PRIu64,
				  text, min, max);
	*out = value;
	return 0;
}
