/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Work that a library may end: done in a child, where exit(3), abort(3) or a fault in the library ends
 * the child alone.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>

struct trial {
	bool done; /* the work came to its end */
	int result; /* what it returned */
	int status; /* how the child ended, as from waitpid(2) */
	char at[4000]; /* what it had in hand last */
};

/*
 * Do the work in a child and wait for it. The child shares what this process has open; of what it
 * leaves in memory only the trial comes back. SX_EFAIL when there can be no child.
 */
int trial_run(int (*work)(struct trial *trial, void *arg), void *arg, struct trial *out,
	      struct sx_err *err) SX_MUST;
/* For the work: note what it takes in hand. */
void trial_at(struct trial *trial, const char *what);
/* "exit status 2", "signal 6". Heap string. */
char *trial_end(const struct trial *trial);
