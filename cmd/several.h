/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command for several guests: one process for each. */
#pragma once

#include "core.h"

/*
 * The words of a safexl of its own, up to and with the command: what was given before the command, and
 * -N, --quiet and --json.
 */
void several_words(const struct sx_invocation *inv, const struct flow_env *env, const char *command,
		   struct sx_words *out);
/*
 * With --json each of them prints its document to a file of its own, which becomes a part of ours: the file
 * (0: without --json), and what it has, once the program has ended.
 */
int several_open(const struct sx_invocation *inv, int *fd, struct sx_err *err) SX_MUST;
void several_close(const struct sx_invocation *inv, const char *name, int fd, int status);
/*
 * Run those words with one of the names behind them, for all names at once. *status: the first failure in
 * the order of the names, as from waitpid(2), or 0. `wait_ms` as with proc_run_all: who has not ended
 * by then is told, and counts as a failure.
 */
int several_run(const struct sx_invocation *inv, const struct flow_env *env,
		const struct sx_words *words, const struct sx_words *names, unsigned wait_ms,
		int *status, struct sx_err *err) SX_MUST;
