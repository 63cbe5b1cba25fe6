/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Members of --json documents, safexl-json(5). Every member is always present: null if unknown or
 * not applicable. Private to cmd/.
 */
#pragma once

#include "history/history.h"
#include "history/latest.h"
#include "host/json.h"

/* New document, with its version as first member. The caller frees it. */
struct json *output_new(void);
/* Null if the text is NULL or "". */
void output_text(struct json *j, const char *key, const char *text);
void output_number(struct json *j, const char *key, bool known, long long value);
void output_bool(struct json *j, const char *key, bool known, bool value);
/* Local time in the form of RFC 3339; `seconds` since 1970. */
void output_time(struct json *j, const char *key, bool known, long long seconds);
/* Convert a time that flow_time_text wrote; null if the text is not one. */
void output_time_text(struct json *j, const char *key, const char *text);
/* Comma-separated words as an array. */
void output_list(struct json *j, const char *key, const char *text);
/* Add the members of a commit; "diff" is null without `patch`. */
int output_commit(struct json *j, const struct history_entry *e, bool patch,
		  struct sx_err *err) SX_MUST;
/* The last commit of a configuration as an object; null if `last` is NULL. */
void output_last(struct json *j, const char *key, const struct history_last *last);
