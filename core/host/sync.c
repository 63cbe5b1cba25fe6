/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fsync of several files side by side: see sync.h. Each fsync waits until the disk has emptied its
 * cache, 5 to 10 ms on many disks; several that wait at the same time share that (measured on a
 * disk of 7 ms, ext4: ten files 150 ms in a row, 32 ms at once).
 */
#include "host/sync.h"
#include "base/str.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>

/* Enough for fsync, also when a test's preloaded library stands in between. */
#define STACK_BYTES ((size_t)128 * 1024)

struct flush {
	int fd;
	int error;
	bool helped; /* by a thread of its own */
	pthread_t helper;
};

struct flushes {
	SX_VEC_OF(struct flush);
};

static void flushes_dispose(struct flushes *all)
{
	for (size_t i = 0; i < all->len; i++)
		close(all->items[i].fd);
	sx_vec_free(all);
}

static void *flush_one(void *arg)
{
	struct flush *f = arg;

	f->error = fsync(f->fd) ? errno : 0;
	return NULL;
}

/* One that gets no thread is flushed here: that only takes longer. The last never needs one. */
static void flush_all(struct flushes *all)
{
	pthread_attr_t small;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK_BYTES);
	for (size_t i = 0; i + 1 < all->len; i++) {
		struct flush *f = &all->items[i];

		f->helped = pthread_create(&f->helper, &small, flush_one, f) == 0;
	}
	pthread_attr_destroy(&small);
	for (size_t i = all->len; i-- > 0;) {
		if (!all->items[i].helped)
			flush_one(&all->items[i]);
	}
	for (size_t i = 0; i < all->len; i++) {
		if (all->items[i].helped)
			pthread_join(all->items[i].helper, NULL);
	}
}

/*
 * Signals must reach the thread that expects them. With its first thread glibc also takes signal 33
 * for itself; xl, started later, must find it as we did, and libc's sigaction() does not touch it.
 */
static void flush_undisturbed(struct flushes *all)
{
	const int glibcs_own = 33;
	unsigned long action[8];
	sigset_t every, before;

	sigfillset(&every);
	pthread_sigmask(SIG_SETMASK, &every, &before);
	syscall(SYS_rt_sigaction, glibcs_own, NULL, action, NSIG / 8);
	flush_all(all);
	syscall(SYS_rt_sigaction, glibcs_own, action, NULL, NSIG / 8);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

int sync_paths(char *const *paths, struct sx_err *err)
{
	SX_CLEANUP(flushes_dispose) struct flushes all = { 0 };

	for (size_t i = 0; paths[i]; i++) {
		struct flush f = { .fd = open(paths[i], O_RDONLY | O_CLOEXEC) };

		if (f.fd < 0)
			return sx_err_sys(err, SX_ECANTWRITE, "write %s to disk", paths[i]);
		sx_vec_push(&all, f);
	}
	flush_undisturbed(&all);
	for (size_t i = 0; i < all.len; i++) {
		errno = all.items[i].error;
		if (errno)
			return sx_err_sys(err, SX_ECANTWRITE, "write %s to disk", paths[i]);
	}
	return 0;
}
