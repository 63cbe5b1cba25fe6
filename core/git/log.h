/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading the history: commits from the newest on, and which files each of them changed. Only
 * what lies at or below given places counts, as the repository may hold much else (etckeeper).
 */
#pragma once

#include "git/repo.h"

/* A file that a commit changed. */
struct repo_touched {
	char *path; /* absolute */
	char before[65], after[65]; /* ids of the contents, "" when there was or is none */
};

struct repo_record {
	char id[65];
	char *author;
	char *email;
	long long time; /* of the author */
	int zone; /* minutes east of UTC */
	char *message;
	bool is_cut; /* the history of a shallow repository begins here: all files count as added */
	SX_VEC_OF(struct repo_touched);
};

#define REPO_RECORD SX_CLEANUP(repo_record_dispose) struct repo_record

void repo_record_dispose(struct repo_record *r);

struct repo_walk;

/* Start at HEAD; without any commit yet *out is NULL. repo_walk_close accepts NULL. */
int repo_walk_open(struct repo *repo, struct repo_walk **out, struct sx_err *err) SX_MUST;
void repo_walk_close(struct repo_walk *walk);
/* Did the walk come through a merge? Then its commits are on several lines. */
bool repo_walk_met_merge(const struct repo_walk *walk);
/*
 * The next commit, newest first, that changed a file at or below one of the places (absolute
 * paths). A merge counts when it has a file that none of its parents has. *found false: no more.
 */
int repo_walk_next(struct repo_walk *walk, const struct sx_words *places, struct repo_record *out,
		   bool *found, struct sx_err *err) SX_MUST;
/* The commit that a word names in git's ways (abbreviated id, HEAD~2, ...); maybe it touched nothing. */
int repo_record_find(struct repo *repo, const char *word, const struct sx_words *places,
		     struct repo_record *out, struct sx_err *err) SX_MUST;
/* The last commit that changed this file. False when there is none. */
bool repo_last_commit(struct repo *repo, const char *path, struct repo_record *out) SX_MUST;
/* A content by its id; "" gives an empty one. */
int repo_content(struct repo *repo, const char *id, struct sx_str *out, struct sx_err *err) SX_MUST;
/* About how many objects lie loose, as git guesses it for `gc --auto`; reads one directory. */
size_t repo_loose(const struct repo *repo);
/*
 * What `ours` is with the change from `base` to `theirs` made in it, line by line; *merged false:
 * both changed the same lines.
 */
int repo_merge(const struct sx_str *base, const struct sx_str *ours, const struct sx_str *theirs,
	       bool *merged, struct sx_str *out, struct sx_err *err) SX_MUST;
