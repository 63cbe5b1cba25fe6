/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading the history: commits, newest first, and which files each of them changed. Only files at
 * or below given places count, as the repository may hold much else (etckeeper).
 */
#pragma once

#include "git/repo.h"

/* A file that a commit changed. */
struct repo_touched {
	char *path; /* absolute */
	char before[65], after[65]; /* blob ids; "": there was, or is, no such file */
};

struct repo_record {
	char id[65];
	char *author;
	char *email;
	long long time; /* of the author, in seconds since 1970 */
	int zone; /* minutes east of UTC */
	char *message;
	bool is_cut; /* the history of a shallow repository begins here: all files count as added */
	bool is_merge; /* it has more than one parent */
	SX_VEC_OF(struct repo_touched);
};

#define REPO_RECORD SX_CLEANUP(repo_record_dispose) struct repo_record

void repo_record_dispose(struct repo_record *r);

struct repo_walk;

/* Start at HEAD; without any commit yet *out is NULL. repo_walk_close accepts NULL. */
int repo_walk_open(struct repo *repo, struct repo_walk **out, struct sx_err *err) SX_MUST;
void repo_walk_close(struct repo_walk *walk);
/* Did the walk pass a merge? Then its commits lie on several lines of history. */
bool repo_walk_met_merge(const struct repo_walk *walk);
/*
 * The next commit, newest first, that changed a file at or below one of the places (absolute
 * paths). A merge counts when a file of it differs from all parents. *found false: no more.
 */
int repo_walk_next(struct repo_walk *walk, const struct sx_words *places, struct repo_record *out,
		   bool *found, struct sx_err *err) SX_MUST;
/* The commit that `word` names to git (abbreviated id, HEAD~2, ...); it may touch no place. */
int repo_record_find(struct repo *repo, const char *word, const struct sx_words *places,
		     struct repo_record *out, struct sx_err *err) SX_MUST;
/* The last commit that changed this file. False: none, or the history cannot be read. */
bool repo_last_commit(struct repo *repo, const char *path, struct repo_record *out) SX_MUST;
/* A file's content by its blob id; id "" gives an empty one. */
int repo_content(struct repo *repo, const char *id, struct sx_str *out, struct sx_err *err) SX_MUST;
/* Roughly how many objects are loose, as git estimates for `gc --auto`; reads one directory. */
size_t repo_loose(const struct repo *repo);
/*
 * Make the change from `base` to `theirs` in `ours`, line by line; *merged false: both changed the
 * same lines, and `out` is empty.
 */
int repo_merge(const struct sx_str *base, const struct sx_str *ours, const struct sx_str *theirs,
	       bool *merged, struct sx_str *out, struct sx_err *err) SX_MUST;
