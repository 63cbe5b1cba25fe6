/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The type, memory and vcpus that a configuration gives a domain, as xl reads them. */
#pragma once

#include "xlcfg/edits.h"

/* "pv", "pvh" or "hvm": xl accepts any prefix of these, and the older key `builder`. */
const char *memory_guest_type(const struct xlcfg *doc);

/*
 * memory and maxmem in MiB, or vcpus and maxvcpus: xl derives a missing one from the other
 * (parse_config_data in xl_parse.c).
 */
struct guest_pair {
	const char *low_key, *high_key;
	long low, high; /* effective values, but without regard to vnuma nodes */
	bool has_low, has_high; /* the file has the key */
	bool memory; /* memory and maxmem, not vcpus and maxvcpus */
	bool vnuma; /* the file has vnuma nodes, which set the maximum */
	const char *fixed; /* the key with which create refuses low < high; NULL: none */
};

/* Read the pair that the key belongs to. False: it belongs to none. */
bool guest_pair_read(const struct xlcfg *doc, const char *key, struct guest_pair *out);
/* The effective value of one key of the pair. */
long guest_pair_value(const struct guest_pair *p, const char *key);
/*
 * Edit the document that `was` was read from to mean `low` and `high`. `said` is the key to change;
 * the other is written only if its effective value would change. If create needs them equal, both
 * get `low`. SX_ECONFLICT: memory would be below maxmem, which vnuma excludes.
 */
int guest_pair_write(const struct guest_pair *was, const char *said, long low, long high,
		     struct xlcfg *doc, struct xlcfg_edits *edits, struct sx_err *err) SX_MUST;
/* Set SX_ECONFLICT: the vnuma nodes fix the memory. Returns -1. */
int guest_refuse_vnuma(const struct xlcfg *doc, struct sx_err *err);
