/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared by the files of this room; no other room uses libgit2. A commit goes through a scratch
 * directory .git/safexl: objects, index and ref are made there, fsynced, and renamed into place, so
 * that a crash leaves a directory to throw away and nothing half-written.
 *
 * The steps of a commit, which is also the order to read the files in:
 *   prepare.c  before the guest is touched: can a commit be made here at all? (head.c says what
 *              HEAD is, lock.c whether git's own locks are free)
 *   admit.c    may this file be committed as it stands? (private, ignored, filtered ones)
 *   lock.c     takes index.lock, HEAD.lock and the branch's as git does
 *   scratch.c  the scratch directory; whoever holds index.lock is its only user
 *   tree.c     HEAD's tree with the files replaced, and the trees above them
 *   object.c   the new blob, trees and commit, written by libgit2 into the scratch directory
 *   index.c    the user's index with those entries
 *   ref.c      the branch's next value and the reflog lines
 *   commit.c   the order of it: fsync (sync.h), then rename all into place, objects first, the
 *              branch last
 * Beside it: repo.c (the library), err.c, open.c, create.c (a new repository), dir.c (directories,
 * no link followed), person.c and home.c (who made it, and what git's settings in a home say),
 * text.c; for reading look.c, walk.c, log.c, touched.c, diff.c and merge.c.
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

/* An open directory: names relative to it still hold when somebody moves it. */
struct repo_dir {
	int fd;
	char *path; /* without a final slash, for messages; NULL: not open */
	int shared; /* core.sharedRepository: mode bits to add; < 0: to set; 0: as umask */
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
	git_repository *stage; /* a repository with the staged objects only */
	git_odb *staged;
	struct sx_words objects; /* their ids */
	struct repo_ids shallow; /* commits whose parents a shallow repository lacks */
	int reserve; /* unnamed file that reserves room on disk; -1: none */
	const struct repo_home *read; /* see repo_use_home; NULL: none */
	int home; /* memory file with our own home's settings, see repo_home_apply; -1: none */
};

/* What HEAD is: a branch, with or without a commit. */
struct repo_head {
	char *ref; /* refs/heads/NAME */
	bool born;
	git_oid commit;
	git_oid tree;
};

#define REPO_HEAD SX_CLEANUP(repo_head_dispose) struct repo_head

/* A lock file of git's that we hold: its directory, and its name there. */
struct repo_lock {
	int dir;
	char *name;
};

struct repo_locks {
	SX_VEC_OF(struct repo_lock);
};

#define REPO_LOCKS SX_CLEANUP(repo_locks_release) struct repo_locks

/* ---- repo.c ---- */
/* Report libgit2's last error as "what: its text"; git_error_last() may be NULL. Returns -1. */
int repo_err_git(struct sx_err *err, enum sx_code code, const char *fmt, ...) SX_PRINTF(3, 4);
/* The same as SX_ECANTWRITE with the hint git fsck: something in the repository is damaged. */
int repo_err_damaged(const struct repo *repo, struct sx_err *err, const char *fmt, ...)
	SX_PRINTF(3, 4);
/* Add the hint git fsck in DIR. Returns -1. */
int repo_hint_fsck(const char *dir, struct sx_err *err);
/* A path without slashes at its end, heap string. */
char *repo_without_slash(const char *path);
/* Wrap an opened libgit2 repository, which it takes over (on failure it frees it). */
int repo_wrap(git_repository *git, struct repo **out, struct sx_err *err) SX_MUST;
/* The path of a file relative to the work tree, heap string; SX_ECANTWRITE when it is outside. */
int repo_relative(const struct repo *repo, const char *path, char **out,
		  struct sx_err *err) SX_MUST;

/* ---- open.c ---- */
/* "alice", or "uid 1234" where passwd has no name for it. Heap string. */
char *repo_user_name(uid_t uid) SX_NEVER_NULL;

/* ---- admit.c ---- */
/* SX_ECONFLICT if a filter or an encoding decides what git stores: libgit2 applies neither. */
int repo_check_filter(struct repo *repo, const char *rel, struct sx_err *err) SX_MUST;
/* The id of what git would store for this text of a file. Errors as repo_check_filter. */
int repo_hash(struct repo *repo, const char *rel, const char *text, size_t len, git_oid *out,
	      struct sx_err *err) SX_MUST;

/* ---- walk.c ---- */
/* Read at which commits a shallow repository's history ends. */
void repo_shallow_read(struct repo *repo);

/* ---- dir.c ---- */
/*
 * Open a directory below another ("." is the other itself). Follows no symbolic link, as others may
 * write there. `made` (or NULL): create missing directories, and set it if there were any.
 * SX_ECANTWRITE: a link on the way, or no directory.
 */
int repo_dir_open(const struct repo_dir *base, const char *rel, bool *made, int *out,
		  struct sx_err *err) SX_MUST;
/* Give a new file or directory the mode that git gives it in a shared repository. */
void repo_dir_share(const struct repo_dir *base, int fd);
/* Remove NAME in an open directory, with all that is in it. Errors are ignored. */
void repo_dir_remove(int dir, const char *name);

/* ---- head.c ---- */
/* Read HEAD afresh. SX_ECANTWRITE, with a hint: it is detached, or an operation is in progress. */
int repo_head_read(struct repo *repo, struct repo_head *out, struct sx_err *err) SX_MUST;
void repo_head_dispose(struct repo_head *head);

/* ---- tree.c ---- */
struct repo_entry {
	bool found;
	git_oid id;
	size_t tree_bytes; /* size of all trees on the way */
};

/* Look up a file by its path from a root tree. */
int repo_tree_find(struct repo *repo, const git_oid *root, const char *rel, struct repo_entry *out,
		   struct sx_err *err) SX_MUST;
/* One file of a change, in git's terms. */
struct repo_item {
	char *rel; /* its path in the work tree */
	const struct repo_file *file;
	git_filemode_t mode; /* GIT_FILEMODE_UNREADABLE: delete the file */
	git_oid blob;
};

struct repo_items {
	SX_VEC_OF(struct repo_item);
};

#define REPO_ITEMS SX_CLEANUP(repo_items_dispose) struct repo_items

/* Stage the trees with these files changed; root NULL: start from an empty tree. */
int repo_tree_write(struct repo *repo, const git_oid *root, const struct repo_items *items,
		    git_oid *out, struct sx_err *err) SX_MUST;

/* ---- scratch.c ---- */
/* Create the scratch directory, empty; the caller holds index.lock. */
int repo_scratch_open(struct repo *repo, struct sx_err *err) SX_MUST;
/* Remove it with all that is in it. */
void repo_scratch_close(struct repo *repo);
/* Remove one that a killed safexl left. */
void repo_scratch_sweep(struct repo *repo);
/* The path of a file in the scratch directory, for libgit2; heap string. */
char *repo_scratch_path(const struct repo *repo, const char *name);
/* "PID START" of this process, heap string; START as in /proc/PID/stat, to detect a reused pid. */
char *repo_owner_text(void);
/* Does the process that such a text names still run? */
bool repo_owner_alive(const char *text);

/* ---- object.c ---- */
/* Write a blob into the scratch directory. */
int repo_stage_blob(struct repo *repo, const char *bytes, size_t len, git_oid *out,
		    struct sx_err *err) SX_MUST;
/* The same for a tree, and for a commit; `parent` NULL: it is the first one. */
int repo_stage_tree(struct repo *repo, git_treebuilder *tree, git_oid *out,
		    struct sx_err *err) SX_MUST;
int repo_stage_commit(struct repo *repo, const git_oid *tree, const git_oid *parent,
		      const struct repo_change *change, git_oid *out, struct sx_err *err) SX_MUST;
/*
 * fsync all that is staged, index and ref too, and `also` (or NULL); then rename the objects into
 * place, durably.
 */
int repo_objects_publish(struct repo *repo, const char *also, struct sx_err *err) SX_MUST;

/* ---- lock.c ---- */
/*
 * Wait up to 2 s for git to release FILE.lock; not at all if the lock is older than 10 s.
 * SX_ELOCKED names the lock and its age. `file` is relative to `base`.
 */
int repo_lock_await(const struct repo_dir *base, const char *file, struct sx_err *err) SX_MUST;
/* The same, then take FILE.lock as git does, with our name inside. Removes a dead safexl's. */
int repo_lock_take(const struct repo_dir *base, const char *file, struct repo_locks *locks,
		   struct sx_err *err) SX_MUST;
void repo_locks_release(struct repo_locks *locks);
/* Remove FILE.lock when a dead safexl left it. */
void repo_lock_sweep(const struct repo_dir *base, const char *file);

/* ---- index.c ---- */
/* Can the user's index be read? *bytes is its size. */
int repo_index_check(const struct repo *repo, size_t *bytes, struct sx_err *err) SX_MUST;
/* Look up a path in the user's index. */
int repo_index_find(const struct repo *repo, const char *rel, bool *found, git_oid *id,
		    struct sx_err *err) SX_MUST;
/* Stage the user's index with only these entries changed; not fsynced. */
int repo_index_stage(struct repo *repo, const struct repo_items *items, struct sx_err *err) SX_MUST;
/* Rename it into place; the caller holds index.lock and syncs the directory. */
int repo_index_publish(struct repo *repo, struct sx_err *err) SX_MUST;
/*
 * Set an index file's mtime to before its files were read (CLOCK_REALTIME_COARSE, the clock of file
 * systems), so that git checks each file that has changed since.
 */
int repo_index_set_time(const char *path, const struct timespec *when, struct sx_err *err) SX_MUST;
/* Fill an index entry's stat data from a work tree file. */
void repo_index_set_stat(git_index_entry *entry, const struct stat *st);

/* ---- ref.c ---- */
/* Write the new value of the branch into the scratch directory; not yet fsynced. */
int repo_ref_stage(struct repo *repo, const git_oid *id, struct sx_err *err) SX_MUST;
/* Rename it into place, append to the reflogs; HEAD and the branch are locked. The caller syncs. */
int repo_ref_publish(struct repo *repo, const struct repo_head *head, const git_oid *id,
		     const char *message, struct sx_err *err) SX_MUST;

/* ---- home.c ---- */
/* Does our own configuration call another user's work tree safe (safe.directory)? */
bool repo_home_trusts(const char *dir);
/* Apply our own configuration's settings for ignored and converted files to this repository. */
int repo_home_apply(struct repo *repo, struct sx_err *err) SX_MUST;

/* ---- commit.c ---- */
void repo_items_dispose(struct repo_items *items);

/* ---- text.c ---- */
/* Text, perhaps in `encoding` (NULL: unknown), as UTF-8; heap string. Unreadable bytes: U+FFFD. */
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
