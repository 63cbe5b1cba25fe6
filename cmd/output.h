/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What --json prints, safexl-json(5): one convention for all commands. Each member is always there; what
 * is not known, or does not apply, is null. Private to cmd/.
 */
#pragma once

#include "history/history.h"
#include "history/latest.h"
#include "host/json.h"

/* A document: its version comes first. The caller's. */
struct json *output_new(void);
/* Null when the text is NULL or "". */
void output_text(struct json *j, const char *key, const char *text);
void output_number(struct json *j, const char *key, bool known, long long value);
void output_bool(struct json *j, const char *key, bool known, bool value);
/* Seconds since 1970, in local time as RFC 3339 has it. */
void output_time(struct json *j, const char *key, bool known, long long seconds);
/* The same of a time as flow_time_text writes it; null when the text is none. */
void output_time_text(struct json *j, const char *key, const char *text);
/* The words between commas as an array. */
void output_list(struct json *j, const char *key, const char *text);
/* The members of a commit; with `patch` its differences, else these are null. */
int output_commit(struct json *j, const struct history_entry *e, bool patch,
		  struct sx_err *err) SX_MUST;
/* Who changed a configuration last, as an object; null when `last` is. */
void output_last(struct json *j, const char *key, const struct history_last *last);
