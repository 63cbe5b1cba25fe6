/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * "Did you mean": the command line with a slip of the fingers mended. What could stand there is what
 * completion offers. Private to cmd/; libc only.
 */
#pragma once

#include "complete_at.h"

/*
 * The line to type in place of this one, quoted, when typed[at] is nothing that could stand there and
 * nearly something that could; NULL: no such thing. `typed` is what stands behind the program's name,
 * NULL-terminated; `source` as in complete_at, NULL: the tables alone. Heap string.
 */
char *meant_line(unsigned xl_version, char *const *typed, size_t at,
		 const struct complete_source *source);
/* The commands that begin with this word, "block-attach, block-detach": heap string; NULL: none does. */
char *meant_commands(unsigned xl_version, const char *word);
/* Put it before the hints of an error that names such a word; others stay as they are. */
void meant_hint(unsigned xl_version, char *const *typed, const struct complete_source *source,
		struct sx_err *err);
