/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The preflight: everything that can make a commit fail is tried while nothing has happened yet. It
 * keeps no lock that it finds free: git may be used while xl runs.
 */
#include "base/path.h"
#include "git/private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>

/* Commit, refs, reflogs, directories: small things, each rounded up to a block. */
#define RESERVE_SLACK_BYTES ((size_t)64 * 1024)
#define INDEX_ENTRY_BYTES ((size_t)512)
/* Files and directories that one commit makes, at the most, with room for a deep path. */
#define INODES_NEEDED 32

/*
 * May this path be changed, even by root? access(2) shows a read-only file system and permissions,
 * statx(2) the attributes of chattr +i and +a. A missing path is no error.
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
		sx_err_set(err, SX_ECANTWRITE,
			   "git repository %s: %s has the attribute immutable or append-only",
			   repo->workdir, path);
		return sx_err_hint(err, "chattr -i -a %pQ", path);
	}
	return 0;
}

/*
 * The same for a directory, which must be on the scratch directory's file system, with no link on
 * the way. A directory of refs that git removed as it packed them is made again: check its parent.
 */
static int check_directory(const struct repo *repo, const char *rel, struct sx_err *err)
{
	SX_FREE char *up = sx_path_dir(rel);
	SX_FREE char *path = sx_path_join(repo->commondir.path, rel);
	SX_CLOSE int fd = -1;
	struct stat here, there;

	if (repo_dir_open(&repo->commondir, rel, NULL, &fd, err)) {
		if (err->sys_errno != ENOENT || sx_streq(up, "."))
			return -1;
		sx_err_clear(err);
		return check_directory(repo, up, err);
	}
	if (fstat(repo->gitdir.fd, &here) || fstat(fd, &there))
		return sx_err_sys(err, SX_ECANTWRITE, "git repository %s: %s", repo->workdir, path);
	if (here.st_dev != there.st_dev)
		return sx_err_set(err, SX_ECANTWRITE,
				  "git repository %s: %s is on another file system than %s",
				  repo->workdir, path, repo->gitdir.path);
	return check_writable(repo, path, err);
}

static int check_places(const struct repo *repo, const struct repo_head *head, struct sx_err *err)
{
	SX_FREE char *index = sx_path_join(repo->gitdir.path, "index");
	SX_FREE char *ref = sx_path_join(repo->commondir.path, head->ref);
	SX_FREE char *ref_dir = sx_path_dir(head->ref);

	if (check_writable(repo, repo->gitdir.path, err) || check_writable(repo, index, err) ||
	    check_writable(repo, ref, err) || check_directory(repo, "objects", err))
		return -1;
	return check_directory(repo, ref_dir, err);
}

static int check_locks(const struct repo *repo, const struct repo_head *head, struct sx_err *err)
{
	if (repo_lock_await(&repo->gitdir, "index", err) ||
	    repo_lock_await(&repo->gitdir, "HEAD", err))
		return -1;
	return repo_lock_await(&repo->commondir, head->ref, err);
}

/* Reserve room with an unnamed file: it goes with this process, however that ends. */
static int reserve(struct repo *repo, size_t bytes, struct sx_err *err)
{
	struct statvfs vfs;

	if (statvfs(repo->gitdir.path, &vfs) == 0 && vfs.f_files && vfs.f_favail < INODES_NEEDED)
		return sx_err_set(err, SX_ECANTWRITE, "no inodes left for files in %s",
				  repo->gitdir.path);
	repo_release(repo);
	repo->reserve = openat(repo->gitdir.fd, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	/* Without unnamed files (NFS), a full disk shows only when the commit is written. */
	if (repo->reserve < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
		return 0;
	if (repo->reserve < 0)
		return sx_err_sys(err, SX_ECANTWRITE, "git repository %s: write to %s",
				  repo->workdir, repo->gitdir.path);
	errno = posix_fallocate(repo->reserve, 0, (off_t)bytes);
	if (!errno)
		return 0;
	sx_err_sys(err, SX_ECANTWRITE, "no room for %zu KiB in %s", (bytes + 1023) / 1024,
		   repo->gitdir.path);
	repo_release(repo);
	return -1;
}

int repo_prepare(struct repo *repo, const char *path, size_t bytes, struct sx_err *err)
{
	REPO_HEAD head = { 0 };
	SX_FREE char *rel = NULL;
	struct repo_entry entry = { 0 };
	size_t index_bytes;

	if (repo_relative(repo, path, &rel, err) || repo_head_read(repo, &head, err) ||
	    check_locks(repo, &head, err) || check_places(repo, &head, err))
		return -1;
	if (head.born && repo_tree_find(repo, &head.tree, rel, &entry, err))
		return -1;
	if (repo_index_check(repo, &index_bytes, err))
		return -1;
	/* Compressed data can grow by a thousandth (zlib's bound) and a little. */
	return reserve(repo,
		       (bytes + entry.tree_bytes) / 1000 * 1001 + index_bytes + INDEX_ENTRY_BYTES +
			       RESERVE_SLACK_BYTES,
		       err);
}
