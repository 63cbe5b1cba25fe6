/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of stage one share. Private to cmd/front*.c; libc only. */
#pragma once

#include <safexl/command.h>

/* One run of the program: what was typed and what became of it. */
struct front {
	int argc;
	char **argv;
	char **typed; /* argv without the program's name */
	char **kept; /* argv without the options after the command; NULL: unchanged */
	int at; /* index of the command in argv */
	struct sx_options options;
	const struct sx_command *command; /* NULL: unknown, xl judges the word */
	char *xl;
	unsigned version;
	const char *root; /* SAFEXL_ROOT, or "" */
};

/*
 * Run a command of xl's: become xl, or print the command line if -N would not keep xl from acting.
 * 0: printed; -1: refused or failed.
 */
int pass_run(struct front *f, struct sx_err *err) SX_MUST;
/* Become xl with xl's options and the words after ours. Returns only on failure. */
int pass_exec(const struct front *f, struct sx_err *err);
