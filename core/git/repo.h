/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The git repository of the configurations, through libgit2 (this room alone includes
 * git2.h). Commits the paths that it is told; leaves every other index entry and file as it was.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

#include <sys/types.h>

struct repo;

/* Who did it: author of a commit. Filled by who_find (who.h), completed from the git config. */
struct repo_person {
	char *name;
	char *email;
};

void repo_person_dispose(struct repo_person *p);

/* What git's configuration in somebody's home says; zeroed: it was not read. */
struct repo_home {
	uid_t uid; /* whose rights it was read with */
	char *path;
	struct sx_words settings; /* "KEY VALUE" of those that are asked for, and "problem TEXT" */
};

/* Read with the rights of that user, in a child and for a second at the most. */
void repo_home_read(uid_t uid, const char *path, struct repo_home *out);
void repo_home_dispose(struct repo_home *home);

/* Start and end the use of libgit2, once in the program. */
int repo_library_start(struct sx_err *err) SX_MUST;
void repo_library_stop(void);

/*
 * Open the repository whose work tree holds `dir` (its own or an enclosing one). None: *out is
 * NULL and the result 0. Errors (SX_ECANTWRITE, with the way out as hint): corrupt, owned by
 * another user (GIT_EOWNER), bare. Close with repo_close, which accepts NULL.
 */
int repo_open(const char *dir, struct repo **out, struct sx_err *err) SX_MUST;
/*
 * Create a repository in `dir`: .git of mode 0700, branch main, and a first commit of the given
 * files (absolute paths below `dir`, with their present content; NULL-terminated, may be empty).
 * Made beside and renamed into place, so that a crash leaves no half repository.
 */
int repo_create(const char *dir, char *const *files, const struct repo_person *author,
		struct repo **out, struct sx_err *err) SX_MUST;
void repo_close(struct repo *repo);
/* A home that was read, borrowed: if it is our own, this repository reads it no second time. */
void repo_use_home(struct repo *repo, const struct repo_home *home);
/*
 * Remove what killed safexls left: unfinished repositories in `dir`, and in `repo` (may be NULL)
 * scratch directories and git's locks with their name inside. As far as it can be done; the
 * caller holds the repository lock.
 */
void repo_sweep(struct repo *repo, const char *dir);

/* Absolute paths, borrowed, without a final slash: the work tree, and the .git directory. */
const char *repo_workdir(const struct repo *repo);
const char *repo_gitdir(const struct repo *repo);

/*
 * Everything that could make a commit fail, tried beforehand: index.lock, HEAD.lock or the
 * branch's lock left behind (SX_ELOCKED: names the file and the age, hint how to remove it), a merge,
 * rebase... in progress or a detached HEAD, objects/refs/index not writable or file system read-only, HEAD's commit
 * and tree unreadable, no room for what is to be written (`bytes` of the file; room is reserved
 * by fallocate of a scratch file in .git until repo_commit or repo_release). SX_ECANTWRITE else.
 */
int repo_prepare(struct repo *repo, const char *path, size_t bytes, struct sx_err *err) SX_MUST;
/*
 * Whether the repository asks for signed commits (commit.gpgsign) and its last one is not an unsigned
 * one of ours: then the next, which is not signed either, is the first of them.
 */
bool repo_misses_signature(const struct repo *repo);
/* Give back the reserved room without a commit; also done by repo_close. */
void repo_release(struct repo *repo);

/*
 * The content of a file in HEAD. *found false: not there (or no commit yet). SX_ECONFLICT: git has
 * it through a filter.
 */
int repo_head_file(struct repo *repo, const char *path, bool *found, struct sx_str *content,
		   struct sx_err *err) SX_MUST;
/*
 * Whether HEAD holds these bytes for this path (by object id; quick), as git would have kept them:
 * line ends converted. SX_ECONFLICT when only a filter knows what that is.
 */
int repo_head_matches(struct repo *repo, const char *path, const char *bytes, size_t len,
		      bool *same, struct sx_err *err) SX_MUST;

/* Does the index have this for a path, as repo_commit puts it there? NULL: nothing at all. */
int repo_index_matches(struct repo *repo, const char *path, const char *bytes, size_t len,
		       bool *same, struct sx_err *err) SX_MUST;

/* The files that HEAD has in that directory itself, as absolute paths; none without a commit. */
int repo_head_files(struct repo *repo, const char *dir, struct sx_words *out,
		    struct sx_err *err) SX_MUST;
/* Is git told to ignore this path? False also where that cannot be found out. */
bool repo_ignores(struct repo *repo, const char *path);

struct repo_file {
	const char *path; /* absolute, below the work tree */
	/* Its new content, as it is (no filters); of a symbolic link its target. NULL: the file goes. */
	const char *bytes;
	size_t len;
	unsigned mode; /* its st_mode: decides 100644, 100755, or 120000 of a link */
};

struct repo_change {
	const struct repo_file *files; /* each path once */
	size_t count;
	const char *message; /* whole text, subject first */
	const struct repo_person *author;
	char *sync_also; /* a file or directory that must be on disk before the commit is; or NULL */
};

/*
 * Commit these files on top of HEAD, durable (objects, ref and index fsynced) when it returns. The
 * index entry of each becomes the committed one; others stay byte for byte as staged. Nothing
 * differs from HEAD: no commit, id_out "". id_out gets the full hex id. The caller holds the
 * repository lock (lock.h). 1 instead of -1: it failed when the index, and perhaps the branch, had
 * it already; the same commit can be made again.
 */
int repo_commit(struct repo *repo, const struct repo_change *change, char id_out[65],
		struct sx_err *err) SX_MUST;

/*
 * Would git commit the file, which holds `present`, and its next text (NULL: not known yet), of its
 * own accord and as it stands? `mode`: that of a file which is not there yet. SX_ECONFLICT, with the ways out, when not: it is ignored and not
 * tracked; fewer people may read it than the history, and its text is not what a person gave to git;
 * a filter or another conversion would change it.
 */
int repo_admit(struct repo *repo, const char *path, unsigned mode, const struct sx_str *present,
	       const char *next, size_t len, struct sx_err *err) SX_MUST;

/* Shortest unambiguous abbreviation of a commit id, at least 7 digits; heap string. */
char *repo_abbreviate(struct repo *repo, const char *id);
/* A unified diff of two texts of one file, heap string, "" when they are equal. Needs no repository. */
int repo_diff(const char *path, const char *old, size_t old_len, const char *new, size_t new_len,
	      char **out, struct sx_err *err) SX_MUST;
/*
 * user.name / user.email of the git configuration in a person's home; left NULL where unset. What is
 * wrong with it as a heap string, NULL when nothing is.
 */
char *repo_person_config(const struct repo_home *home, struct repo_person *out);
