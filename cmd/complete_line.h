/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A shell's command line as completion needs it. Private to cmd/. */
#pragma once

#include "base/candidate.h"

struct command_line {
	struct sx_words words; /* as the shell would hand them over; the last is the cursor's */
	bool redirected; /* the last is the file of a redirection, no word of the command */
	char quote; /* the one that is open at the cursor: ' or ", '$' for $'; '\0': none */
	size_t fixed; /* bytes of the last word that readline leaves as they stand */
};

#define COMMAND_LINE SX_CLEANUP(command_line_dispose) struct command_line

/* Read the line up to the cursor; readline breaks words also at `breaks` (COMP_WORDBREAKS). */
void command_line_read(const char *line, const char *breaks, struct command_line *out);
void command_line_dispose(struct command_line *c);
/*
 * What readline has to put in place of the part of the last word that is not fixed, quoted to go
 * on from there; NULL: the candidate does not begin with what is fixed. Heap string.
 */
char *command_line_insert(const struct command_line *c, const char *text, bool quoted);

/*
 * Within $'...', up to the closing quote or the end of the line: the characters that it stands for are
 * added, up to a NUL, as bash does.
 */
void command_line_take_escapes(const char **p, struct sx_str *out);
