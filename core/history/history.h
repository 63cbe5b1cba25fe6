/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The history as people ask for it: what was done to which domain, by whom, when and why. It covers
 * all repositories of the configuration directories, and of files recorded elsewhere; only what is
 * in those directories, or is such a file, counts.
 */
#pragma once

#include "domain/env.h"
#include "git/log.h"

/* A parsed commit. The texts are as in the commit: escape them to show them. */
struct history_entry {
	struct repo_record record;
	struct repo *repo; /* borrowed */
	char *short_id;
	char *domain; /* "" when it is about none, or several */
	char *subject; /* the first line of the message */
	char *what; /* the subject without the domain */
	char *reason; /* "" for none; may have several lines */
	char *command; /* the command line, "" for a commit that records none */
	char *undoes; /* the id of the commit it reverses, "" for none */
};

#define HISTORY_ENTRY SX_CLEANUP(history_entry_dispose) struct history_entry

void history_entry_dispose(struct history_entry *e);

struct history;

#define HISTORY SX_CLEANUP(history_cleanup) struct history

/*
 * Open the history of all domains (`domain` NULL) or of one: a running domain, one that a
 * configuration names, a configuration file, or one that no longer exists. SX_ENOCONFIG: no
 * history.
 */
int history_open(const struct flow_env *env, const char *domain, struct history **out,
		 struct sx_err *err) SX_MUST;
void history_close(struct history *h);
void history_cleanup(struct history **h);
/* Replace `out` by the next entry, newest first. *found false: no more. */
int history_next(struct history *h, struct history_entry *out, bool *found,
		 struct sx_err *err) SX_MUST;
/* The name of the domain that the word for history_open means; else the word. Borrowed. */
const char *history_about(const struct history *h, const char *word);
/* It has no entry: say so, and why the domain of the word, if it runs, can have none. */
int history_refuse_empty(const struct history *h, const char *word, struct sx_err *err);
/* Give a notice for a repository with more loose objects than git itself would leave unpacked. */
void history_tell_loose(const struct flow_env *env, const struct history *h);
/* The commit that a revision of git names. SX_EFAIL: none, or it touched no configuration. */
int history_find(struct history *h, const char *word, struct history_entry *out,
		 struct sx_err *err) SX_MUST;
/* Add what the commit changed, as unified diffs. */
int history_patch(const struct history_entry *e, struct sx_str *out, struct sx_err *err) SX_MUST;
