/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Type, sizes and processors that a configuration gives a domain, as xl reads them. */
#pragma once

#include "xlcfg/edits.h"

/* "pv", "pvh" or "hvm": xl takes any prefix of the word, and the older `builder`. */
const char *memory_guest_type(const struct xlcfg *doc);

/*
 * memory and maxmem in MiB, or vcpus and maxvcpus: what a file leaves out, xl takes from the other key
 * (parse_config_data in xl_parse.c).
 */
struct guest_pair {
	const char *low_key, *high_key;
	long low, high; /* what xl makes of the file; the nodes of vnuma are not looked at */
	bool has_low, has_high; /* the file says it itself */
	bool memory;
	bool vnuma; /* virtual NUMA nodes say how much, or how many, there is at most */
	const char *fixed; /* the key that keeps create from low below high; NULL: none does */
};

/* The pair that the key is one of. False: it is of none. */
bool guest_pair_read(const struct xlcfg *doc, const char *key, struct guest_pair *out);
/* What xl makes of the key, which is one of the pair. */
long guest_pair_value(const struct guest_pair *p, const char *key);
/*
 * Make the document that `was` is read of mean `low` and `high`. `said` is the key that this is about:
 * the other one is written only where its meaning would move. Where they must be the same both get
 * `low`. SX_ECONFLICT: vnuma does not let memory be below maxmem.
 */
int guest_pair_write(const struct guest_pair *was, const char *said, long low, long high,
		     struct xlcfg *doc, struct xlcfg_edits *edits, struct sx_err *err) SX_MUST;
/* SX_ECONFLICT: the nodes of vnuma have the memory among them. */
int guest_refuse_vnuma(const struct xlcfg *doc, struct sx_err *err);
