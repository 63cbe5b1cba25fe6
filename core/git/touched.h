/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The comparison of trees, for the reading of history. */
#pragma once

#include "git/log.h"
#include "git/private.h"

/*
 * Add the files (paths relative to the work tree) at or below `places` (relative as well) that
 * the tree `after` of the directory `dir` has otherwise than `before`; NULL is an empty tree.
 */
int repo_touched(struct repo *repo, const char *dir, const struct sx_words *places,
		 const git_oid *before, const git_oid *after, struct repo_record *out,
		 struct sx_err *err) SX_MUST;

/* Whether the history of a shallow repository begins here: its parents are not there. */
bool repo_is_cut(const struct repo *repo, const git_commit *commit);
/* The next commit, which the caller frees; NULL: no more. */
int repo_walk_step(struct repo_walk *walk, git_commit **out, struct sx_err *err) SX_MUST;
struct repo *repo_walk_repo(const struct repo_walk *walk);
