/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The history as people ask for it: what was done to which domain, by whom, when and why. Over all
 * repositories that the configuration directories lie in; only what is in those counts.
 */
#pragma once

#include "domain/env.h"
#include "git/log.h"

/* A commit, read. The texts are as in the commit; escape them to show them. */
struct history_entry {
	struct repo_record record;
	struct repo *repo; /* borrowed */
	char *short_id;
	char *domain; /* "" when it is about none, or several */
	char *subject; /* the first line of the message */
	char *what; /* the same without the domain */
	char *reason; /* "" for none; may have several lines */
	char *command; /* the command line, "" for a commit that records none */
	char *undoes; /* the id of the commit it reverses, "" for none */
};

#define HISTORY_ENTRY SX_CLEANUP(history_entry_dispose) struct history_entry

void history_entry_dispose(struct history_entry *e);

struct history;

#define HISTORY SX_CLEANUP(history_cleanup) struct history

/*
 * Open the history of all domains (`domain` NULL) or one: a running domain, one that a
 * configuration names, a configuration file, or one that is no more. SX_ENOCONFIG: no history.
 */
int history_open(const struct flow_env *env, const char *domain, struct history **out,
		 struct sx_err *err) SX_MUST;
void history_close(struct history *h);
void history_cleanup(struct history **h);
/* The next entry, newest first, in place of the one in `out`. *found false: no more. */
int history_next(struct history *h, struct history_entry *out, bool *found,
		 struct sx_err *err) SX_MUST;
/* Say so when a repository has more loose objects than git itself would leave unpacked. */
void history_tell_loose(const struct flow_env *env, const struct history *h);
/* The entry that a word names in git's ways. SX_EFAIL: no such commit, or it touched none of our files. */
int history_find(struct history *h, const char *word, struct history_entry *out,
		 struct sx_err *err) SX_MUST;
/* Add what the commit changed, as unified diffs. */
int history_patch(const struct history_entry *e, struct sx_str *out, struct sx_err *err) SX_MUST;
