/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * "Did you mean": corrects a typing mistake to the nearest word that completion offers there.
 * Private to cmd/; libc only.
 */
#pragma once

#include "complete_at.h"

/*
 * The corrected command line, quoted, if typed[at] is wrong and close to a word that may stand
 * there; else NULL. `typed`: the words after the program's name, NULL-terminated. `source` as in
 * complete_at; NULL: the tables alone. Heap string.
 */
char *meant_line(unsigned xl_version, char *const *typed, size_t at,
		 const struct complete_source *source);
/* The commands that begin with this word, "block-attach, block-detach"; NULL: none. Heap string. */
char *meant_commands(unsigned xl_version, const char *word);
/* If the error's message names such a word, put the corrected line before its hints. */
void meant_hint(unsigned xl_version, char *const *typed, const struct complete_source *source,
		struct sx_err *err);
