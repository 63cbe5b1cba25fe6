/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parses a shell's command line for completion. Private to cmd/. */
#pragma once

#include "base/candidate.h"

struct command_line {
	struct sx_words words; /* unquoted as the shell would; the last is at the cursor */
	bool redirected; /* the last is the target of a redirection, not an argument */
	char quote; /* quote open at the cursor: ' or ", '$' for $'; '\0': none */
	size_t fixed; /* leading bytes of the last word that readline keeps */
};

#define COMMAND_LINE SX_CLEANUP(command_line_dispose) struct command_line

/* Read the line up to the cursor; readline also breaks words at `breaks` (COMP_WORDBREAKS). */
void command_line_read(const char *line, const char *breaks, struct command_line *out);
void command_line_dispose(struct command_line *c);
/*
 * What readline inserts for this candidate after the fixed part, quoted to continue the line; NULL:
 * the candidate does not begin with the fixed part. Heap string.
 */
char *command_line_insert(const struct command_line *c, const char *text, bool quoted);

/*
 * Decode the inside of $'...' at *p, which moves to the closing quote or the end of the line. As in
 * bash, a NUL ends the text.
 */
void command_line_take_escapes(const char **p, struct sx_str *out);
