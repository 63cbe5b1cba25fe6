/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command for several guests: runs one safexl process for each. */
#pragma once

#include "core.h"

/* argv of such a process up to the command: xl's options, -N, --quiet and --json as given to us. */
void several_words(const struct sx_invocation *inv, const struct flow_env *env, const char *command,
		   struct sx_words *out);
/*
 * With --json each process prints its document to a file of its own: open one (*fd 0: without
 * --json), and after the process has ended add its content to our document.
 */
int several_open(const struct sx_invocation *inv, int *fd, struct sx_err *err) SX_MUST;
void several_close(const struct sx_invocation *inv, const char *name, int fd, int status);
/*
 * Run `words` with one name appended, for all names in parallel. *status: the first failure in the
 * order of the names, as from waitpid(2), or 0. `wait_ms` as in proc_run_all: a process that has
 * not ended by then is reported and counts as failed.
 */
int several_run(const struct sx_invocation *inv, const struct flow_env *env,
		const struct sx_words *words, const struct sx_words *names, unsigned wait_ms,
		int *status, struct sx_err *err) SX_MUST;
