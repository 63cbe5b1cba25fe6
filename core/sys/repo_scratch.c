/*
 * The scratch directory of a commit, .git/safexl-PID.XXXXXX: what is not yet in place. It holds
 *   owner    "safexl PID START", linked to the names of git's locks while we hold them
 *   reserve  room on disk, kept while xl runs
 *   ID       a new object (git's own receive-pack quarantines them as well)
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
		return sx_err_sys(err, SX_ECANTWRITE, "write %s to disk", path);
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

	/* The locks are names of this file: empty after a power cut, they would pass for git's own. */
	if (fd < 0 || write(fd, text, len) != (ssize_t)len || fsync(fd))
		return sx_err_sys(err, SX_ECANTWRITE, "write %s", path);
	return 0;
}

int repo_scratch_open(struct repo *repo, struct sx_err *err)
{
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
	return write_owner(repo, err);
}

void repo_scratch_close(struct repo *repo)
{
	if (!repo->scratch_made)
		return;
	sx_words_dispose(&repo->objects);
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
