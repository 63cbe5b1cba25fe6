/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several programs side by side: see proc.h. */
#include "base/clock.h"
#include "host/proc.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

/* What to restore when all have ended. */
struct run_all {
	sigset_t taken, mask;
	struct sigaction sigchld;
};

static void signals_take(struct run_all *r)
{
	static const int taken[] = { SIGCHLD, SIGINT, SIGQUIT, SIGTERM, SIGHUP };
	struct sigaction child = { .sa_handler = SIG_DFL };

	sigemptyset(&r->taken);
	for (size_t i = 0; i < SX_COUNT(taken); i++)
		sigaddset(&r->taken, taken[i]);
	sigprocmask(SIG_BLOCK, &r->taken, &r->mask);
	/* With SIGCHLD ignored, the kernel would discard their statuses. */
	sigaction(SIGCHLD, &child, &r->sigchld);
}

static void signals_give_back(const struct run_all *r)
{
	sigaction(SIGCHLD, &r->sigchld, NULL);
	sigprocmask(SIG_SETMASK, &r->mask, NULL);
}

static int start(const struct run_all *r, const char *path, struct proc_child *c,
		 struct sx_err *err)
{
	extern char **environ;
	sigset_t mask = r->mask;
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int failure = posix_spawnattr_init(&attr);

	if (failure == 0) {
		posix_spawn_file_actions_init(&files);
		if (c->out)
			posix_spawn_file_actions_adddup2(&files, c->out, STDOUT_FILENO);
		/* SIGXFSZ ends them again: see proc_meet_limits. */
		sigdelset(&mask, SIGXFSZ);
		posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
		posix_spawnattr_setsigmask(&attr, &mask);
		failure = posix_spawn(&c->pid, path, &files, &attr, c->argv, environ);
		posix_spawn_file_actions_destroy(&files);
		posix_spawnattr_destroy(&attr);
	}
	errno = failure;
	return failure ? sx_err_sys(err, SX_EFAIL, "cannot run %s", path) : 0;
}

/* Record which children have ended; returns how many have not. */
static size_t reap(struct proc_child *all, size_t count)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++) {
		struct proc_child *c = &all[i];
		pid_t pid = c->ended ? 0 : waitpid(c->pid, &c->status, WNOHANG);

		if (pid < 0)
			c->status = W_EXITCODE(EXIT_FAILURE, 0);
		c->ended |= pid != 0;
		left += !c->ended;
	}
	return left;
}

static void pass_on(const struct proc_child *all, size_t count, int sig)
{
	for (size_t i = 0; i < count; i++)
		if (!all[i].ended)
			kill(all[i].pid, sig);
}

static void wait_all(const struct run_all *r, struct proc_child *all, size_t count,
		     unsigned wait_ms)
{
	const int64_t end = sx_now_ms() + wait_ms;
	int64_t left_ms;

	while (reap(all, count) && (left_ms = wait_ms ? end - sx_now_ms() : 3600000) >= 0) {
		struct timespec left = { .tv_sec = left_ms / 1000,
					 .tv_nsec = left_ms % 1000 * 1000000 };
		int sig = sigtimedwait(&r->taken, NULL, &left);

		if (sig == SIGTERM || sig == SIGHUP)
			pass_on(all, count, sig);
	}
}

int proc_run_all(const char *path, struct proc_child *all, size_t count, unsigned wait_ms,
		 struct sx_err *err)
{
	struct run_all r;
	size_t started = 0;

	signals_take(&r);
	while (started < count && start(&r, path, &all[started], err) == 0)
		started++;
	wait_all(&r, all, started, wait_ms);
	signals_give_back(&r);
	return started == count ? 0 : -1;
}
