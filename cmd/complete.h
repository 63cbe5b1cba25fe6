/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Completion of a command line: one engine for the interactive shell, bash, zsh and fish. The
 * command table says what may stand where (usage.c, syntax.c), core/offer/offer.c what there is.
 */
#pragma once

#include "base/candidate.h"
#include "offer/offer.h"

#include <safexl/command.h>

/*
 * What words[cword] can be completed to; words[0] is the program, words[cword] what stands before
 * the cursor of the last word ("" when it is new), none of them quoted. xl_version as in
 * sx_command_find. Sorted by text. Reads only: takes no lock, writes nothing, says nothing;
 * whatever fails leaves fewer candidates. Starts and ends its own use of libxl.
 */
void complete_words(const struct flow_env *env, unsigned xl_version, char *const *words,
		    size_t cword, struct candidates *out);

/* The same with the tables alone: false when only the core can answer; *out is then empty. */
bool complete_plain(unsigned xl_version, char *const *words, size_t cword, struct candidates *out);
