/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Split a command's arguments as xl splits them (def_getopt in xl_utils.c). */
#pragma once

#include "base/err.h"
#include "base/vec.h"

#include <getopt.h>

/*
 * The positionals of words[1...], borrowed from `words`; options may stand anywhere, "--" ends
 * them. `letters` as for getopt; adds each option to `seen` (may be NULL). SX_EUSAGE: fewer than
 * `least` positionals, an empty first one, or an unknown option.
 */
struct word_list {
	SX_VEC_OF(char *);
};

int words_split(char *const *words, const char *letters, const struct option *longs, size_t least,
		struct word_list *positionals, struct sx_str *seen, struct sx_err *err) SX_MUST;
/* The value of a one-letter option, the last one if repeated; NULL: none. Borrowed from `words`. */
const char *words_value(char *const *words, const char *letters, const struct option *longs,
			int wanted);
/* SX_EUSAGE when there are more positionals: xl ignores them, which is hardly what was meant. */
int words_at_most(const char *command, const struct word_list *positionals, size_t most,
		  struct sx_err *err) SX_MUST;
