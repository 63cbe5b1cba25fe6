/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options of safexl's that were typed after a command of xl's. Private to cmd/; libc only. */
#pragma once

#include <safexl/command.h>

#define MISPLACED_HINT "safexl's options stand before xl's command: safexl %s"

/* The first such option in argv (argv[0] is the command) that no command of xl has; NULL: none. */
const char *misplaced_find(char *const *argv);
/*
 * The command line with these options moved before the command, quoted. `typed` holds all words
 * after the program's name, argv those from the command on. Heap string; NULL: none is misplaced.
 */
char *misplaced_line(char *const *typed, char *const *argv);
