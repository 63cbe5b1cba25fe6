/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The user's index: what they staged stays. We read a snapshot (hard link) of it, change our own
 * entries, write the result into the scratch directory and rename it over the old one, while
 * holding index.lock. repo_prepare has refused formats that libgit2 cannot read.
 */
#include "base/path.h"
#include "git/private.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

static int err_index(const struct repo *repo, struct sx_err *err)
{
	const git_error *last = git_error_last();

	/* The mandatory extensions: "link" (split index) and "sdir" (sparse index). */
	if (last && last->message && strstr(last->message, "mandatory extension")) {
		(void)repo_err_git(err, SX_ECANTWRITE, "git repository %s: a split or sparse index",
				   repo->workdir);
		return sx_err_hint(err, "git -C %pQ update-index --no-split-index", repo->workdir);
	}
	return repo_err_damaged(repo, err, "its index cannot be read");
}

/* The stat of the index file; a size of -1: there is none yet. */
static int look(const struct repo *repo, struct stat *out, struct sx_err *err)
{
	*out = (struct stat){ .st_size = -1 };
	if (fstatat(repo->gitdir.fd, "index", out, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT
			       ? 0
			       : sx_err_sys(err, SX_ECANTWRITE, "%s/index", repo->gitdir.path);
	if (!S_ISREG(out->st_mode))
		return sx_err_set(err, SX_ECANTWRITE, "%s/index is not a regular file",
				  repo->gitdir.path);
	return 0;
}

/* The index that libgit2 keeps, also for attributes: it rereads the file only if that changed. */
static int open_kept(const struct repo *repo, git_index **out, struct sx_err *err)
{
	if (git_repository_index(out, repo->git) < 0 || git_index_read(*out, 0) < 0)
		return err_index(repo, err);
	return 0;
}

int repo_index_check(const struct repo *repo, size_t *bytes, struct sx_err *err)
{
	REPO_INDEX *index = NULL;
	struct stat st;

	if (look(repo, &st, err))
		return -1;
	*bytes = st.st_size > 0 ? (size_t)st.st_size : 0;
	return open_kept(repo, &index, err);
}

int repo_index_find(const struct repo *repo, const char *rel, bool *found, git_oid *id,
		    struct sx_err *err)
{
	const git_index_entry *entry;
	REPO_INDEX *index = NULL;

	if (open_kept(repo, &index, err))
		return -1;
	entry = git_index_get_bypath(index, rel, 0);
	*found = entry != NULL;
	if (entry)
		git_oid_cpy(id, &entry->id);
	git_error_clear();
	return 0;
}

int repo_index_matches(struct repo *repo, const char *path, const char *bytes, size_t len,
		       bool *same, struct sx_err *err)
{
	SX_FREE char *rel = NULL;
	git_oid there, id;
	bool found = false;

	*same = false;
	if (repo_relative(repo, path, &rel, err) || repo_index_find(repo, rel, &found, &there, err))
		return -1;
	if (!bytes || !found)
		*same = !bytes && !found;
	else if (git_odb_hash(&id, bytes, len, GIT_OBJECT_BLOB) == 0)
		*same = git_oid_equal(&id, &there);
	return 0;
}

/* Read a snapshot (hard link) of the index in the scratch directory; it is written back there. */
static int open_snapshot(const struct repo *repo, struct stat *st, git_index **out,
			 struct sx_err *err)
{
	SX_FREE char *snapshot = repo_scratch_path(repo, "index");

	if (look(repo, st, err))
		return -1;
	if (st->st_size >= 0 && linkat(repo->gitdir.fd, "index", repo->scratch.fd, "index", 0))
		return sx_err_sys(err, SX_ECANTWRITE, "link %s/index to %s", repo->gitdir.path,
				  repo->scratch.path);
	return git_index_open(out, snapshot) < 0 ? err_index(repo, err) : 0;
}

void repo_index_set_stat(git_index_entry *entry, const struct stat *st)
{
	entry->ctime.seconds = (int32_t)st->st_ctim.tv_sec;
	entry->ctime.nanoseconds = (uint32_t)st->st_ctim.tv_nsec;
	entry->mtime.seconds = (int32_t)st->st_mtim.tv_sec;
	entry->mtime.nanoseconds = (uint32_t)st->st_mtim.tv_nsec;
	entry->dev = (uint32_t)st->st_dev;
	entry->ino = (uint32_t)st->st_ino;
	entry->uid = st->st_uid;
	entry->gid = st->st_gid;
	entry->file_size = (uint32_t)st->st_size;
}

/* Read what the work tree has at this path, at most file->len + 1 bytes; < 0: nothing. */
static ssize_t read_there(const struct repo_file *file, char *bytes, struct stat *st)
{
	SX_CLOSE int fd = -1;
	size_t got = 0;
	ssize_t n = 1;

	if (S_ISLNK(file->mode))
		return lstat(file->path, st) || !S_ISLNK(st->st_mode)
			       ? -1
			       : readlink(file->path, bytes, file->len + 1);
	fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, st) || !S_ISREG(st->st_mode))
		return -1;
	while (n > 0 && got <= file->len) {
		n = read(fd, bytes + got, file->len + 1 - got);
		got += n > 0 ? (size_t)n : 0;
	}
	return n < 0 ? -1 : (ssize_t)got;
}

