/*
 * The scratch directory of a commit, .git/safexl-PID.XXXXXX: what is not yet in place. It holds
 *   owner    "safexl PID START", linked to the names of git's locks while we hold them
 *   reserve  room on disk, kept while xl runs
 *   objects  where libgit2 writes new objects (as git's own receive-pack quarantines them)
 *   index, ref  the next index and the next value of the branch
 * One that a killed safexl left is removed by the next one.
 */
#include "repo_private.h"

#include <safexl/num.h>
#include <safexl/path.h>
#include <safexl/proc.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>

#define SCRATCH_PREFIX "safexl-"
/* zlib's fastest: a tree is mostly ids, which no level makes smaller. */
#define COMPRESSION_LEVEL 1

#define SX_CLOSEDIR SX_CLEANUP(cleanup_dir) DIR

static void cleanup_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* The next name in a directory apart from "." and ".."; NULL at the end. */
static const char *next_name(DIR *dir)
{
	struct dirent *entry;

	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			return entry->d_name;
	}
	return NULL;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	(void)remove(path);
	return 0;
}

void repo_remove_tree(const char *dir)
{
	(void)nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int repo_sync(const char *path, struct sx_err *err)
{
	SX_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd))
		return sx_err_sys(err, SX_ECANTWRITE, "fsync %s", path);
	return 0;
}

char *repo_owner_text(void)
{
	struct proc_id self = { 0 };

	if (!proc_identify(getpid(), &self))
		self.pid = getpid();
	return sx_format("%ld %" PRIu64, (long)self.pid, self.start);
}

bool repo_owner_alive(const char *text)
{
	SX_ERR err = { 0 };
	size_t len = strcspn(text, " ");
	SX_FREE char *pid_text = sx_strndup(text, len);
	struct proc_id now;
	uint64_t pid, start = 0;

	if (sx_num_parse(pid_text, 1, INT32_MAX, &pid, &err) || !proc_identify((pid_t)pid, &now))
		return false;
	return text[len] != ' ' || sx_num_parse(text + len + 1, 0, UINT64_MAX, &start, &err) ||
	       start == 0 || start == now.start;
}

char *repo_scratch_path(const struct repo *repo, const char *name)
{
	return sx_path_join(repo->scratch, name);
}

/* Whether the process that made this scratch directory is gone. */
static bool is_abandoned(const char *dir, const char *name)
{
	char text[128];
	SX_FREE char *path = sx_path_join(dir, "owner");
	SX_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	/* Killed before it wrote all of its name: the directory's has the pid at least. */
	if (n <= 0 || text[n - 1] != '\n') {
		const char *pid = name + strlen(SCRATCH_PREFIX);
		SX_FREE char *owner = sx_strndup(pid, strcspn(pid, "."));

		return !repo_owner_alive(owner);
	}
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return sx_starts_with(text, "safexl ") && !repo_owner_alive(text + strlen("safexl "));
}

void repo_scratch_sweep(const struct repo *repo)
{
	SX_CLOSEDIR *dir = opendir(repo->gitdir);
	const char *name;

	while (dir && (name = next_name(dir))) {
		SX_FREE char *path = sx_path_join(repo->gitdir, name);

		if (sx_starts_with(name, SCRATCH_PREFIX) && is_abandoned(path, name))
			repo_remove_tree(path);
	}
}

static int write_owner(const struct repo *repo, struct sx_err *err)
{
	SX_FREE char *path = repo_scratch_path(repo, "owner");
	SX_FREE char *owner = repo_owner_text();
	SX_FREE char *text = sx_format("safexl %s\n", owner);
	SX_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	size_t len = strlen(text);

	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		return sx_err_sys(err, SX_ECANTWRITE, "write %s", path);
	return 0;
}

/*
 * A store of its own for new objects. It does not look whether the repository has one already: that
 * would cost a search, and an object that a crash has left torn there is replaced by a whole one.
 */
static int open_fresh(struct repo *repo, const char *objects, struct sx_err *err)
{
	git_odb_backend *backend = NULL;

	if (git_odb_new(&repo->fresh) < 0 ||
	    git_odb_backend_loose(&backend, objects, COMPRESSION_LEVEL, 0, 0, 0) < 0 ||
	    git_odb_add_backend(repo->fresh, backend, 1) < 0)
		return repo_err_git(err, SX_EFAIL, "git repository %s: objects", repo->workdir);
	return 0;
}

int repo_scratch_open(struct repo *repo, struct sx_err *err)
{
	SX_FREE char *objects = NULL;

	if (repo->scratch_made)
		return 0;
	repo_scratch_sweep(repo);
	if (!repo->scratch) {
		SX_FREE char *name =
			sx_format("%s/" SCRATCH_PREFIX "%ld.XXXXXX", repo->gitdir, (long)getpid());

		if (!mkdtemp(name))
			return sx_err_sys(err, SX_ECANTWRITE, "git repository %s: write to %s",
					  repo->workdir, repo->gitdir);
		repo->scratch = sx_steal(&name);
	} else if (mkdir(repo->scratch, 0700)) {
		return sx_err_sys(err, SX_ECANTWRITE, "git repository %s: write to %s",
				  repo->workdir, repo->gitdir);
	}
	repo->scratch_made = true;
	objects = repo_scratch_path(repo, "objects");
	if (mkdir(objects, 0700))
		return sx_err_sys(err, SX_ECANTWRITE, "create directory %s", objects);
	if (write_owner(repo, err))
		return -1;
	return open_fresh(repo, objects, err);
}

