/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comparing trees and walking commits, for log.c. */
#pragma once

#include "git/log.h"
#include "git/private.h"

/*
 * Append the files at or below `places` that differ between two trees of the directory `dir`; NULL
 * is an empty tree. All paths are relative to the work tree.
 */
int repo_touched(struct repo *repo, const char *dir, const struct sx_words *places,
		 const git_oid *before, const git_oid *after, struct repo_record *out,
		 struct sx_err *err) SX_MUST;

/* Does a shallow repository's history end at this commit, so that its parents are missing? */
bool repo_is_cut(const struct repo *repo, const git_commit *commit);
/* The next commit, which the caller frees; NULL: no more. */
int repo_walk_step(struct repo_walk *walk, git_commit **out, struct sx_err *err) SX_MUST;
struct repo *repo_walk_repo(const struct repo_walk *walk);
