/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completions of a word on a command line. */
#pragma once

#include "base/vec.h"

struct candidate {
	char *text; /* the whole word as the program will read it: not quoted */
	char *description; /* a few words; NULL: none */
	char after; /* appended to a unique match: ' ', ',', or '\0' if the word goes on */
	bool file; /* a path: showing its last component is enough */
};

struct candidates {
	SX_VEC_OF(struct candidate);
	bool ordered; /* the order carries meaning: do not sort */
};

#define CANDIDATES SX_CLEANUP(candidates_dispose) struct candidates

/* Copies both texts; `description` may be NULL. */
void candidates_add(struct candidates *c, const char *text, const char *description, char after);
/* Sort by text and drop duplicates; does nothing if `ordered`. */
void candidates_sort(struct candidates *c);
void candidates_dispose(struct candidates *c);
