/*
 * The preflight: everything that can make a commit fail is tried while nothing has happened yet.
 * What it finds free, it does not hold: git may be used while xl runs.
 */
#include "repo_private.h"

#include <safexl/path.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>

/* Commit, refs, reflogs, directories: small things, each rounded up to a block. */
#define RESERVE_SLACK_BYTES ((size_t)64 * 1024)
#define INDEX_ENTRY_BYTES ((size_t)512)
/* Files and directories that one commit makes, at the most, with room for a deep path. */
#define INODES_NEEDED 32

/*
 * Whether something may be changed here, as root too: access(2) tells of read-only file systems and
 * permissions, the attributes of chattr +i and +a.
 */
static int check_writable(const struct repo *repo, const char *path, struct sx_err *err)
{
	struct statx stx;

	if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS))
		return errno == ENOENT
			       ? 0
			       : sx_err_sys(err, SX_ECANTWRITE, "git repository %s: write to %s",
					    repo->workdir, path);
	if (statx(AT_FDCWD, path, 0, STATX_TYPE, &stx) == 0 &&
	    stx.stx_attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND)) {
		SX_STR quoted = { 0 };

		sx_str_add_quoted(&quoted, path);
		sx_err_set(err, SX_ECANTWRITE,
			   "git repository %s: %s has the attribute immutable or append-only",
			   repo->workdir, path);
		return sx_err_hint(err, "chattr -i -a %s", sx_str_text(&quoted));
	}
	return 0;
}

/* The same for something that must be a directory on the file system of the scratch directory. */
static int check_directory(const struct repo *repo, const char *path, struct sx_err *err)
{
	struct stat here, there;

	if (stat(repo->gitdir, &here) || stat(path, &there))
		return sx_err_sys(err, SX_ECANTWRITE, "git repository %s: %s", repo->workdir, path);
	if (here.st_dev != there.st_dev)
		return sx_err_set(err, SX_ECANTWRITE,
				  "git repository %s: %s is on another file system than %s",
				  repo->workdir, path, repo->gitdir);
	return check_writable(repo, path, err);
}

/* The directory of a ref; where git packed it away, its parent that is still there. */
static int check_ref_directory(const struct repo *repo, const char *ref, struct sx_err *err)
{
	SX_FREE char *path = sx_path_join(repo->commondir, ref);
	SX_FREE char *dir = sx_path_dir(path);
	struct stat st;

	if (check_writable(repo, path, err))
		return -1;
	while (lstat(dir, &st) && errno == ENOENT && strlen(dir) > strlen(repo->commondir)) {
		SX_FREE char *child = sx_steal(&dir);

		dir = sx_path_dir(child);
	}
	return check_directory(repo, dir, err);
}

static int check_places(const struct repo *repo, const struct repo_head *head, struct sx_err *err)
{
	SX_FREE char *objects = sx_path_join(repo->commondir, "objects");
	SX_FREE char *index = sx_path_join(repo->gitdir, "index");

	if (check_directory(repo, objects, err) || check_writable(repo, index, err))
		return -1;
	return check_ref_directory(repo, head->ref, err);
}

static int check_locks(const struct repo *repo, const struct repo_head *head, struct sx_err *err)
{
	SX_FREE char *index = sx_path_join(repo->gitdir, "index");
	SX_FREE char *head_file = sx_path_join(repo->gitdir, "HEAD");
	SX_FREE char *ref = sx_path_join(repo->commondir, head->ref);

	if (repo_lock_await(index, err) || repo_lock_await(head_file, err))
		return -1;
	return repo_lock_await(ref, err);
}

static int reserve(struct repo *repo, size_t bytes, const struct repo_entry *entry,
		   struct sx_err *err)
{
	struct statvfs vfs;

	if (statvfs(repo->gitdir, &vfs) == 0 && vfs.f_files && vfs.f_favail < INODES_NEEDED)
		return sx_err_set(err, SX_ECANTWRITE, "no inodes left for files in %s",
				  repo->gitdir);
	/* Compressed data can grow by a thousandth (zlib's bound) and a little. */
	return repo_scratch_reserve(repo,
				    (bytes + entry->tree_bytes) / 1000 * 1001 +
					    (size_t)repo->index_st.st_size + INDEX_ENTRY_BYTES +
					    RESERVE_SLACK_BYTES,
				    err);
}

static int prepare(struct repo *repo, const char *rel, size_t bytes, struct sx_err *err)
{
	REPO_HEAD head = { 0 };
	struct repo_entry entry = { 0 };

	if (repo_head_read(repo, &head, err) || check_locks(repo, &head, err) ||
	    check_places(repo, &head, err))
		return -1;
	if (head.born && repo_tree_find(repo, &head.tree, rel, &entry, err))
		return -1;
	if (repo_scratch_open(repo, err) || repo_index_load(repo, err))
		return -1;
	return reserve(repo, bytes, &entry, err);
}

int repo_prepare(struct repo *repo, const char *path, size_t bytes, struct sx_err *err)
{
	SX_FREE char *rel = NULL;

	if (repo_relative(repo, path, &rel, err))
		return -1;
	if (prepare(repo, rel, bytes, err)) {
		repo_release(repo);
		return -1;
	}
	return 0;
}
