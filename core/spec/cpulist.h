/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lists of the host's processors in xl's notation ("0-3,^1", "node:0", "all"): parse_cpurange in
 * xl_parse.c. Parts apply in order: "^1,0-3" includes 1.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>

/* Would xl read this list on any host? SX_EUSAGE: no. */
int cpulist_check(const char *text, struct sx_err *err) SX_MUST;
/*
 * Set out[i] for each processor that the list names. `count` is the number of the host's
 * processors, `nodes` has the NUMA node of each (-1: unknown). Like xl, ignores processors and
 * nodes that the host does not have. SX_EUSAGE.
 */
int cpulist_read(const char *text, const int *nodes, unsigned count, bool *out,
		 struct sx_err *err) SX_MUST;

/* How two lists relate on a host. */
enum cpulist_relation {
	CPULIST_OTHER,
	CPULIST_WITHIN, /* the first is a non-empty proper subset of the second */
	CPULIST_SAME,
};

/* SX_EUSAGE: one of them cannot be read. */
int cpulist_compare(const char *first, const char *second, const int *nodes, unsigned count,
		    enum cpulist_relation *out, struct sx_err *err) SX_MUST;
