/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers in a configuration with which a guest cannot start or hardly run, because of limits of
 * Xen and libxl, of this host, or of a kernel.
 */
#pragma once

#include "xen/live.h"
#include "xlcfg/xlcfg.h"

/* The keys that bounds_why judges; ends with NULL. */
extern const char *const bounds_keys[];

/* Budget of every new domain under the rtds scheduler, us (sched/rt.c); no key sets it. */
extern const long bounds_rtds_budget;

/* The host's resources; 0: unknown, as Xen cannot be asked. `live` NULL: opens its own. */
struct bounds_host {
	long memory, free; /* MiB */
	unsigned cpus;
};

void bounds_host_read(struct live *live, struct bounds_host *out);

/* The number that xl uses for the key, also if the key is absent. False: unknown. */
bool bounds_value(const struct xlcfg *doc, const char *key, long *out);
/*
 * Why the key's value does not suit a guest, as "memory = 5: ..."; NULL: it does, or the key is
 * absent. *certain: create would fail; else only a problem is likely. Heap string.
 */
char *bounds_why(const struct xlcfg *doc, const char *key, const struct bounds_host *host,
		 bool *certain);

/* The keys that list processors of the host; ends with NULL. */
extern const char *const bounds_cpus_keys[];
/* As bounds_why for one of these keys; *line is the value's line. */
char *bounds_cpus_why(const struct xlcfg *doc, const char *key, const struct bounds_host *host,
		      size_t *line, bool *certain);
