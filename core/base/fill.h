/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text for a screen: how wide it is, and broken into lines. */
#pragma once

#include "base/str.h"

/* A blank that no line ends at. */
#define SX_FILL_JOIN '\037'

/* Columns that a text takes, as far as a character takes one; sequences of colour take none. */
size_t sx_fill_width(const char *text);
/*
 * Add `text`, broken at blanks so that no line is longer than `width`: the first begins at column `at`
 * (from 0), the others behind `indent` blanks. A word that is longer stands alone, whole.
 */
void sx_fill(struct sx_str *out, const char *text, size_t at, size_t indent, size_t width);
