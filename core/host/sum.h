/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 of bytes as they come by. sha256sum(1) makes it, beside this process. */
#pragma once

#include "base/err.h"

enum { SUM_DIGITS = 64 };

struct sum;

/* Started; SX_EFAIL when sha256sum is not there. */
int sum_begin(struct sum **out, struct sx_err *err) SX_MUST;
int sum_add(struct sum *sum, const char *bytes, size_t len, struct sx_err *err) SX_MUST;
/* Of all that was added, in hexadecimal. The sum is to be freed all the same. */
int sum_end(struct sum *sum, char digits[SUM_DIGITS + 1], struct sx_err *err) SX_MUST;
/* Accepts NULL. */
void sum_free(struct sum *sum);

#define SUM SX_CLEANUP(sum_cleanup) struct sum
static inline void sum_cleanup(struct sum **sum)
{
	sum_free(*sum);
}
