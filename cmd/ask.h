/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A question to the person at the terminal. */
#pragma once

#include <stdbool.h>

/* Is there somebody to be asked? */
bool ask_possible(void);
/*
 * One line from the terminal, without its end. NULL: the input has ended, or a signal came that
 * would end the program, Ctrl-C above all: the caller has the last word. Heap string.
 */
char *ask_line(const char *question);
/* The letter that the answer begins with, in lower case; Enter: the first of them; '\0': as NULL. */
char ask_letter(const char *question, const char *letters);
