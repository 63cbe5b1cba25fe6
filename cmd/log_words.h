/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which commits `log` shows. Private to cmd/. */
#pragma once

#include "history/history.h"

#include <safexl/command.h>

#include <regex.h>

struct log_words {
	bool patch;
	long limit; /* -1: all */
	long long since, until; /* seconds since 1970, inclusive */
	struct {
		SX_VEC_OF(regex_t);
	} authors; /* a commit matches any of them; empty: all */
	const char *domain; /* NULL: all; borrowed */
};

#define LOG_WORDS SX_CLEANUP(log_words_dispose) struct log_words

int log_words_read(const struct sx_invocation *inv, struct log_words *out,
		   struct sx_err *err) SX_MUST;
void log_words_dispose(struct log_words *w);
/* history_next for the next matching commit; the caller counts `limit`. */
int log_next(struct history *h, const struct log_words *w, struct history_entry *out, bool *found,
	     struct sx_err *err) SX_MUST;
/* Do the options leave out commits of the domain? */
bool log_is_narrow(const struct log_words *w);
