/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Type, sizes and processors that a configuration gives a domain, as xl reads them. */
#pragma once

#include "xlcfg/xlcfg.h"

struct memory_sizes {
	long memory, maxmem; /* MiB: what xl makes of the file */
	bool has_memory, has_maxmem;
	bool fixed; /* memory < maxmem would make the next create fail */
};

/* vNUMA is not looked at: its nodes fix the memory. */
void memory_sizes_read(const struct xlcfg *doc, struct memory_sizes *s);

/* What xl takes when a file has neither key. */
extern const long memory_default_mib;

/* "pv", "pvh" or "hvm": xl takes any prefix of the word, and the older `builder`. */
const char *memory_guest_type(const struct xlcfg *doc);

struct vcpus {
	long vcpus, max; /* what xl makes of the file */
	bool has_vcpus, has_max;
	bool vnuma; /* virtual NUMA nodes say how many there are at most */
};

void vcpus_read(const struct xlcfg *doc, struct vcpus *out);
