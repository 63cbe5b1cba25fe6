/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lists of processors of the host as xl takes them ("0-3,^1", "node:0", "all"): parse_cpurange in
 * xl_parse.c. Later parts count after earlier ones: "^1,0-3" has 1 in it.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>

/* Would xl read it, whatever the host has? SX_EUSAGE. */
int cpulist_check(const char *text, struct sx_err *err) SX_MUST;
/*
 * The processors it names, in `out` of `count` elements. `nodes` has the NUMA node of each; those
 * that the host does not have are left out, as xl does.
 */
int cpulist_read(const char *text, const int *nodes, unsigned count, bool *out,
		 struct sx_err *err) SX_MUST;

/* How two lists relate on a host. */
enum cpulist_relation {
	CPULIST_OTHER,
	CPULIST_WITHIN, /* the first is not empty, and only a part of the second */
	CPULIST_SAME,
};

/* SX_EUSAGE when one of them cannot be read. */
int cpulist_compare(const char *first, const char *second, const int *nodes, unsigned count,
		    enum cpulist_relation *out, struct sx_err *err) SX_MUST;
