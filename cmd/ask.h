/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ask the person at the terminal. */
#pragma once

#include <stdbool.h>

/* Can we ask: are stdin and stderr terminals? */
bool ask_possible(void);
/*
 * Read one line from the terminal, without its newline. NULL: the input ended, or SIGINT, SIGTERM
 * or SIGHUP came; the signal is consumed, so that the caller can clean up. Heap string.
 */
char *ask_line(const char *question);
/* First letter of the answer, in lower case; Enter: letters[0]; '\0' if ask_line gives NULL. */
char ask_letter(const char *question, const char *letters);
