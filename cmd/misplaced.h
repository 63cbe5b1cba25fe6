/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options of safexl's that stand behind a command of xl's. Private to cmd/; libc only. */
#pragma once

#include <safexl/command.h>

#define MISPLACED_HINT "safexl's options stand before xl's command: safexl %s"

/* The first one in argv that no command of xl has, in full; NULL: none. argv[0] is the command. */
const char *misplaced_find(char *const *argv);
/*
 * The words behind the program's name, quoted, with these options where they belong: `typed` is all of
 * them, argv those from the command on. Heap string; NULL: none is misplaced.
 */
char *misplaced_line(char *const *typed, char *const *argv);