void repo_scratch_close(struct repo *repo)
{
	if (!repo->scratch_made)
		return;
	git_odb_free(repo->fresh);
	repo->fresh = NULL;
	repo_remove_tree(repo->scratch);
	repo->scratch_made = false;
}

int repo_scratch_reserve(struct repo *repo, size_t bytes, struct sx_err *err)
{
	SX_FREE char *path = repo_scratch_path(repo, "reserve");
	SX_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return sx_err_sys(err, SX_ECANTWRITE, "create %s", path);
	errno = posix_fallocate(fd, 0, (off_t)bytes);
	if (errno) {
		sx_err_sys(err, SX_ECANTWRITE, "no room for %zu KiB in %s", (bytes + 1023) / 1024,
			   repo->gitdir);
		repo_scratch_unreserve(repo);
		return -1;
	}
	return 0;
}

void repo_scratch_unreserve(struct repo *repo)
{
	SX_FREE char *path = repo->scratch ? repo_scratch_path(repo, "reserve") : NULL;

	if (path)
		unlink(path);
}

int repo_object_write(struct repo *repo, git_odb *where, git_object_t type, const char *bytes,
		      size_t len, git_oid *out, struct sx_err *err)
{
	REPO_ODB *own = NULL;

	if ((!where && git_repository_odb(&own, repo->git) < 0) ||
	    git_odb_write(out, where ? where : own, bytes, len, type) < 0)
		return repo_err_git(err, SX_ECANTWRITE, "git repository %s: write an object",
				    repo->workdir);
	return 0;
}

/* The files "xx/yyyy" that libgit2 put into the quarantine. */
static int list_objects(const char *objects, struct sx_words *out, struct sx_err *err)
{
	SX_CLOSEDIR *top = opendir(objects);
	const char *fan, *rest;

	if (!top)
		return sx_err_sys(err, SX_ECANTWRITE, "read directory %s", objects);
	while ((fan = next_name(top))) {
		SX_FREE char *path = sx_path_join(objects, fan);
		SX_CLOSEDIR *dir = strlen(fan) == 2 ? opendir(path) : NULL;

		while (dir && (rest = next_name(dir)))
			sx_words_give(out, sx_format("%s/%s", fan, rest));
	}
	return 0;
}

/* Rename one object into place; *made_dir tells that its directory is new. */
static int move_object(const char *from_dir, const char *to_dir, const char *object, bool *made_dir,
		       struct sx_err *err)
{
	SX_FREE char *from = sx_path_join(from_dir, object);
	SX_FREE char *to = sx_path_join(to_dir, object);
	SX_FREE char *dir = sx_path_dir(to);

	if (rename(from, to) == 0)
		return 0;
	if (errno != ENOENT || (mkdir(dir, 0777) && errno != EEXIST) || rename(from, to))
		return sx_err_sys(err, SX_ECANTWRITE, "rename %s to %s", from, to);
	*made_dir = true;
	return 0;
}

/* The directories that a move of these objects has changed. */
static void add_object_dirs(const char *to, const struct sx_words *objects, bool made_dir,
			    struct sx_words *out)
{
	for (size_t i = 0; i < objects->len; i++) {
		SX_FREE char *path = sx_path_join(to, objects->items[i]);

		sx_words_give(out, sx_path_dir(path));
	}
	if (made_dir)
		sx_words_add(out, to);
}

/*
 * The order is what makes it safe: contents reach the disk before their names do, and both before
 * anything refers to them. What has no order among itself is synced side by side.
 */
int repo_scratch_publish(struct repo *repo, struct sx_err *err)
{
	SX_FREE char *from = repo_scratch_path(repo, "objects");
	SX_FREE char *to = sx_path_join(repo->commondir, "objects");
	SX_WORDS objects = { 0 }, staged = { 0 }, dirs = { 0 };
	bool made_dir = false;

	if (list_objects(from, &objects, err))
		return -1;
	for (size_t i = 0; i < objects.len; i++)
		sx_words_give(&staged, sx_path_join(from, objects.items[i]));
	sx_words_give(&staged, repo_scratch_path(repo, "index"));
	sx_words_give(&staged, repo_scratch_path(repo, "ref"));
	if (sync_paths(sx_words_argv(&staged), err))
		return -1;
	for (size_t i = 0; i < objects.len; i++) {
		if (move_object(from, to, objects.items[i], &made_dir, err))
			return -1;
	}
	add_object_dirs(to, &objects, made_dir, &dirs);
	return sync_paths(sx_words_argv(&dirs), err);
}
