/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text on a terminal: its width, and breaking it into lines. */
#pragma once

#include "base/str.h"

/* Stands for a blank at which sx_fill does not break the line. */
#define SX_FILL_JOIN '\037'

/* The columns that a text takes, counting one per UTF-8 character and none for colour sequences. */
size_t sx_fill_width(const char *text);
/*
 * Add `text`, broken at blanks so that no line is longer than `width` columns, unless one word is.
 * The first line begins at column `at` (from 0), the others after `indent` blanks.
 */
void sx_fill(struct sx_str *out, const char *text, size_t at, size_t indent, size_t width);
