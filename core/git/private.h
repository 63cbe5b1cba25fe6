/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared by the files of this room, which alone know libgit2. One commit goes through a scratch
 * directory .git/safexl: objects, index and ref are made there, fsynced, and renamed into place,
 * so that a crash leaves a directory to throw away and nothing half-written.
 *
 * The way of a commit, to read the files in this order:
 *   repo_prepare  before the guest is touched: may a commit be made here at all? (repo_head says
 *                 what HEAD is, repo_lock whether git's own locks are free)
 *   repo_admit    and of this file, as it stands? (private, ignored, filtered ones)
 *   repo_lock     index.lock, HEAD.lock and the branch's are taken as git takes them
 *   repo_scratch  the scratch directory, whose only user is who holds index.lock
 *   repo_tree     HEAD's tree with the files exchanged, and the trees above them
 *   repo_object   the new blob, trees and commit, written by libgit2 into the scratch directory
 *   repo_index    the user's index with those entries
 *   repo_ref      the branch's next value and the reflog lines
 *   repo_commit   the order of it: sync.h, then all is renamed into place, objects first, the
 *                 branch last
 * Beside it: repo (the library, errors), repo_open, repo_create (a new repository), repo_dir
 * (directories, no link followed), repo_person and repo_home (who made it, and what git's settings
 * in a home say), repo_look, repo_walk, repo_log and repo_diff (reading).
 */
#pragma once

#include "base/str.h"
#include "git/repo.h"
#include "host/sync.h"

#include <git2.h>
#include <sys/stat.h>
/* libgit2 1.8 moved git_error_clear there. */
#if __has_include(<git2/sys/errors.h>)
#include <git2/sys/errors.h>
#endif

/* A directory held open: what is named from it does not depend on who moves it meanwhile. */
struct repo_dir {
	int fd;
	char *path; /* without a final slash, for messages; NULL: not open */
	int shared; /* core.sharedRepository: bits that what is made here gets; < 0: just those; 0: the umask's */
};

/* A set of object ids; a zeroed one is empty. */
struct repo_ids {
	git_oid *slots; /* all zeros: free */
	size_t cap, len;
};

struct repo {
	git_repository *git;
	char *workdir; /* without a final slash */
	struct repo_dir gitdir; /* HEAD and index */
	struct repo_dir commondir; /* objects and refs; the same unless this is a linked worktree */
	struct repo_dir scratch; /* while a commit is made */
	git_repository *stage; /* as libgit2 sees the objects in it: nothing else is there */
	git_odb *staged;
	struct sx_words objects; /* their ids */
	struct repo_ids shallow; /* commits whose parents are not there */
	git_tree *large; /* the last tree that libgit2's cache does not take; NULL: none yet */
	int reserve; /* a file without a name that keeps room on disk; -1: none */
	const struct repo_home *read; /* see repo_use_home; NULL: none */
	int home; /* one with the settings of our own home, see repo_home_apply; -1: not read yet */
};

/* What HEAD is: a branch, with or without a commit. */
struct repo_head {
	char *ref; /* refs/heads/NAME */
	bool born;
	git_oid commit;
	git_oid tree;
};

#define REPO_HEAD SX_CLEANUP(repo_head_dispose) struct repo_head

/* A lock file of git itself that we hold: its directory, and its name there. */
struct repo_lock {
	int dir;
	char *name;
};

struct repo_locks {
	SX_VEC_OF(struct repo_lock);
};

#define REPO_LOCKS SX_CLEANUP(repo_locks_release) struct repo_locks

/* ---- repo.c ---- */
/* An error of libgit2: "what: its text"; git_error_last() may have none. Returns -1. */
int repo_err_git(struct sx_err *err, enum sx_code code, const char *fmt, ...) SX_PRINTF(3, 4);
/* The same as SX_ECANTWRITE with git fsck as the hint: something in the repository is damaged. */
int repo_err_damaged(const struct repo *repo, struct sx_err *err, const char *fmt, ...)
	SX_PRINTF(3, 4);
/* git fsck in DIR as the hint. */
int repo_hint_fsck(const char *dir, struct sx_err *err);
/* A path without slashes at its end, heap string. */
char *repo_without_slash(const char *path);
/* Wrap an opened libgit2 repository, which now belongs to the result. */
int repo_wrap(git_repository *git, struct repo **out, struct sx_err *err) SX_MUST;
/* The path of a file relative to the work tree, heap string; SX_ECANTWRITE when it is outside. */
int repo_relative(const struct repo *repo, const char *path, char **out,
		  struct sx_err *err) SX_MUST;

/* ---- open.c ---- */
/* "alice", or "uid 1234" where passwd has no name for it. Heap string. */
char *repo_user_name(uid_t uid) SX_NEVER_NULL;

/* ---- admit.c ---- */
/* SX_ECONFLICT when only git knows what it keeps of a file: a filter is a program, encodings are its own. */
int repo_check_filter(struct repo *repo, const char *rel, struct sx_err *err) SX_MUST;
/* The id of what git would keep for this text of a file. As repo_check_filter. */
int repo_hash(struct repo *repo, const char *rel, const char *text, size_t len, git_oid *out,
	      struct sx_err *err) SX_MUST;

/* ---- walk.c ---- */
void repo_shallow_read(struct repo *repo);

/* ---- dir.c ---- */
/*
 * Open a directory below another ("." is the other itself) without following any symbolic link,
 * as others may write there. With `made`, it and those above it are created first if missing, which
 * *made tells. A link on the way, or what is no directory: SX_ECANTWRITE.
 */
int repo_dir_open(const struct repo_dir *base, const char *rel, bool *made, int *out,
		  struct sx_err *err) SX_MUST;
/* Give what was made there the mode that git gives it in a shared repository. */
void repo_dir_share(const struct repo_dir *base, int fd);
/* Remove NAME in an open directory, with all that is in it; errors are left for the next time. */
void repo_dir_remove(int dir, const char *name);

/* ---- head.c ---- */
/* Read HEAD afresh. A detached HEAD or an operation in progress: SX_ECANTWRITE with the way out. */
int repo_head_read(struct repo *repo, struct repo_head *out, struct sx_err *err) SX_MUST;
void repo_head_dispose(struct repo_head *head);

/* ---- tree.c ---- */
struct repo_entry {
	bool found;
	git_oid id;
	size_t tree_bytes; /* size of all trees on the way */
};

/* Look a path up from a root tree. */
int repo_tree_find(struct repo *repo, const git_oid *root, const char *rel, struct repo_entry *out,
		   struct sx_err *err) SX_MUST;
/* One file of a change, as git has it. */
struct repo_item {
	char *rel; /* its path in the work tree */
	const struct repo_file *file;
	git_filemode_t mode; /* GIT_FILEMODE_UNREADABLE: it goes */
	git_oid blob;
};

struct repo_items {
	SX_VEC_OF(struct repo_item);
};

#define REPO_ITEMS SX_CLEANUP(repo_items_dispose) struct repo_items

/* Write (staged) the trees with these files; root NULL: start from nothing. */
int repo_tree_write(struct repo *repo, const git_oid *root, const struct repo_items *items,
		    git_oid *out, struct sx_err *err) SX_MUST;

/* ---- scratch.c ---- */
/* Make the scratch directory afresh; index.lock is held. */
int repo_scratch_open(struct repo *repo, struct sx_err *err) SX_MUST;
/* Remove it with all that is in it. */
void repo_scratch_close(struct repo *repo);
/* Remove one that a killed safexl left. */
void repo_scratch_sweep(struct repo *repo);
/* The path for libgit2 of a file in the scratch directory, heap string. */
char *repo_scratch_path(const struct repo *repo, const char *name);
/* "PID START" of this process; START as in /proc/PID/stat, so that a reused pid is told apart. */
char *repo_owner_text(void);
/* Whether the process that such a text names is still there. */
bool repo_owner_alive(const char *text);

/* ---- object.c ---- */
/* Write a blob into the scratch directory. */
int repo_stage_blob(struct repo *repo, const char *bytes, size_t len, git_oid *out,
		    struct sx_err *err) SX_MUST;
/* The same for a tree; `parent` of the commit NULL: the first one. */
int repo_stage_tree(struct repo *repo, git_treebuilder *tree, git_oid *out,
		    struct sx_err *err) SX_MUST;
int repo_stage_commit(struct repo *repo, const git_oid *tree, const git_oid *parent,
		      const struct repo_change *change, git_oid *out, struct sx_err *err) SX_MUST;
/*
 * All that is staged (index and ref too) and `also`, unless NULL, to disk, then the objects into
 * the repository, durably.
 */
int repo_objects_publish(struct repo *repo, const char *also, struct sx_err *err) SX_MUST;

/* ---- lock.c ---- */
/*
 * Wait about 2 s for another git to let go of FILE.lock, not at all when it has been there for
 * long; SX_ELOCKED names the lock and its age. `file` is relative to `base`.
 */
int repo_lock_await(const struct repo_dir *base, const char *file, struct sx_err *err) SX_MUST;
/* Take FILE.lock as git does, with our name inside; a lock of a dead safexl is removed. */
int repo_lock_take(const struct repo_dir *base, const char *file, struct repo_locks *locks,
		   struct sx_err *err) SX_MUST;
void repo_locks_release(struct repo_locks *locks);
/* Remove FILE.lock when a dead safexl left it. */
void repo_lock_sweep(const struct repo_dir *base, const char *file);

/* ---- index.c ---- */
/* Whether the user's index can be read; *bytes is its size. */
int repo_index_check(const struct repo *repo, size_t *bytes, struct sx_err *err) SX_MUST;
/* What the user's index has for a path: whether anything, and its id. */
int repo_index_find(const struct repo *repo, const char *rel, bool *found, git_oid *id,
		    struct sx_err *err) SX_MUST;
/* Write an index into the scratch directory where only these entries are changed; not fsynced. */
int repo_index_stage(struct repo *repo, const struct repo_items *items, struct sx_err *err) SX_MUST;
/* Put it in place; the index lock is held. Its directory is not synced. */
int repo_index_publish(struct repo *repo, struct sx_err *err) SX_MUST;
/*
 * Give an index file the time from before its files were looked at (CLOCK_REALTIME_COARSE, that of
 * the file systems), so that git doubts each file changed since.
 */
int repo_index_set_time(const char *path, const struct timespec *when, struct sx_err *err) SX_MUST;
/* Stat data of a work tree file for an index entry. */
void repo_index_set_stat(git_index_entry *entry, const struct stat *st);

/* ---- ref.c ---- */
/* Write the new value of the branch into the scratch directory; not yet fsynced. */
int repo_ref_stage(struct repo *repo, const git_oid *id, struct sx_err *err) SX_MUST;
/* Put it in place and tell the reflogs; HEAD and the branch are locked. Its directory is not synced. */
int repo_ref_publish(struct repo *repo, const struct repo_head *head, const git_oid *id,
		     const char *message, struct sx_err *err) SX_MUST;

/* ---- home.c ---- */
/* Whether our own configuration calls the work tree of another user safe (safe.directory). */
bool repo_home_trusts(const char *dir);
/* What our own configuration says of files to ignore and to convert counts in this repository. */
int repo_home_apply(struct repo *repo, struct sx_err *err) SX_MUST;

/* ---- commit.c ---- */
void repo_items_dispose(struct repo_items *items);

/* ---- text.c ---- */
/*
 * Text that may be written in `encoding` (NULL: unknown) as UTF-8, heap string; what cannot be read
 * becomes U+FFFD.
 */
char *repo_text(const char *text, const char *encoding) SX_NEVER_NULL;

/* ---- person.c ---- */
/* A signature of this person, cleaned of what a commit cannot hold; git_signature_free it. */
int repo_signature(const struct repo_person *person, git_signature **out,
		   struct sx_err *err) SX_MUST;
/* The committer: safexl on this host. */
int repo_signature_own(git_signature **out, struct sx_err *err) SX_MUST;

static inline void repo_cleanup_signature(git_signature **s)
{
	git_signature_free(*s);
}

static inline void repo_cleanup_object(git_object **object)
{
	git_object_free(*object);
}

static inline void repo_cleanup_blob(git_blob **blob)
{
	git_blob_free(*blob);
}

static inline void repo_cleanup_tree(git_tree **tree)
{
	git_tree_free(*tree);
}

static inline void repo_cleanup_commit(git_commit **commit)
{
	git_commit_free(*commit);
}

static inline void repo_cleanup_index(git_index **index)
{
	git_index_free(*index);
}

#define REPO_SIGNATURE SX_CLEANUP(repo_cleanup_signature) git_signature
#define REPO_OBJECT SX_CLEANUP(repo_cleanup_object) git_object
#define REPO_BLOB SX_CLEANUP(repo_cleanup_blob) git_blob
#define REPO_TREE SX_CLEANUP(repo_cleanup_tree) git_tree
#define REPO_COMMIT SX_CLEANUP(repo_cleanup_commit) git_commit
#define REPO_INDEX SX_CLEANUP(repo_cleanup_index) git_index
