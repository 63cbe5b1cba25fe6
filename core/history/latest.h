/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The last change of every configuration: who, when, what. Cached between runs, so that a long
 * history is walked once; losing the cache costs time, nothing else.
 */
#pragma once

#include "domain/env.h"

struct history_last {
	char *path; /* of the file, absolute and real */
	char *id; /* of the commit, in full */
	char *author;
	char *subject; /* the first line of the message, not escaped */
	long long time; /* of the author, seconds since 1970 */
};

/* Sorted by path. */
struct history_latest {
	SX_VEC_OF(struct history_last);
};

#define HISTORY_LATEST SX_CLEANUP(history_latest_dispose) struct history_latest

void history_latest_dispose(struct history_latest *all);
/* Read them from all repositories of the history; without a history there are none. */
int history_latest_read(const struct flow_env *env, struct history_latest *out,
			struct sx_err *err) SX_MUST;
/* The one of a file (real path), borrowed; NULL: it was never committed. */
const struct history_last *history_latest_of(const struct history_latest *all, const char *path);
