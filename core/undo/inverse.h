/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the xl command that reverses what a commit changed. */
#pragma once

#include "base/vec.h"
#include "xlcfg/xlcfg.h"

struct inverse {
	struct sx_words words; /* of the command; to be used if `chosen` or if `commands` is 1 */
	size_t commands; /* how many commands it takes */
	bool chosen; /* `words` is the kind of command that made the change */
	struct sx_words unknown; /* keys that no command changes back in a running domain */
};

#define INVERSE SX_CLEANUP(inverse_dispose) struct inverse

void inverse_dispose(struct inverse *i);
/*
 * The command that takes a running domain from `after` back to `before`. `command` is the xl
 * command that the commit came from ("": unknown): of several commands, that one is chosen.
 */
void inverse_find(const struct xlcfg *before, const struct xlcfg *after, const char *domain,
		  const char *command, struct inverse *out);
