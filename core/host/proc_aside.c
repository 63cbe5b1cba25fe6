/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running an additional program with a time limit: see proc.h. */
#include "base/clock.h"
#include "host/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

/* the wait after SIGTERM, and again after SIGKILL */
enum { grace_ms = 2000 };

#define EXIT_NOT_STARTED 127

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

struct aside {
	pid_t pid;
	sigset_t taken; /* SIGCHLD, and those that ask us to end */
	sigset_t mask; /* to restore */
	struct sigaction sigchld; /* to restore */
};

/* Signals that were ignored when we were started stay ignored. */
static void signals_take(struct aside *a)
{
	struct sigaction child = { .sa_handler = SIG_DFL }, now;

	sigemptyset(&a->taken);
	sigaddset(&a->taken, SIGCHLD);
	for (size_t i = 0; i < SX_COUNT(ending); i++)
		if (sigaction(ending[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaddset(&a->taken, ending[i]);
	sigprocmask(SIG_BLOCK, &a->taken, &a->mask);
	/* With SIGCHLD ignored, the kernel would discard the child's status. */
	sigaction(SIGCHLD, &child, &a->sigchld);
}

static void signals_give_back(const struct aside *a)
{
	const struct timespec now = { 0 };
	sigset_t one;

	sigemptyset(&one);
	sigaddset(&one, SIGCHLD);
	while (sigtimedwait(&one, NULL, &now) > 0)
		;
	sigaction(SIGCHLD, &a->sigchld, NULL);
	sigprocmask(SIG_SETMASK, &a->mask, NULL);
}

/* A session of its own: the terminal's keys do not reach it, and it cannot ask the user. */
static SX_NORETURN void child_main(const struct aside *a, const struct proc_aside *what, int failed)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int failure;

	setsid();
	if (null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 &&
	    dup3(failed, STDERR_FILENO + 1, O_CLOEXEC) >= 0 && chdir("/") == 0) {
		failed = STDERR_FILENO + 1;
		close_range((unsigned)failed + 1, ~0U, 0);
		sigprocmask(SIG_SETMASK, &a->mask, NULL);
		proc_leave_limits();
		execve(what->path, (char *[]){ what->path, NULL }, what->environment);
	}
	failure = errno;
	_exit(write(failed, &failure, sizeof(failure)) < 0 ? EXIT_FAILURE : EXIT_NOT_STARTED);
}

/* Signal its whole process group, or the child alone if it has none yet. */
static void send(const struct aside *a, int sig)
{
	if (kill(-a->pid, sig))
		kill(a->pid, sig);
}

/* Wait up to wait_ms. True: it has ended. *sig: the signal that asked us to end, 0: none. */
static bool wait_for(const struct aside *a, unsigned wait_ms, int *status, int *sig)
{
	const int64_t end = sx_now_ms() + wait_ms;

	for (*sig = 0; !*sig;) {
		int64_t left = end - sx_now_ms();
		struct timespec most = { .tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000 };
		pid_t pid = waitpid(a->pid, status, WNOHANG);
		int got;

		if (pid)
			return pid > 0 || errno != EINTR;
		if (left <= 0)
			return false;
		got = sigtimedwait(&a->taken, NULL, &most);
		*sig = got > 0 && got != SIGCHLD ? got : 0;
	}
	return false;
}

static enum proc_aside_end wait_for_end(const struct aside *a, unsigned wait_ms, int *status)
{
	int sig, ignored;

	*status = W_EXITCODE(EXIT_FAILURE, 0);
	if (wait_for(a, wait_ms, status, &sig))
		return PROC_ENDED;
	send(a, SIGTERM);
	if (!wait_for(a, grace_ms, status, &ignored)) {
		send(a, SIGKILL);
		/* Stuck in the kernel (its file server is gone), it is left to die when it can. */
		(void)wait_for(a, grace_ms, status, &ignored);
	}
	return sig ? PROC_INTERRUPTED : PROC_LATE;
}

int proc_run_aside(const struct proc_aside *what, enum proc_aside_end *end, int *status,
		   struct sx_err *err)
{
	struct aside a = { 0 };
	int failed[2], failure = 0;
	bool started;

	if (pipe2(failed, O_CLOEXEC))
		return sx_err_sys(err, SX_EFAIL, "cannot run %s: pipe", what->path);
	fflush(NULL); /* our output comes before its own */
	signals_take(&a);
	a.pid = fork();
	if (a.pid == 0)
		child_main(&a, what, failed[1]);
	close(failed[1]);
	started = a.pid > 0 && read(failed[0], &failure, sizeof(failure)) != sizeof(failure);
	if (a.pid > 0)
		*end = wait_for_end(&a, started ? what->wait_ms : grace_ms, status);
	close(failed[0]);
	signals_give_back(&a);
	if (started)
		return 0;
	errno = failure ? failure : errno;
	return sx_err_sys(err, SX_EFAIL, "cannot run %s", what->path);
}
