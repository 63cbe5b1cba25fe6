/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Locks between running safexls: see lock.h. A lock belongs to the open file description (fcntl,
 * F_OFD_SETLK), not to the process: libraries that open and close the same file cannot drop it.
 */
#include "host/lock.h"
#include "base/clock.h"
#include "base/path.h"
#include "base/str.h"
#include "host/alarm.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#define LOCK_NAME_MAX 200
#define LOCK_QUIET_MS 1000u /* a shorter wait is not reported */

/* The file's name: a long one keeps its beginning and gets a digest (FNV-1a) of the whole. */
static char *lock_file_name(const char *name)
{
	SX_FREE char *safe = sx_path_escape(name);
	uint64_t digest = 0xcbf29ce484222325u;

	if (strlen(safe) <= LOCK_NAME_MAX)
		return sx_format("%s.lock", safe);
	for (const char *p = name; *p; p++)
		digest = (digest ^ (unsigned char)*p) * 0x100000001b3u;
	return sx_format("%.*s-%016" PRIx64 ".lock", LOCK_NAME_MAX, safe, digest);
}

/* Somebody else made what is in the way: safexl does not repair it, the hint removes it. */
static int refuse(const char *what, const char *path, struct sx_err *err)
{
	sx_err_set(err, SX_ECANTWRITE,
		   "lock %s %s is not safexl's own: a link, of another user, or open to others",
		   what, path);
	return sx_err_hint(err, "take it away while no safexl runs: rm -r %pQ", path);
}

/* In a directory that all can write to, a lock directory not made by root would lock root out. */
static bool may_make(const char *dir)
{
	SX_FREE char *parent = sx_path_dir(dir);
	struct stat st;

	return geteuid() == 0 || access(dir, F_OK) == 0 || stat(parent, &st) ||
	       st.st_uid == geteuid();
}

/* Normally only root can create anything there; but what exists already may be anybody's. */
static int open_dir(const char *dir, int *out, struct sx_err *err)
{
	SX_CLOSE int fd = -1;
	struct stat st;

	if (!may_make(dir)) {
		errno = EACCES;
		return sx_err_sys(err, SX_ECANTWRITE, "create directory %s", dir);
	}
	if (sx_path_mkdirs(dir, 0700, err))
		return -1;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno != ENOTDIR && errno != ELOOP)
		return sx_err_sys(err, SX_ECANTWRITE, "lock directory %s", dir);
	if (fd < 0 || fstat(fd, &st) || st.st_uid != geteuid() ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)))
		return refuse("directory", dir, err);
	*out = fd;
	fd = -1;
	return 0;
}

/* Whoever can open the file, by any name, can lock it and block us. */
static bool is_ours(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	       !(st.st_mode & (S_IRWXG | S_IRWXO)) && st.st_nlink <= 1;
}

static int open_file(const char *dir, const char *name, int *out, struct sx_err *err)
{
	SX_FREE char *base = lock_file_name(name);
	SX_FREE char *path = sx_path_join(dir, base);
	SX_CLOSE int dir_fd = -1;
	SX_CLOSE int fd = -1;

	if (open_dir(dir, &dir_fd, err))
		return -1;
	fd = openat(dir_fd, base, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	if (fd < 0 && errno != ELOOP && errno != EISDIR)
		return sx_err_sys(err, SX_ECANTWRITE, "lock file %s", path);
	if (fd < 0 || !is_ours(fd))
		return refuse("file", path, err);
	/* 0 means "not held", and a message could be written into a file opened as 1 or 2. */
	*out = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (*out < 0)
		return sx_err_sys(err, SX_ECANTWRITE, "lock file %s", path);
	return 0;
}

/* One fcntl call; -1 with errno (EAGAIN, EACCES: held by another; EINTR). */
static int lock_call(int fd, int how, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };

	return fcntl(fd, how, &lock);
}

