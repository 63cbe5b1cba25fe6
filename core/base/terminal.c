/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Colour, where it is wanted: see terminal.h. ECMA-48 sequences, which all terminals of today take. */
#include "base/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool terminal_colors(FILE *stream)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return !(no_color && *no_color) && term && *term && strcmp(term, "dumb") != 0 &&
	       isatty(fileno(stream));
}

const char *terminal_style(bool on, enum terminal_style style)
{
	static const char *const sequences[] = {
		[TERMINAL_BOLD] = "\033[1m",	[TERMINAL_DIM] = "\033[2m",
		[TERMINAL_RED] = "\033[31m",	[TERMINAL_GREEN] = "\033[32m",
		[TERMINAL_YELLOW] = "\033[33m", [TERMINAL_CYAN] = "\033[36m",
	};

	return on ? sequences[style] : "";
}

const char *terminal_plain(bool on)
{
	return on ? "\033[m" : "";
}
