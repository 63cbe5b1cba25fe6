/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Output through a pager, and colours, both on a terminal only. Private to cmd/. */
#pragma once

#include "base/str.h"

#include <sys/types.h>

struct pager {
	pid_t pid; /* 0: none, stdout is what it was */
	int saved; /* the real stdout */
	void (*old_pipe)(int); /* what SIGPIPE and SIGINT did before */
	void (*old_interrupt)(int);
	bool colour;
	size_t width; /* of the screen; 0: not known, there is none */
};

/* Start the pager if stdout is a terminal; without one, or a pager that does not start: plain output. */
void pager_start(struct pager *p, bool wanted);
/* False when nobody reads any more: stop. */
bool pager_alive(const struct pager *p);
/* Wait until the person has left it. */
void pager_end(struct pager *p);

/* Print a unified diff: text of others escaped, but for tabs. */
void print_diff(const char *diff, bool colour);
