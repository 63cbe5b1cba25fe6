/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Work in a child, as a library may call exit(3) or abort(3), or crash: that ends the child alone.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>

struct trial {
	bool done; /* the work returned */
	int result; /* what it returned */
	int status; /* how the child ended, as from waitpid(2) */
	char at[4000]; /* what the work told trial_at last */
};

/*
 * Do the work in a child and wait for it. The child shares our open files; of its memory only the
 * trial comes back. SX_EFAIL when no child can be started.
 */
int trial_run(int (*work)(struct trial *trial, void *arg), void *arg, struct trial *out,
	      struct sx_err *err) SX_MUST;
/* Called by the work: record what it deals with next. */
void trial_at(struct trial *trial, const char *what);
/* How the child ended: "exit status 2", "signal 6". Heap string. */
char *trial_end(const struct trial *trial);
