/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Completion of a command line: one engine for the interactive shell, bash, zsh and fish. The
 * command table (usage.c, syntax.c) says what may stand where, core/offer/offer.c which things
 * exist.
 */
#pragma once

#include "base/candidate.h"
#include "offer/offer.h"

#include <safexl/command.h>

/*
 * Candidates for words[cword], the part of that word before the cursor ("" for a new one). words[0]
 * is the program; no word is quoted. xl_version as in sx_command_find. Sorted by text. Only reads:
 * takes no lock and prints nothing; a failure leaves fewer candidates. Opens and closes libxl
 * itself.
 */
void complete_words(const struct flow_env *env, unsigned xl_version, char *const *words,
		    size_t cword, struct candidates *out);

/* complete_words from the tables alone; false: only the core can answer, and *out is empty. */
bool complete_plain(unsigned xl_version, char *const *words, size_t cword, struct candidates *out);
