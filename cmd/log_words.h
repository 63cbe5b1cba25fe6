/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which commits log is asked for. Private to cmd/. */
#pragma once

#include "history/history.h"

#include <safexl/command.h>

#include <regex.h>

struct log_words {
	bool patch;
	long limit; /* -1: all */
	long long since, until; /* seconds since 1970, both included */
	struct {
		SX_VEC_OF(regex_t);
	} authors; /* any of them; none: all */
	const char *domain; /* NULL: all; borrowed */
};

#define LOG_WORDS SX_CLEANUP(log_words_dispose) struct log_words

int log_words_read(const struct sx_invocation *inv, struct log_words *out,
		   struct sx_err *err) SX_MUST;
void log_words_dispose(struct log_words *w);
/* history_next, for the next entry that is asked for; `limit` is the caller's. */
int log_next(struct history *h, const struct log_words *w, struct history_entry *out, bool *found,
	     struct sx_err *err) SX_MUST;
/* Is less asked for than all commits of the domain? */
bool log_is_narrow(const struct log_words *w);
