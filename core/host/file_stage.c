/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Staging a new version beside a file: creating it, filling it, giving it what the old one has, and
 * removing it when nobody wants it. file_replace.c puts it in place. See file.h.
 */
#include "base/num.h"
#include "base/path.h"
#include "host/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>

#define STAGE_MARK ".safexl-"
#define STAGE_TRIES 1000u

/*
 * Lock a file just created. False: another process' sweep, which found it in the moment before, has
 * removed it or is about to. On a file system without locks, the pid alone protects it.
 */
static bool stage_hold(int fd)
{
	struct stat st;

	if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		return false;
	return fstat(fd, &st) == 0 && st.st_nlink > 0;
}

/* How a staged version's name begins; short enough for NAME_MAX, whatever the file's name. */
static char *stage_stem(const char *path)
{
	SX_FREE char *dir = sx_path_dir(path);
	SX_FREE char *base = sx_path_base(path);

	return sx_format("%s/.%.200s" STAGE_MARK, strcmp(dir, "/") == 0 ? "" : dir, base);
}

/* Create the n-th file whose name begins with `stem`; -1 with errno. */
static int stage_create(const char *stem, unsigned n, struct file_staged *out)
{
	SX_FREE char *temp = sx_format("%s%ld-x%u", stem, (long)getpid(), n);
	SX_CLOSE int fd = open(temp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	out->temp = sx_steal(&temp);
	/* 0 means "none", and a message could be written into a file opened as 1 or 2. */
	out->fd = fd > STDERR_FILENO ? fd : fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (fd > STDERR_FILENO)
		fd = -1;
	return out->fd < 0 ? -1 : 0;
}

int file_stage_open(const char *path, struct file_staged *out, struct sx_err *err)
{
	SX_FREE char *stem = stage_stem(path);
	SX_FREE char *dir = sx_path_dir(path);

	for (unsigned n = 0; n < STAGE_TRIES; n++) {
		FILE_STAGED made = { 0 };

		if (stage_create(stem, n, &made) == 0) {
			if (!stage_hold(made.fd))
				continue;
			made.target = sx_strdup(path);
			*out = sx_steal(&made);
			return 0;
		}
		if (errno != EEXIST)
			return sx_err_sys(err, SX_ECANTWRITE, "create a file in %s", dir);
	}
	return sx_err_set(err, SX_ECANTWRITE, "no unused name found for a new file in %s", dir);
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

/*
 * Put the inode into the name: after a crash it shows whether this name still means the staged
 * version, or what the exchange brought out.
 */
static int stage_name(struct file_staged *staged)
{
	const char *dash = staged->temp ? strrchr(staged->temp, '-') : NULL;
	size_t stem = dash ? (size_t)(dash + 1 - staged->temp) : 0;
	SX_FREE char *name = NULL;
	struct stat st;

	if (fstat(staged->fd, &st))
		return -1;
	name = sx_format("%.*s%" PRIu64, (int)stem, staged->temp, (uint64_t)st.st_ino);
	if (renameat2(AT_FDCWD, staged->temp, AT_FDCWD, name, RENAME_NOREPLACE) &&
	    (errno != EINVAL || rename(staged->temp, name)))
		return -1;
	sx_put(&staged->temp, sx_steal(&name));
	return 0;
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
	/* The content first: writing clears set-id bits and capabilities. */
	if (file_write_all(made.fd, bytes, len))
		return sx_err_sys(err, SX_ECANTWRITE, "write a new version of %s", old->path);
	if (file_keep_attributes(fd, made.fd, old->path, err))
		return -1;
	if (stage_name(&made))
		return sx_err_sys(err, SX_ECANTWRITE, "write a new version of %s", old->path);
	*out = sx_steal(&made);
	return 0;
}

bool file_staged_name(const char *name, struct file_staged_id *out)
{
	const char *mark = NULL, *dash;
	SX_FREE char *digits = NULL;
	SX_ERR ignored = { 0 };
	uint64_t n;

	for (const char *p = name; name[0] == '.' && (p = strstr(p + 1, STAGE_MARK));)
		mark = p + strlen(STAGE_MARK);
	dash = mark ? strchr(mark, '-') : NULL;
	if (!dash)
		return false;
	digits = sx_strndup(mark, (size_t)(dash - mark));
	if (sx_num_parse(digits, 1, INT_MAX, &n, &ignored))
		return false;
	out->pid = (pid_t)n;
	out->named = dash[1] != 'x';
	if (sx_num_parse(dash + 1 + !out->named, 0, UINT64_MAX, &n, &ignored))
		return false;
	out->ino = (ino_t)n;
	return true;
}

bool file_is_staged_of(const char *path, const char *temp)
{
	SX_FREE char *stem = stage_stem(path);
	SX_FREE char *base = sx_path_base(temp);
	struct file_staged_id id;

	return sx_starts_with(temp, stem) && file_staged_name(base, &id) &&
	       !strchr(temp + strlen(stem), '/');
}

/*
 * Nobody holds it (flock), no process has the pid (pids of another container do not show here), and
 * it is still what was staged, not what an exchange brought out.
 */
static bool staged_is_stale(int dir, const char *name)
{
	struct file_staged_id id;
	SX_CLOSE int fd = -1;
	struct stat st;

	if (!file_staged_name(name, &id) || kill(id.pid, 0) == 0 || errno != ESRCH)
		return false;
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	return fd >= 0 && fstat(fd, &st) == 0 && (!id.named || id.ino == st.st_ino) &&
	       flock(fd, LOCK_EX | LOCK_NB) == 0;
}

size_t file_sweep(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	size_t removed = 0;

	while (d && (entry = readdir(d))) {
		if (staged_is_stale(dirfd(d), entry->d_name) &&
		    unlinkat(dirfd(d), entry->d_name, 0) == 0)
			removed++;
	}
	if (d)
		closedir(d);
	return removed;
}
