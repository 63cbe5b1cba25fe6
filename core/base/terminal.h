/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the terminal can show: its width, and whether to use colour, which never is the only carrier
 * of meaning.
 */
#pragma once

#include "base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum terminal_style {
	TERMINAL_BOLD,
	TERMINAL_DIM,
	TERMINAL_RED, /* wrong, removed */
	TERMINAL_GREEN, /* right, added */
	TERMINAL_YELLOW, /* needs attention */
	TERMINAL_CYAN, /* a location: the head of a hunk */
};

/* Is the stream a terminal that shows colour? Not with NO_COLOR set, and not on TERM=dumb. */
bool terminal_colors(FILE *stream);
/* The sequence that begins a style, and the one that ends it; "" if `on` is false. Borrowed. */
const char *terminal_style(bool on, enum terminal_style style);
const char *terminal_plain(bool on);

/* The columns of the stream's terminal, else COLUMNS from the environment; 0: unknown. */
size_t terminal_width(FILE *stream);
