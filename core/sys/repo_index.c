/*
 * The user's index: what they staged is theirs. A snapshot (hard link) of it is read, one entry is
 * changed, and the result is written in the scratch directory and renamed over the old one while
 * index.lock is held. Formats that libgit2 cannot read are refused in repo_prepare already.
 */
#include "repo_private.h"

#include <safexl/path.h>

#include <errno.h>
#include <fcntl.h>
#include <time.h>

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

void repo_index_drop(struct repo *repo)
{
	git_index_free(repo->index);
	repo->index = NULL;
}

static int err_index(struct repo *repo, struct sx_err *err)
{
	const git_error *last = git_error_last();

	/* The mandatory extensions: "link" (split index) and "sdir" (sparse index). */
	if (last && last->message && strstr(last->message, "mandatory extension")) {
		SX_STR dir = { 0 };

		sx_str_add_quoted(&dir, repo->workdir);
		(void)repo_err_git(err, SX_ECANTWRITE, "git repository %s: a split or sparse index",
				   repo->workdir);
		return sx_err_hint(err, "git -C %s update-index --no-split-index",
				   sx_str_text(&dir));
	}
	return repo_err_damaged(repo, err, "its index cannot be read");
}

int repo_index_load(struct repo *repo, struct sx_err *err)
{
	SX_FREE char *path = sx_path_join(repo->gitdir, "index");
	SX_FREE char *snapshot = repo_scratch_path(repo, "index");
	struct stat st = { 0 };

	if (stat(path, &st) && errno != ENOENT)
		return sx_err_sys(err, SX_ECANTWRITE, "%s", path);
	if (repo->index && same_file(&st, &repo->index_st))
		return 0;
	repo_index_drop(repo);
	if (unlink(snapshot) && errno != ENOENT)
		return sx_err_sys(err, SX_ECANTWRITE, "remove %s", snapshot);
	if (st.st_ino && linkat(AT_FDCWD, path, AT_FDCWD, snapshot, AT_SYMLINK_FOLLOW))
		return sx_err_sys(err, SX_ECANTWRITE, "link %s to %s", path, snapshot);
	if (git_index_open(&repo->index, snapshot) < 0)
		return err_index(repo, err);
	repo->index_st = st;
	return 0;
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

/*
 * Stat data only if the file holds what is committed, read after the stat: data of another content
 * would make git take that one for unchanged. Zeros make git look for itself.
 */
static void set_stat_if_same(git_index_entry *entry, const struct repo_change *change)
{
	SX_CLOSE int fd = open(change->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	SX_FREE char *bytes = sx_alloc(change->len + 1);
	struct stat st;
	size_t got = 0;
	ssize_t n = 1;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return;
	while (n > 0 && got <= change->len) {
		n = read(fd, bytes + got, change->len + 1 - got);
		got += n > 0 ? (size_t)n : 0;
	}
	if (n == 0 && got == change->len && memcmp(bytes, change->bytes, got) == 0)
		repo_index_set_stat(entry, &st);
}

int repo_index_set_time(const char *path, const struct timespec *when, struct sx_err *err)
{
	const struct timespec times[] = { { .tv_nsec = UTIME_OMIT }, *when };

	if (utimensat(AT_FDCWD, path, times, 0))
		return sx_err_sys(err, SX_ECANTWRITE, "set the time of %s", path);
	return 0;
}

/* Whether a work tree file still has the content that its index entry stands for. */
static bool is_unchanged(const struct repo *repo, const git_index_entry *entry)
{
	SX_FREE char *path = sx_path_join(repo->workdir, entry->path);
	git_oid id;

	return S_ISREG(entry->mode) && git_odb_hashfile(&id, path, GIT_OBJECT_BLOB) == 0 &&
	       git_oid_equal(&id, &entry->id);
}

/*
 * A file changed in the second in which the old index was written looks unchanged by its times
 * (git compares whole seconds); git knows, because those times are not before the index file's. The
 * new index is younger, so the doubt must be settled now: size 0 makes git compare contents
 * ("racily clean" in git's words).
 */
static int settle_racy(struct repo *repo, const char *rel)
{
	const int32_t stamp = (int32_t)repo->index_st.st_mtim.tv_sec;
	size_t count = repo->index_st.st_ino ? git_index_entrycount(repo->index) : 0;
	int r = 0;

	for (size_t i = 0; i < count && !r; i++) {
		const git_index_entry *entry = git_index_get_byindex(repo->index, i);
		git_index_entry doubtful;

		if (entry->mtime.seconds < stamp || entry->mode == GIT_FILEMODE_COMMIT ||
		    git_index_entry_stage(entry) || !entry->file_size ||
		    strcmp(entry->path, rel) == 0 || is_unchanged(repo, entry))
			continue;
		doubtful = *entry;
		doubtful.file_size = 0;
		r = git_index_add(repo->index, &doubtful);
	}
	git_error_clear();
	return r;
}

/* Make way for an entry: conflicts of the path, files below it, files where it has directories. */
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

int repo_index_stage(struct repo *repo, const char *rel, const git_oid *blob,
		     const struct repo_change *change, struct sx_err *err)
{
	SX_FREE char *staged = repo_scratch_path(repo, "index");
	git_index_entry entry = { .mode = change->mode & 0111 ? 0100755 : 0100644, .path = rel };
	struct timespec before;

	clock_gettime(CLOCK_REALTIME_COARSE, &before);
	if (repo_index_load(repo, err))
		return -1;
	git_oid_cpy(&entry.id, blob);
	set_stat_if_same(&entry, change);
	if (settle_racy(repo, rel) < 0 || clear_path(repo->index, rel) < 0 ||
	    git_index_add(repo->index, &entry) < 0 || git_index_write(repo->index) < 0)
		return repo_err_git(err, SX_ECANTWRITE, "git repository %s: write the index",
				    repo->workdir);
	return repo_index_set_time(staged, &before, err);
}

int repo_index_publish(struct repo *repo, struct sx_err *err)
{
	SX_FREE char *staged = repo_scratch_path(repo, "index");
	SX_FREE char *path = sx_path_join(repo->gitdir, "index");

	repo_index_drop(repo);
	if (rename(staged, path))
		return sx_err_sys(err, SX_ECANTWRITE, "rename %s to %s", staged, path);
	return 0;
}
