/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Locks of git itself (index.lock, HEAD.lock, refs/heads/NAME.lock), taken as git takes them: by
 * creating a file that must not exist. Ours is a symbolic link to "safexl PID START": it exists
 * with that text or not at all, even after a power cut, which tells a lock that a killed safexl
 * left from one of git. host/lock.c has the locks between running safexls.
 */
#include "base/num.h"
#include "base/path.h"
#include "git/private.h"
#include "host/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

#define WAIT_MS 2000
#define LOOK_MS 10
/* An older lock will not go away soon: an editor open in "git commit", or a killed git. */
#define PASSING_AGE_S 10
#define OWNER_PREFIX "safexl "

/* The safexl that has the lock, heap string; NULL: the lock is absent, or not a safexl's. */
static char *lock_owner(const struct repo_lock *lock)
{
	char text[128];
	ssize_t n = readlinkat(lock->dir, lock->name, text, sizeof(text) - 1);

	if (n <= 0)
		return NULL;
	text[n] = '\0';
	return sx_starts_with(text, OWNER_PREFIX) ? sx_strdup(text + strlen(OWNER_PREFIX)) : NULL;
}

static void add_age(struct sx_str *s, const struct stat *st)
{
	long seconds = (long)(time(NULL) - st->st_mtime);

	if (seconds < 120)
		sx_str_addf(s, "%ld seconds", seconds < 0 ? 0 : seconds);
	else if (seconds < 120 * 60)
		sx_str_addf(s, "%ld minutes", seconds / 60);
	else if (seconds < 48 * 3600)
		sx_str_addf(s, "%ld hours", seconds / 3600);
	else
		sx_str_addf(s, "%ld days", seconds / 86400);
}

static int err_locked(const char *path, const struct repo_lock *lock, struct sx_err *err)
{
	SX_STR age = { 0 };
	struct stat st;

	if (fstatat(lock->dir, lock->name, &st, AT_SYMLINK_NOFOLLOW))
		sx_str_add(&age, "some time");
	else
		add_age(&age, &st);
	sx_err_set(err, SX_ELOCKED, "git is at work, or was killed: %s is there for %s", path,
		   sx_str_text(&age));
	return sx_err_hint(err, "if no git runs there: rm %pQ", path);
}

/* The caller holds the repository lock, so no other safexl removes a dead one's lock meanwhile. */
static void remove_dead(const struct repo_lock *lock)
{
	SX_FREE char *owner = lock_owner(lock);

	if (owner && !repo_owner_alive(owner))
		unlinkat(lock->dir, lock->name, 0);
}

/* Take the lock; 1: somebody holds it. */
static int try_take(const struct repo_lock *lock, const char *path, struct sx_err *err)
{
	SX_FREE char *self = repo_owner_text();
	SX_FREE char *text = sx_format(OWNER_PREFIX "%s", self);

	remove_dead(lock);
	if (symlinkat(text, lock->dir, lock->name) == 0)
		return 0;
	return errno == EEXIST ? 1 : sx_err_sys(err, SX_ECANTWRITE, "lock %s", path);
}

/*
 * 1: git has it. A safexl's does not count: try_take removes a dead one's, a living one has the
 * repository lock.
 */
static int try_look(const struct repo_lock *lock)
{
	SX_FREE char *owner = lock_owner(lock);
	struct stat st;

	return !owner && fstatat(lock->dir, lock->name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool is_passing(const struct repo_lock *lock)
{
	struct stat st;

	return fstatat(lock->dir, lock->name, &st, AT_SYMLINK_NOFOLLOW) ||
	       time(NULL) - st.st_mtime <= PASSING_AGE_S;
}

/* Wait until it is free, WAIT_MS at most; not at all for an old lock. */
static int await(const struct repo_lock *lock, const char *path, bool take, struct sx_err *err)
{
	const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000L };

	for (int waited = 0;; waited += LOOK_MS) {
		int r = take ? try_take(lock, path, err) : try_look(lock);

		if (r != 1)
			return r;
		if (waited >= WAIT_MS || !is_passing(lock))
			return err_locked(path, lock, err);
		nanosleep(&pause, NULL);
	}
}

static void lock_dispose(struct repo_lock *lock)
{
	if (lock->name && lock->dir >= 0)
		close(lock->dir);
	free(lock->name);
	*lock = (struct repo_lock){ 0 };
}

/* Find a file's lock; `made`: create its directory, which git removes when it packs refs. */
static int lock_place(const struct repo_dir *base, const char *file, bool *made,
		      struct repo_lock *out, struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(file), *name = sx_path_base(file);

	*out = (struct repo_lock){ .dir = -1, .name = sx_format("%s.lock", name) };
	return repo_dir_open(base, dir, made, &out->dir, err);
}

int repo_lock_await(const struct repo_dir *base, const char *file, struct sx_err *err)
{
	SX_CLEANUP(lock_dispose) struct repo_lock lock = { 0 };
	SX_FREE char *path = sx_format("%s/%s.lock", base->path, file);

	if (lock_place(base, file, NULL, &lock, err) == 0)
		return await(&lock, path, false, err);
	if (err->sys_errno != ENOENT)
		return -1;
	/* Where there is no directory, there is no lock. */
	sx_err_clear(err);
	return 0;
}

int repo_lock_take(const struct repo_dir *base, const char *file, struct repo_locks *locks,
		   struct sx_err *err)
{
	SX_CLEANUP(lock_dispose) struct repo_lock lock = { 0 };
	SX_FREE char *path = sx_format("%s/%s.lock", base->path, file);
	bool made = false;

	if (lock_place(base, file, &made, &lock, err) || await(&lock, path, true, err))
		return -1;
	sx_vec_push(locks, sx_steal(&lock));
	return 0;
}

void repo_lock_sweep(const struct repo_dir *base, const char *file)
{
	SX_CLEANUP(lock_dispose) struct repo_lock lock = { 0 };
	SX_ERR ignored = { 0 };

	if (lock_place(base, file, NULL, &lock, &ignored) == 0)
		remove_dead(&lock);
}

void repo_locks_release(struct repo_locks *locks)
{
	while (locks->len) {
		struct repo_lock *last = &locks->items[--locks->len];

		unlinkat(last->dir, last->name, 0);
		lock_dispose(last);
	}
	sx_vec_free(locks);
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