/* Wait for the lock until the deadline; -1 with errno, EAGAIN when it has passed. */
static int wait_until(int fd, int64_t deadline)
{
	struct sx_alarm clock = { 0 };
	int64_t left = deadline - sx_now_ms();
	int r;

	if (left <= 0)
		return lock_call(fd, F_OFD_SETLK, F_WRLCK);
	if (alarm_start(&clock, (unsigned)left))
		return -1;
	do {
		r = lock_call(fd, F_OFD_SETLKW, F_WRLCK);
	} while (r && errno == EINTR && sx_now_ms() < deadline);
	if (r && errno == EINTR)
		errno = EAGAIN;
	alarm_stop(&clock);
	return r;
}

/* Who holds it: the first line of the file, made safe to show. Heap string. */
static char *holder_read(int fd)
{
	char text[512];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0 || text[0] == '\n')
		return sx_strdup("unknown process");
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return sx_shown(text);
}

/* Was the file removed meanwhile? Then others create and lock a new one. */
static bool is_gone(int fd)
{
	struct stat st;

	return fstat(fd, &st) || st.st_nlink == 0;
}

/* Did the previous holder end without removing its name? */
static bool holder_left(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_size > 0;
}

/* Name ourselves for those who wait. Failure (no room) does not affect the lock. */
static void holder_write(int fd, const char *command)
{
	SX_STR s = { 0 };
	SX_FREE char *shown = sx_shown(command);
	ssize_t n;

	sx_str_addf(&s, "pid %ld, %.400s\n", (long)getpid(), shown);
	n = pwrite(fd, s.data, s.len, 0);
	if (n >= 0)
		n = ftruncate(fd, n);
}

/* How to wait, for all files that have the lock's name in turn. */
struct patience {
	int64_t start;
	unsigned wait_ms;
	void (*waiting)(const char *holder, void *arg); /* NULL: nobody to tell, or told */
	void *arg;
};

/* Lock an open file in time; -1 with errno, EAGAIN when another still holds it. */
static int take(int fd, struct patience *p)
{
	unsigned quiet_ms = p->wait_ms < LOCK_QUIET_MS ? p->wait_ms : LOCK_QUIET_MS;
	int r = lock_call(fd, F_OFD_SETLK, F_WRLCK);

	if (r && errno == EAGAIN && p->wait_ms)
		r = wait_until(fd, p->start + quiet_ms);
	if (r && errno == EAGAIN && p->wait_ms > quiet_ms) {
		SX_FREE char *holder = holder_read(fd);

		if (p->waiting)
			p->waiting(holder, p->arg);
		p->waiting = NULL;
		r = wait_until(fd, p->start + p->wait_ms);
	}
	return r;
}

/* Report by errno why the lock was not taken. */
static int refuse_held(int fd, const char *name, struct sx_err *err)
{
	SX_FREE char *holder = NULL;

	if (errno != EAGAIN)
		return sx_err_sys(err, SX_ECANTWRITE, "lock '%s'", name);
	holder = holder_read(fd);
	return sx_err_set(err, SX_ELOCKED, "locked by another safexl (%s)", holder);
}

int lock_take(const char *dir, const char *name, const char *command, unsigned wait_ms,
	      void (*waiting)(const char *holder, void *arg), void *arg, struct sx_lock *out,
	      struct sx_err *err)
{
	struct patience patience = { sx_now_ms(), wait_ms, waiting, arg };
	SX_CLOSE int fd = -1;

	do {
		sx_cleanup_close(&fd);
		fd = -1;
		if (open_file(dir, name, &fd, err))
			return -1;
		if (take(fd, &patience))
			return refuse_held(fd, name, err);
	} while (is_gone(fd));
	out->abandoned = holder_left(fd);
	holder_write(fd, command);
	out->fd = fd;
	fd = -1;
	return 0;
}

void lock_release(struct sx_lock *lock)
{
	if (lock->fd > STDERR_FILENO) {
		/* Remove our name: nobody holds the lock any more. */
		int r = ftruncate(lock->fd, 0);

		(void)r;
		/* Closing is not enough while a child between fork and exec shares the lock. */
		lock_call(lock->fd, F_OFD_SETLK, F_UNLCK);
		close(lock->fd);
	}
	lock->fd = -1;
}
