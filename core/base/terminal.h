/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the terminal can show: colour is wanted, or it is not, and is never the only carrier of meaning;
 * how wide it is.
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
	TERMINAL_GREEN, /* well, added */
	TERMINAL_YELLOW, /* wants attention */
	TERMINAL_CYAN, /* a place: the head of a hunk */
};

/* Whether the stream is a terminal that shows colour: not with NO_COLOR set, not on TERM=dumb. */
bool terminal_colors(FILE *stream);
/* The sequence that begins a style, or "" when `on` is false; "" for the end likewise. Borrowed. */
const char *terminal_style(bool on, enum terminal_style style);
const char *terminal_plain(bool on);

/* Columns of the terminal that the stream is, else of COLUMNS; 0: neither is known. */
size_t terminal_width(FILE *stream);
