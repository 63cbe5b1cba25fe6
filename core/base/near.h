/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which known word a slip of the fingers makes another one of. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Is the known word, which is not the one that was typed, nearer to it than any before? *slips is how
 * far off the nearest is, 0 at first. The shorter a word, the fewer slips make it another one.
 */
bool sx_is_nearer(const char *typed, const char *known, size_t *slips);
