/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parse bounded numbers from text, with the reason when one is refused. */
#pragma once

#include "base/err.h"

#include <stdint.h>

/* Parse a decimal number, digits only, within [min, max]. SX_EUSAGE names the text and why. */
int sx_num_parse(const char *text, uint64_t min, uint64_t max, uint64_t *out,
		 struct sx_err *err) SX_MUST;
