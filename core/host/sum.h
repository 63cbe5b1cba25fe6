/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 of a stream of bytes. sha256sum(1) computes it, in parallel with this process. */
#pragma once

#include "base/err.h"

enum { SUM_DIGITS = 64 };

struct sum;

/* Start sha256sum; SX_EFAIL when that is not there. */
int sum_begin(struct sum **out, struct sx_err *err) SX_MUST;
int sum_add(struct sum *sum, const char *bytes, size_t len, struct sx_err *err) SX_MUST;
/* The sum of all that was added, in hexadecimal. The caller still frees `sum`. */
int sum_end(struct sum *sum, char digits[SUM_DIGITS + 1], struct sx_err *err) SX_MUST;
/* Accepts NULL. */
void sum_free(struct sum *sum);

#define SUM SX_CLEANUP(sum_cleanup) struct sum
static inline void sum_cleanup(struct sum **sum)
{
	sum_free(*sum);
}
