/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The git repository of the configurations, through libgit2 (only this room includes git2.h).
 * Commits exactly the paths that it is given; leaves every other index entry and file unchanged.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

#include <sys/types.h>

struct repo;

/* The author of a commit. The caller fills it from who_find (who.h) and the git configuration. */
struct repo_person {
	char *name;
	char *email;
};

void repo_person_dispose(struct repo_person *p);

/* What git's configuration in somebody's home says; zeroed: not read. */
struct repo_home {
	uid_t uid; /* whose rights it was read with */
	char *path;
	struct sx_words settings; /* "KEY VALUE" of those that safexl uses, and "problem TEXT" */
};

/* Read it with the rights of that user (0: the home's owner), within a second. Cannot fail. */
void repo_home_read(uid_t uid, const char *path, struct repo_home *out);
void repo_home_dispose(struct repo_home *home);

/* Start and stop libgit2, once in the program. */
int repo_library_start(struct sx_err *err) SX_MUST;
void repo_library_stop(void);

/*
 * Open the repository whose work tree holds `dir` (its own or an enclosing one). None: returns 0
 * and *out is NULL. Errors (SX_ECANTWRITE, mostly with a hint): corrupt, owned by another user
 * (GIT_EOWNER), bare. Close with repo_close, which accepts NULL.
 */
int repo_open(const char *dir, struct repo **out, struct sx_err *err) SX_MUST;
/*
 * Create a repository in `dir`: .git of mode 0700, branch main, and a first commit of those `files`
 * (absolute paths below `dir`; NULL-terminated, may be empty) that repo_admit accepts. It is made
 * beside its place and renamed, so that a crash leaves no half repository.
 */
int repo_create(const char *dir, char *const *files, const struct repo_person *author,
		struct repo **out, struct sx_err *err) SX_MUST;
void repo_close(struct repo *repo);
/* Lend a home that was read already: if it is our own, the repository does not read it again. */
void repo_use_home(struct repo *repo, const struct repo_home *home);
/*
 * Remove what killed safexls left: unfinished repositories in `dir`, and in `repo` (may be NULL)
 * scratch directories and git's locks with their name inside. Does what it can; the caller holds
 * the repository lock.
 */
void repo_sweep(struct repo *repo, const char *dir);

/* Absolute paths, borrowed, without a final slash: the work tree, and the .git directory. */
const char *repo_workdir(const struct repo *repo);
const char *repo_gitdir(const struct repo *repo);

/*
 * Try beforehand all that could make a commit fail. SX_ELOCKED: index.lock, HEAD.lock or the
 * branch's lock exists (names the file and its age; the hint says how to remove it). SX_ECANTWRITE:
 * a merge, rebase... is in progress, HEAD is detached, objects, refs or index are not writable,
 * HEAD's commit or tree is unreadable, or there is no room for the `bytes` of the file. An unnamed
 * file in .git reserves that room (fallocate) until repo_commit or repo_release.
 */
int repo_prepare(struct repo *repo, const char *path, size_t bytes, struct sx_err *err) SX_MUST;
/*
 * Does the repository ask for signed commits (commit.gpgsign), and is its last commit not one of
 * our unsigned ones? Then the next commit is the first of those.
 */
bool repo_misses_signature(const struct repo *repo);
/* Give back the reserved room without a commit; also done by repo_close. */
void repo_release(struct repo *repo);

/*
 * The content of a file in HEAD. *found false: not there (or no commit yet). SX_ECONFLICT: a filter
 * decides what git stores of it.
 */
int repo_head_file(struct repo *repo, const char *path, bool *found, struct sx_str *content,
		   struct sx_err *err) SX_MUST;
/*
 * Does HEAD hold these bytes for this path, as git would store them (line ends converted)? Compares
 * object ids, which is quick. SX_ECONFLICT when a filter decides what git stores.
 */
int repo_head_matches(struct repo *repo, const char *path, const char *bytes, size_t len,
		      bool *same, struct sx_err *err) SX_MUST;

/* Does the index hold exactly these bytes for a path? NULL: does it hold no such entry? */
int repo_index_matches(struct repo *repo, const char *path, const char *bytes, size_t len,
		       bool *same, struct sx_err *err) SX_MUST;

/* Append the files of HEAD directly in a directory, as absolute paths, without symbolic links. */
int repo_head_files(struct repo *repo, const char *dir, struct sx_words *out,
		    struct sx_err *err) SX_MUST;
/* Is git told to ignore this path? False also if that cannot be found out. */
bool repo_ignores(struct repo *repo, const char *path);

struct repo_file {
	const char *path; /* absolute, below the work tree */
	/* The new content, stored as it is; of a symbolic link its target. NULL: delete it. */
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
 * Commit these files on top of HEAD, durable (objects, ref and index fsynced) when it returns.
 * Their index entries become the committed ones; others stay as staged. id_out gets the full hex
 * id, or "" if nothing differs from HEAD: then there is no commit. The caller holds the repository
 * lock (lock.h). 1 instead of -1: it failed after the index, and perhaps the branch, was in place;
 * the caller can make the same commit again.
 */
int repo_commit(struct repo *repo, const struct repo_change *change, char id_out[65],
		struct sx_err *err) SX_MUST;

/*
 * May the file be committed as it stands, with its `present` and its `next` text (NULL: not known
 * yet)? `mode`: of a file that does not exist yet. SX_ECONFLICT, with hints: git ignores it and
 * does not track it; fewer people may read it than the history, and nobody added this text to git;
 * or a filter or another conversion would change it.
 */
int repo_admit(struct repo *repo, const char *path, unsigned mode, const struct sx_str *present,
	       const char *next, size_t len, struct sx_err *err) SX_MUST;

/* Shortest unambiguous abbreviation of a commit id, at least 7 digits; heap string. */
char *repo_abbreviate(struct repo *repo, const char *id);
/* A unified diff of two texts of one file; heap string, "" when equal. Needs no repository. */
int repo_diff(const char *path, const char *old, size_t old_len, const char *new, size_t new_len,
	      char **out, struct sx_err *err) SX_MUST;
/*
 * Take user.name and user.email from a home's settings; NULL where unset. Returns what is wrong
 * with the settings as a heap string, NULL: nothing.
 */
char *repo_person_config(const struct repo_home *home, struct repo_person *out);
