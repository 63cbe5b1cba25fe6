/*
 * The new version of a file, beside the old one: created, filled, given what the old one has, and
 * swept away when nobody wants it any more. Putting it in place is in file_replace.c. See file.h.
 */
#include <safexl/file.h>
#include <safexl/num.h>
#include <safexl/path.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>

#define STAGE_MARK ".safexl-"
#define STAGE_TRIES 1000u

/*
 * Lock a file just created. False when a sweep of another process, which may have met the file in
 * the moment before, has removed it. No locks on this file system: the pid alone protects it.
 */
static bool stage_hold(int fd)
{
	struct stat st;

	if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		return false;
	return fstat(fd, &st) == 0 && st.st_nlink > 0;
}

/* Create the n-th name beside `path`; -1 with errno. */
static int stage_create(const char *dir, const char *base, unsigned n, struct file_staged *out)
{
	/* The name must fit into NAME_MAX, also when that of the file just does. */
	SX_FREE char *temp = sx_format("%s/.%.200s" STAGE_MARK "%ld-%u",
				       strcmp(dir, "/") == 0 ? "" : dir, base, (long)getpid(), n);
	SX_CLOSE int fd = open(temp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	out->temp = sx_steal(&temp);
	/* 0 means "none", and into one opened as 1 or 2 a message could be written. */
	out->fd = fd > STDERR_FILENO ? fd : fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (fd > STDERR_FILENO)
		fd = -1;
	return out->fd < 0 ? -1 : 0;
}

int file_stage_open(const char *path, struct file_staged *out, struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(path);
	SX_FREE char *base = sx_path_base(path);

	for (unsigned n = 0; n < STAGE_TRIES; n++) {
		FILE_STAGED made = { 0 };

		if (stage_create(dir, base, n, &made) == 0) {
			if (!stage_hold(made.fd))
				continue;
			made.target = sx_strdup(path);
			*out = sx_steal(&made);
			return 0;
		}
		if (errno != EEXIST)
			return sx_err_sys(err, SX_ECANTWRITE, "create a file in %s", dir);
	}
	return sx_err_set(err, SX_ECANTWRITE, "no name left for a new file in %s", dir);
}

void file_unstage(struct file_staged *staged)
{
	if (staged->temp)
		unlink(staged->temp);
	if (staged->fd > 0)
		close(staged->fd);
	free(staged->target);
	free(staged->temp);
	*staged = (struct file_staged){ 0 };
}

int file_stage(const struct file_image *old, const char *bytes, size_t len, struct file_staged *out,
	       struct sx_err *err)
{
	FILE_STAGED made = { 0 };
	SX_CLOSE int fd = -1;

	fd = open(old->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
	if (fd < 0 && errno != ENOENT && errno != ELOOP)
		return sx_err_sys(err, SX_ECANTWRITE, "open %s", old->path);
	if (fd < 0 || !file_same(old))
		return sx_err_set(err, SX_ECHANGED, "%s was changed by another program", old->path);
	if (file_check_replaceable(old->path, fd, err) || file_stage_open(old->path, &made, err))
		return -1;
	/* The content first: writing takes set-id bits and capabilities away again. */
	if (file_write_all(made.fd, bytes, len))
		return sx_err_sys(err, SX_ECANTWRITE, "write a new version of %s", old->path);
	if (file_keep_attributes(fd, made.fd, old->path, err))
		return -1;
	if (fsync(made.fd))
		return sx_err_sys(err, SX_ECANTWRITE, "write a new version of %s", old->path);
	*out = sx_steal(&made);
	return 0;
}

/* The pid in ".NAME.safexl-PID-N"; 0 when the name is not of that form. */
static pid_t staged_by(const char *name)
{
	const char *mark = NULL, *dash;
	uint64_t pid, n;
	SX_FREE char *digits = NULL;
	SX_ERR ignored = { 0 };

	for (const char *p = name; name[0] == '.' && (p = strstr(p + 1, STAGE_MARK));)
		mark = p;
	dash = mark ? strrchr(mark, '-') : NULL;
	if (!mark || dash < mark + strlen(STAGE_MARK))
		return 0;
	mark += strlen(STAGE_MARK);
	digits = sx_strndup(mark, (size_t)(dash - mark));
	if (sx_num_parse(digits, 1, INT_MAX, &pid, &ignored) ||
	    sx_num_parse(dash + 1, 0, STAGE_TRIES, &n, &ignored))
		return 0;
	return (pid_t)pid;
}

/* Nobody holds it (flock), and no process has the pid: a container's pids are not ours. */
static bool staged_is_stale(int dir, const char *name, pid_t pid)
{
	SX_CLOSE int fd = -1;

	if (kill(pid, 0) == 0 || errno != ESRCH)
		return false;
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
}

size_t file_sweep(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	size_t removed = 0;

	while (d && (entry = readdir(d))) {
		pid_t pid = staged_by(entry->d_name);

		if (pid && staged_is_stale(dirfd(d), entry->d_name, pid) &&
		    unlinkat(dirfd(d), entry->d_name, 0) == 0)
			removed++;
	}
	if (d)
		closedir(d);
	return removed;
}
