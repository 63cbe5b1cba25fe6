/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of stage one share, and how it becomes xl. Private to cmd/front*.c; libc only. */
#pragma once

#include <safexl/command.h>

/* One run of the program: what was typed and what became of it. */
struct front {
	int argc;
	char **argv;
	char **typed; /* argv as it came, the program's name left out */
	char **kept; /* argv without the options that stood behind the command; NULL: there were none */
	int at; /* index of the command in argv */
	struct sx_options options;
	const struct sx_command *command; /* NULL: xl shall judge the word */
	char *xl;
	unsigned version;
	const char *root; /* SAFEXL_ROOT, or "" */
};

/*
 * Run a command that is xl's own: become xl, or with -N show what xl would not keep from doing. 0: shown;
 * -1: xl is not to be run, or cannot be.
 */
int pass_run(struct front *f, struct sx_err *err) SX_MUST;
/* Become xl with xl's own options and the words behind ours. Returns only on failure. */
int pass_exec(const struct front *f, struct sx_err *err);
