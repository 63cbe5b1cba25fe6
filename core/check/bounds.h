/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers of a configuration that a guest cannot be started with, or hardly live with: what Xen
 * and libxl allow at most, what this host has, what a kernel needs.
 */
#pragma once

#include "xen/live.h"
#include "xlcfg/xlcfg.h"

/* Which keys are judged; ends with NULL. */
extern const char *const bounds_keys[];

/* What each create gives a domain of the rtds scheduler, us (sched/rt.c): there is no key for it. */
extern const long bounds_rtds_budget;

/* What the host has; 0: not known, as there is no Xen to ask. `live` NULL: opens its own. */
struct bounds_host {
	long memory, free; /* MiB */
	unsigned cpus;
};

void bounds_host_read(struct live *live, struct bounds_host *out);

/* What xl makes of the key: its number, or what it is without one. False: nothing can be told. */
bool bounds_value(const struct xlcfg *doc, const char *key, long *out);
/*
 * Why a guest cannot have the key's value, with the number: "memory = 5: ...". NULL: it can, or the
 * file has no such key. *certain: create would fail; else it is only unlikely to go well. Heap string.
 */
char *bounds_why(const struct xlcfg *doc, const char *key, const struct bounds_host *host,
		 bool *certain);

/* Which keys are lists of the host's processors; ends with NULL. */
extern const char *const bounds_cpus_keys[];
/* The same for one of these; *line is that of the value. */
char *bounds_cpus_why(const struct xlcfg *doc, const char *key, const struct bounds_host *host,
		      size_t *line, bool *certain);
