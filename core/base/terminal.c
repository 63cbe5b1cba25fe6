/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a terminal shows: see terminal.h. Uses ECMA-48 sequences, common to today's terminals. */
#include "base/terminal.h"
#include "base/num.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
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

size_t terminal_width(FILE *stream)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size = { 0 };
	SX_ERR ignored = { 0 };
	uint64_t width = 0;

	if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	if (columns && sx_num_parse(columns, 1, UINT16_MAX, &width, &ignored))
		width = 0;
	return (size_t)width;
}
