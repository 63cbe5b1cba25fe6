/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a command, split as xl splits them (def_getopt in xl_utils.c). */
#pragma once

#include "base/err.h"
#include "base/vec.h"

#include <getopt.h>

/*
 * Positionals of words[1...], borrowed from `words`; options may stand anywhere, "--" ends them.
 * `letters` as for getopt; each option seen is added to `seen` (may be NULL). Fewer than `least`
 * positionals or an unknown option: SX_EUSAGE.
 */
struct word_list {
	SX_VEC_OF(char *);
};

int words_split(char *const *words, const char *letters, const struct option *longs, size_t least,
		struct word_list *positionals, struct sx_str *seen, struct sx_err *err) SX_MUST;
/* The value of an option of one letter, the last one as getopt has it; NULL: none. Borrowed from `words`. */
const char *words_value(char *const *words, const char *letters, const struct option *longs,
			int wanted);
/* No more positionals than that: xl overlooks further ones, which are hardly what was meant. */
int words_at_most(const char *command, const struct word_list *positionals, size_t most,
		  struct sx_err *err) SX_MUST;
