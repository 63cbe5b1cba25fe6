/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pager and colours, both only on a terminal. Private to cmd/. */
#pragma once

#include "base/str.h"

#include <sys/types.h>

struct pager {
	pid_t pid; /* 0: no pager */
	int saved; /* the real stdout */
	void (*old_pipe)(int); /* what SIGPIPE and SIGINT did before */
	void (*old_interrupt)(int);
	bool colour;
	size_t width; /* of the screen in columns; 0: unknown or none */
};

/* Start the pager if stdout is a terminal; if that fails, output stays plain. */
void pager_start(struct pager *p, bool wanted);
/* False once the reader has quit: stop printing. */
bool pager_alive(const struct pager *p);
/* Wait until the user quits the pager. */
void pager_end(struct pager *p);

/*
 * Print a line of untrusted text, but not its end; control characters are escaped, except tabs,
 * which are harmless and common in configurations.
 */
void print_text(const char *line, size_t len);
/* Print a unified diff; control characters are escaped, except tabs. */
void print_diff(const char *diff, bool colour);
