/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a word on a command line can be completed to. */
#pragma once

#include "base/vec.h"

struct candidate {
	char *text; /* the whole word as the program shall read it: nothing is quoted */
	char *description; /* a few words; NULL: none */
	char after; /* follows when it is the only one: ' ', ',', or '\0': the word goes on */
	bool file; /* a path: its last component is enough to show */
};

struct candidates {
	SX_VEC_OF(struct candidate);
	bool ordered; /* the order says something: it is kept */
};

#define CANDIDATES SX_CLEANUP(candidates_dispose) struct candidates

/* Both texts are copied; `description` may be NULL. */
void candidates_add(struct candidates *c, const char *text, const char *description, char after);
/* Sort by text, unless the order says something, and keep one of those that are equal. */
void candidates_sort(struct candidates *c);
void candidates_dispose(struct candidates *c);
