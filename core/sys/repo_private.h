/*
 * Shared by core/sys/repo*.c, the only files that know libgit2. One commit goes through a scratch
 * directory .git/safexl-PID.XXXXXX: objects, index and ref are made there, fsynced, and renamed
 * into place, so that a crash leaves a directory to throw away and nothing half-written.
 *
 * The way of a commit, to read the files in this order:
 *   repo_prepare  before the guest is touched: may a commit be made here at all? (repo_head says
 *                 what HEAD is, repo_lock whether git's own locks are free, repo_scratch reserves room)
 *   repo_tree     HEAD's tree with one entry exchanged, and the trees above it
 *   repo_object   the new blob, trees and commit (repo_commit, repo_person) into the scratch directory
 *   repo_index    the user's index with that one entry
 *   repo_ref      the branch's next value and the reflog lines
 *   repo_lock     index.lock, HEAD.lock and the branch's are taken as git takes them; then sync.h,
 *                 and everything is renamed into place, objects first, the branch last
 * Beside it: repo (open, errors), repo_create (a new repository), repo_history, repo_log and
 * repo_diff (reading), repo_local (libgit2 without its transports).
 */
#ifndef SAFEXL_REPO_PRIVATE_H
#define SAFEXL_REPO_PRIVATE_H

#include <safexl/repo.h>
#include <safexl/str.h>
#include <safexl/sync.h>

#include <git2.h>
#include <sys/stat.h>

struct repo {
	git_repository *git;
	char *workdir; /* these three without a final slash */
	char *gitdir; /* HEAD and index */
	char *commondir; /* objects and refs; the same unless this is a linked worktree */
	char *scratch; /* chosen at the first need, NULL before */
	bool scratch_made; /* it exists on disk */
	struct sx_words objects; /* ids of the new objects in it */
	git_index *index; /* as read from a snapshot in the scratch directory, or NULL */
	struct stat index_st; /* of the index file it was read from; st_ino 0: there was none */
};

/* What HEAD is: a branch, with or without a commit. */
struct repo_head {
	char *ref; /* refs/heads/NAME */
	bool born;
	git_oid commit;
	git_oid tree;
};

#define REPO_HEAD SX_CLEANUP(repo_head_dispose) struct repo_head

/* Lock files of git itself that we hold: index, HEAD, branch. */
struct repo_locks {
	struct sx_words paths;
};

#define REPO_LOCKS SX_CLEANUP(repo_locks_release) struct repo_locks

/* ---- repo.c ---- */
/* An error of libgit2: "what: its text"; git_error_last() may have none. Returns -1. */
int repo_err_git(struct sx_err *err, enum sx_code code, const char *fmt, ...) SX_PRINTF(3, 4);
/* The same as SX_ECANTWRITE with git fsck as the hint: something in the repository is damaged. */
int repo_err_damaged(const struct repo *repo, struct sx_err *err, const char *fmt, ...)
	SX_PRINTF(3, 4);
/* Wrap an opened libgit2 repository, which now belongs to the result. */
struct repo *repo_wrap(git_repository *git);
/* The path of a file relative to the work tree, heap string; SX_ECANTWRITE when it is outside. */
int repo_relative(const struct repo *repo, const char *path, char **out,
		  struct sx_err *err) SX_MUST;

/* ---- repo_head.c ---- */
/* Read HEAD afresh. A detached HEAD or an operation in progress: SX_ECANTWRITE with the way out. */
int repo_head_read(struct repo *repo, struct repo_head *out, struct sx_err *err) SX_MUST;
void repo_head_dispose(struct repo_head *head);

/* ---- repo_tree.c ---- */
#define REPO_MODE_TREE 0040000u

/* One entry in the bytes of a tree. */
struct repo_span {
	size_t at, len;
	unsigned mode;
	const char *name;
	const unsigned char *id;
};

/* Read the entry at `at`; false when the bytes are no tree. */
bool repo_span_read(const char *data, size_t len, size_t at, struct repo_span *out);
/* git's order: the end of a directory's name compares as '/', of another as NUL. */
int repo_name_compare(const char *a, unsigned mode_a, const char *b, unsigned mode_b);
/* The bytes of a tree in memory; `id` NULL: *out is NULL. */
int repo_tree_read(struct repo *repo, const git_oid *id, git_odb_object **out,
		   struct sx_err *err) SX_MUST;
struct repo_entry {
	bool found;
	unsigned mode;
	git_oid id;
	size_t tree_bytes; /* size of all trees on the way */
};

/* Look a path up from a root tree, in the bytes of the trees. */
int repo_tree_find(struct repo *repo, const git_oid *root, const char *rel, struct repo_entry *out,
		   struct sx_err *err) SX_MUST;
/* Write (staged) the trees with a blob at this path; root NULL: start from nothing. */
int repo_tree_put(struct repo *repo, const git_oid *root, const char *rel, unsigned mode,
		  const git_oid *blob, git_oid *out, struct sx_err *err) SX_MUST;

