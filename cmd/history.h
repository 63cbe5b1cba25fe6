/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How commits are shown, by log, show and blame. Private to cmd/. */
#pragma once

#include "history/history.h"

enum time_form {
	TIME_SHORT,
	TIME_LONG,
};

/* When a commit was made, in local time. Heap string. */
char *history_time(const struct history_entry *e, enum time_form form);
/*
 * Add a text, shown, and blanks up to a width in characters, one at least; `on` colours it. A byte
 * that continues a character of UTF-8 takes no room.
 */
void history_column(struct sx_str *s, const char *on, const char *text, size_t width, bool colour);
/* Add it behind the columns; where they leave too little room, on lines of its own. `screen`: 0 for none. */
void history_text(struct sx_str *s, const char *text, size_t screen);
