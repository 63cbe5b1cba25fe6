/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what a commit changed to the xl command that reverses it. */
#pragma once

#include "base/vec.h"
#include "xlcfg/xlcfg.h"

struct inverse {
	struct sx_words words; /* of the one command; none: nothing to do, or not with one */
	size_t commands; /* how many it would take */
	bool chosen; /* of several, the one of the kind the change was made with */
	struct sx_words unknown; /* keys that no command of a running domain reverses */
};

#define INVERSE SX_CLEANUP(inverse_dispose) struct inverse

void inverse_dispose(struct inverse *i);
/*
 * The command that takes a running domain from `after` back to `before`. `command` is the xl
 * command that the commit came from ("" unknown): it decides when several would fit.
 */
void inverse_find(const struct xlcfg *before, const struct xlcfg *after, const char *domain,
		  const char *command, struct inverse *out);