/* ---- repo_scratch.c ---- */
/* Make the scratch directory unless it is there, and remove those of dead processes. */
int repo_scratch_open(struct repo *repo, struct sx_err *err) SX_MUST;
/* Remove it with all that is in it; the name stays ours. */
void repo_scratch_close(struct repo *repo);
/* Remove the scratch directories of dead processes. */
void repo_scratch_sweep(const struct repo *repo);
/* Path of a file in the scratch directory, heap string. */
char *repo_scratch_path(const struct repo *repo, const char *name);
/* Reserve room on disk; given back by repo_scratch_unreserve or repo_scratch_close. */
int repo_scratch_reserve(struct repo *repo, size_t bytes, struct sx_err *err) SX_MUST;
void repo_scratch_unreserve(struct repo *repo);
/* Remove a directory and all that is in it; errors are left for the next time. */
void repo_remove_tree(const char *dir);
/* fsync a file or directory by name. */
int repo_sync(const char *path, struct sx_err *err) SX_MUST;
/* "PID START" of this process; START as in /proc/PID/stat, so that a reused pid is told apart. */
char *repo_owner_text(void);
/* Whether the process that such a text names is still there. */
bool repo_owner_alive(const char *text);

/* ---- repo_object.c ---- */
/* Write an object into the repository itself. */
int repo_object_add(struct repo *repo, git_object_t type, const char *bytes, size_t len,
		    git_oid *out, struct sx_err *err) SX_MUST;
/* Write an object into the scratch directory. */
int repo_object_stage(struct repo *repo, git_object_t type, const char *bytes, size_t len,
		      git_oid *out, struct sx_err *err) SX_MUST;
/*
 * All that is staged (index and ref too) and `also`, unless NULL, to disk, then the objects into
 * the repository, durably.
 */
int repo_objects_publish(struct repo *repo, const char *also, struct sx_err *err) SX_MUST;

/* ---- repo_lock.c ---- */
/*
 * Wait about 2 s for another git to let go of FILE.lock, not at all when it has been there for
 * long; SX_ELOCKED names the lock and its age.
 */
int repo_lock_await(const char *file, struct sx_err *err) SX_MUST;
/* Take FILE.lock as git does, with our name inside; a lock of a dead safexl is removed. */
int repo_lock_take(struct repo *repo, struct repo_locks *locks, const char *file,
		   struct sx_err *err) SX_MUST;
void repo_locks_release(struct repo_locks *locks);
/* Remove FILE.lock when a dead safexl left it. */
void repo_lock_sweep(const char *file);

/* ---- repo_index.c ---- */
/* Read the user's index, unless it is the one read before. */
int repo_index_load(struct repo *repo, struct sx_err *err) SX_MUST;
void repo_index_drop(struct repo *repo);
/* Write an index into the scratch directory where only the entry of our path is changed; not fsynced. */
int repo_index_stage(struct repo *repo, const char *rel, const git_oid *blob,
		     const struct repo_change *change, struct sx_err *err) SX_MUST;
/* Put it in place; the index lock is held. Its directory is not synced. */
int repo_index_publish(struct repo *repo, struct sx_err *err) SX_MUST;
/*
 * Give an index file the time from before its files were looked at (CLOCK_REALTIME_COARSE, that of
 * the file systems), so that git doubts each file changed since.
 */
int repo_index_set_time(const char *path, const struct timespec *when, struct sx_err *err) SX_MUST;
/* Stat data of a work tree file for an index entry. */
void repo_index_set_stat(git_index_entry *entry, const struct stat *st);

/* ---- repo_ref.c ---- */
/* Write the new value of the branch into the scratch directory; not yet fsynced. */
int repo_ref_stage(struct repo *repo, const git_oid *id, struct sx_err *err) SX_MUST;
/* Put it in place and tell the reflogs; HEAD and the branch are locked. Its directory is not synced. */
int repo_ref_publish(struct repo *repo, const struct repo_head *head, const git_oid *id,
		     const char *message, struct sx_err *err) SX_MUST;

/* ---- repo_person.c ---- */
/* "NAME <EMAIL> SECONDS +ZONE", as commits and reflogs have it. */
void repo_add_signature(struct sx_str *s, const git_signature *who);
/* A signature of this person, cleaned of what a commit cannot hold; git_signature_free it. */
int repo_signature(const struct repo_person *person, git_signature **out,
		   struct sx_err *err) SX_MUST;
/* The committer: safexl on this host. */
int repo_signature_own(git_signature **out, struct sx_err *err) SX_MUST;

/* ---- repo_commit.c ---- */
/* The text of a commit object; `parent` NULL: the first one. */
int repo_commit_text(const git_oid *tree, const git_oid *parent, const char *message,
		     const struct repo_person *author, struct sx_str *out,
		     struct sx_err *err) SX_MUST;

static inline void repo_cleanup_signature(git_signature **s)
{
	git_signature_free(*s);
}

static inline void repo_cleanup_odb(git_odb **odb)
{
	git_odb_free(*odb);
}

static inline void repo_cleanup_odb_object(git_odb_object **object)
{
	git_odb_object_free(*object);
}

static inline void repo_cleanup_commit(git_commit **commit)
{
	git_commit_free(*commit);
}

#define REPO_SIGNATURE SX_CLEANUP(repo_cleanup_signature) git_signature
#define REPO_ODB SX_CLEANUP(repo_cleanup_odb) git_odb
#define REPO_ODB_OBJECT SX_CLEANUP(repo_cleanup_odb_object) git_odb_object
#define REPO_COMMIT SX_CLEANUP(repo_cleanup_commit) git_commit

#endif