/*
 * Fill in stat data only if the file, read after the stat, holds what is committed: with those of
 * another content git would take it for unchanged. Zeros make git compare the content.
 */
static void set_stat_if_same(git_index_entry *entry, const struct repo_file *file)
{
	SX_FREE char *bytes = sx_alloc(file->len + 1);
	struct stat st;
	ssize_t got = read_there(file, bytes, &st);

	if (got >= 0 && (size_t)got == file->len && memcmp(bytes, file->bytes, file->len) == 0)
		repo_index_set_stat(entry, &st);
}

int repo_index_set_time(const char *path, const struct timespec *when, struct sx_err *err)
{
	const struct timespec times[] = { { .tv_nsec = UTIME_OMIT }, *when };

	if (utimensat(AT_FDCWD, path, times, 0))
		return sx_err_sys(err, SX_ECANTWRITE, "set the time of %s", path);
	return 0;
}

/* Does a work tree file still have the content of its index entry? */
static bool is_unchanged(const struct repo *repo, const git_index_entry *entry)
{
	SX_FREE char *path = sx_path_join(repo->workdir, entry->path);
	git_oid id;

	return S_ISREG(entry->mode) && git_odb_hashfile(&id, path, GIT_OBJECT_BLOB) == 0 &&
	       git_oid_equal(&id, &entry->id);
}

/*
 * A file changed in the second in which the old index was written looks unchanged by its times (git
 * compares whole seconds). git doubts it, as its times are not before the index file's; but the new
 * index is younger, which would end the doubt. So compare now, and give a changed one the size 0,
 * which makes git compare contents ("racily clean" in git's words).
 */
static int settle_racy(const struct repo *repo, git_index *index, time_t stamp)
{
	int r = 0;

	for (size_t i = 0; i < git_index_entrycount(index) && !r; i++) {
		const git_index_entry *entry = git_index_get_byindex(index, i);
		git_index_entry doubtful;

		if (entry->mtime.seconds < stamp || entry->mode == GIT_FILEMODE_COMMIT ||
		    git_index_entry_stage(entry) || !entry->file_size || is_unchanged(repo, entry))
			continue;
		doubtful = *entry;
		doubtful.file_size = 0;
		r = git_index_add(index, &doubtful);
	}
	git_error_clear();
	return r;
}

/* Remove what collides with an entry: conflicts, files below it, files that are its directories. */
static int clear_path(git_index *index, const char *rel)
{
	int r = git_index_conflict_remove(index, rel);

	/* A new file has no entry and so no conflict: that is no error here. */
	if (r >= 0 || r == GIT_ENOTFOUND)
		r = git_index_remove_directory(index, rel, 0);
	for (const char *p = strchr(rel, '/'); p && r >= 0; p = strchr(p + 1, '/')) {
		SX_FREE char *parent = sx_strndup(rel, (size_t)(p - rel));

		if (git_index_get_bypath(index, parent, 0))
			r = git_index_remove(index, parent, 0);
	}
	git_error_clear();
	return r;
}

static int set_item(git_index *index, const struct repo_item *item)
{
	git_index_entry entry = { .mode = item->mode, .path = item->rel };
	int r;

	if (item->mode == GIT_FILEMODE_UNREADABLE) {
		r = git_index_remove_bypath(index, item->rel);
		git_error_clear();
		return r == GIT_ENOTFOUND ? 0 : r;
	}
	git_oid_cpy(&entry.id, &item->blob);
	set_stat_if_same(&entry, item->file);
	r = clear_path(index, item->rel);
	return r < 0 ? r : git_index_add(index, &entry);
}

static int set_items(git_index *index, const struct repo_items *items)
{
	int r = 0;

	for (size_t i = 0; i < items->len && r >= 0; i++)
		r = set_item(index, &items->items[i]);
	return r;
}

int repo_index_stage(struct repo *repo, const struct repo_items *items, struct sx_err *err)
{
	SX_FREE char *staged = repo_scratch_path(repo, "index");
	REPO_INDEX *index = NULL;
	struct timespec before;
	struct stat st;

	clock_gettime(CLOCK_REALTIME_COARSE, &before);
	if (open_snapshot(repo, &st, &index, err))
		return -1;
	if (settle_racy(repo, index, st.st_mtim.tv_sec) < 0 || set_items(index, items) < 0 ||
	    git_index_write(index) < 0)
		return repo_err_git(err, SX_ECANTWRITE, "git repository %s: write the index",
				    repo->workdir);
	return repo_index_set_time(staged, &before, err);
}

int repo_index_publish(struct repo *repo, struct sx_err *err)
{
	if (renameat(repo->scratch.fd, "index", repo->gitdir.fd, "index"))
		return sx_err_sys(err, SX_ECANTWRITE, "rename %s/index to %s/index",
				  repo->scratch.path, repo->gitdir.path);
	return 0;
}
