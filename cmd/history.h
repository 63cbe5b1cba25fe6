/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How log, show and blame print commits. Private to cmd/. */
#pragma once

#include "history/history.h"

enum time_form {
	TIME_SHORT,
	TIME_LONG,
};

/* When the commit was made, in local time. Heap string. */
char *history_time(const struct history_entry *e, enum time_form form);
/*
 * Add a text, escaped, and pad it to `width` characters of UTF-8, at least by one blank. `on`: the
 * escape sequence that colours it.
 */
void history_column(struct sx_str *s, const char *on, const char *text, size_t width, bool colour);
/* Add a text after the columns, wrapped below them if room is short. `screen` 0: no limit. */
void history_text(struct sx_str *s, const char *text, size_t screen);
