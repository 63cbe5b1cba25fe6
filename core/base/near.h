/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which known word a mistyped one was probably meant to be. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Is `known` nearer to the typed word than every word before, but not equal to it? *slips is the
 * distance of the nearest so far; start with 0. The shorter the typed word, the fewer slips count.
 */
bool sx_is_nearer(const char *typed, const char *known, size_t *slips);
