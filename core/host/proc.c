/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Run xl as a child: see proc.h. The parent changes no signal's disposition but SIGCHLD's. It
 * blocks every signal that can be blocked and takes them one by one, so that none gets lost or
 * strikes in the middle of something.
 */
#include "host/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define EXIT_NOT_STARTED 127

/* A running child, and what to restore when it has ended. */
struct run {
	pid_t pid;
	sigset_t taken; /* the signals we wait for */
	sigset_t mask; /* to restore */
	struct sigaction sigchld; /* to restore */
	int go[2]; /* a byte: exec now; end of file: do not */
	int failed[2]; /* errno of a failed exec */
	int (*become)(void); /* called before the exec, or NULL */
};

static void set_limit_signal(int how)
{
	const struct timespec now = { 0 };
	sigset_t one;

	sigemptyset(&one);
	sigaddset(&one, SIGXFSZ);
	while (how == SIG_UNBLOCK && sigtimedwait(&one, NULL, &now) > 0)
		;
	sigprocmask(how, &one, NULL);
}

void proc_meet_limits(void)
{
	set_limit_signal(SIG_BLOCK);
}

void proc_leave_limits(void)
{
	set_limit_signal(SIG_UNBLOCK);
}

void proc_hold_signals(sigset_t *before)
{
	static const int held[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < SX_COUNT(held); i++)
		sigaddset(&set, held[i]);
	sigprocmask(SIG_BLOCK, &set, before);
}

/* Faults of our own must still end us; SIGKILL and SIGSTOP cannot be blocked. */
static void signals_take(struct run *r)
{
	static const int own[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT };
	struct sigaction child = { .sa_handler = SIG_DFL };

	sigfillset(&r->taken);
	for (size_t i = 0; i < SX_COUNT(own); i++)
		sigdelset(&r->taken, own[i]);
	sigprocmask(SIG_BLOCK, &r->taken, &r->mask);
	/* With SIGCHLD ignored, the kernel would discard the child's status. */
	sigaction(SIGCHLD, &child, &r->sigchld);
}

/*
 * The kernel sends signals of the terminal's keys to every process of the group itself. But SIGHUP
 * of a line that was cut goes only to the leader of the session, which can be us.
 */
static bool is_for_child(int sig, const siginfo_t *info)
{
	return info->si_code <= 0 || sig == SIGHUP;
}

/*
 * Of the signals still pending, those of the terminal were for xl: drop them. One that a process
 * sent and nobody took is for us: it strikes when the mask is restored.
 */
static void signals_give_back(struct run *r)
{
	const struct timespec now = { 0 };
	sigset_t left = r->taken;
	siginfo_t info;
	int sig;

	while ((sig = sigtimedwait(&left, &info, &now)) > 0) {
		if (sig == SIGCHLD || !is_for_child(sig, &info))
			continue;
		sigdelset(&left, sig);
		raise(sig);
	}
	sigaction(SIGCHLD, &r->sigchld, NULL);
	sigprocmask(SIG_SETMASK, &r->mask, NULL);
}

static SX_NORETURN void child_main(struct run *r, const char *path, char *const argv[])
{
	char byte;
	int failure;
	ssize_t n;

	/* With this copy of the writing end open, the parent's end would go unnoticed. */
	close(r->go[1]);
	do
		n = read(r->go[0], &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(EXIT_NOT_STARTED);
	sigaction(SIGCHLD, &r->sigchld, NULL);
	sigprocmask(SIG_SETMASK, &r->mask, NULL);
	proc_leave_limits();
	if (!r->become || r->become() == 0)
		execv(path, argv);
	failure = errno;
	n = write(r->failed[1], &failure, sizeof(failure));
	_exit(EXIT_NOT_STARTED);
}

static int child_start(struct run *r, const char *path, char *const argv[], struct sx_err *err)
{
	if (pipe2(r->go, O_CLOEXEC) || pipe2(r->failed, O_CLOEXEC))
		return sx_err_sys(err, SX_EFAIL, "cannot run %s: pipe", path);
	r->pid = fork();
	if (r->pid < 0)
		return sx_err_sys(err, SX_EFAIL, "cannot run %s: fork", path);
	if (r->pid == 0)
		child_main(r, path, argv);
	close(r->failed[1]);
	r->failed[1] = -1;
	return 0;
}

static void run_close(struct run *r)
{
	sx_cleanup_close(&r->go[0]);
	sx_cleanup_close(&r->go[1]);
	sx_cleanup_close(&r->failed[0]);
	sx_cleanup_close(&r->failed[1]);
}

/* What the child did since we last asked: CLD_STOPPED, CLD_CONTINUED, or 0 for nothing. */
static int child_news(const struct run *r)
{
	siginfo_t info = { 0 };

	if (waitid(P_PID, (id_t)r->pid, &info, WSTOPPED | WCONTINUED | WNOHANG) || !info.si_pid)
		return 0;
	return info.si_code;
}

/*
 * Stop by `sig`, which stopped the child, until someone continues us; false when the child has been
 * continued in the meantime. The order matters: a SIGCONT to the group before the raise shows in
 * the child, one after it cancels the pending signal.
 */
static bool stand_still(struct run *r, int sig)
{
	const struct timespec now = { 0 };
	sigset_t one, cont;

	sigemptyset(&one);
	sigaddset(&one, sig);
	sigemptyset(&cont);
	sigaddset(&cont, SIGCONT);
	raise(sig);
	if (sig != SIGSTOP) {
		if (child_news(r) == CLD_CONTINUED) {
			sigtimedwait(&one, NULL, &now);
			return false;
		}
		sigprocmask(SIG_UNBLOCK, &one, NULL);
		sigprocmask(SIG_BLOCK, &one, NULL);
	}
	sigtimedwait(&cont, NULL, &now);
	return true;
}

/* When xl stops, the shell must see a stopped job; when that continues, xl must go on. */
static void follow_stop(struct run *r, int sig)
{
	struct sigaction stop = { .sa_handler = SIG_DFL }, was;
	int news = 0;

	if (sig != SIGSTOP)
		sigaction(sig, &stop, &was);
	do {
		if (!stand_still(r, sig))
			break;
		news = child_news(r);
		if (!news)
			kill(r->pid, SIGCONT);
	} while (news == CLD_STOPPED);
	if (sig != SIGSTOP)
		sigaction(sig, &was, NULL);
}

/* True when the child has ended; a lost child (someone else waited for it) ends as failed. */
static bool child_ended(struct run *r, int *status)
{
	for (;;) {
		pid_t pid = waitpid(r->pid, status, WNOHANG | WUNTRACED);

		if (pid < 0 && errno == EINTR)
			continue;
		if (pid < 0) {
			*status = W_EXITCODE(EXIT_FAILURE, 0);
			return true;
		}
		if (pid == 0)
			return false;
		if (!WIFSTOPPED(*status))
			return true;
		follow_stop(r, WSTOPSIG(*status));
	}
}

static int child_wait(struct run *r)
{
	int status = 0;

	while (!child_ended(r, &status)) {
		siginfo_t info;
		int sig = sigwaitinfo(&r->taken, &info);

		if (sig > 0 && sig != SIGCHLD && is_for_child(sig, &info) && info.si_pid != r->pid)
			kill(r->pid, sig);
	}
	return status;
}

/* Let the child run, or end unrun (go false), and wait. -1: it never ran, and err says why. */
static int child_finish(struct run *r, const char *path, bool go, int *status_out,
			struct sx_err *err)
{
	int failure = 0;

	/* Our own reading end is still open, so that a killed child causes no EPIPE. */
	if (go && write(r->go[1], "", 1) != 1) {
		sx_err_sys(err, SX_EFAIL, "cannot run %s: write", path);
		go = false;
	}
	close(r->go[1]);
	r->go[1] = -1;
	*status_out = child_wait(r);
	if (!go)
		return -1;
	if (read(r->failed[0], &failure, sizeof(failure)) != sizeof(failure))
		return 0;
	errno = failure;
	return sx_err_sys(err, SX_EFAIL, "cannot run %s", path);
}

static int run(struct run *r, const char *path, char *const argv[],
	       int (*started)(const struct proc_id *id, void *arg, struct sx_err *err), void *arg,
	       int *status_out, struct sx_err *err)
{
	struct proc_id id;
	int result, status = 0;

	fflush(stdout); /* our output comes before xl's */
	signals_take(r);
	result = child_start(r, path, argv, err);
	if (result == 0) {
		bool go = !started;

		id.pid = r->pid;
		if (started && !proc_identify(r->pid, &id))
			sx_err_set(err, SX_EFAIL, "cannot run %s: its process cannot be read",
				   path);
		else if (started)
			go = started(&id, arg, err) == 0;
		result = child_finish(r, path, go, &status, err);
	}
	run_close(r);
	signals_give_back(r);
	if (result == 0)
		*status_out = status;
	return result;
}

int proc_run(const char *path, char *const argv[],
	     int (*started)(const struct proc_id *id, void *arg, struct sx_err *err), void *arg,
	     int *status_out, struct sx_err *err)
{
	struct run r = { .go = { -1, -1 }, .failed = { -1, -1 } };

	return run(&r, path, argv, started, arg, status_out, err);
}

int proc_run_as(int (*become)(void), const char *path, char *const argv[], int *status_out,
		struct sx_err *err)
{
	struct run r = { .go = { -1, -1 }, .failed = { -1, -1 }, .become = become };

	return run(&r, path, argv, NULL, NULL, status_out, err);
}

void proc_exit_like(int status)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t one;
	int sig;

	fflush(NULL);
	/* Not exit(3): cmd/watch.c reports that as a library that gave up. */
	if (!WIFSIGNALED(status))
		_exit(WEXITSTATUS(status));
	sig = WTERMSIG(status);
	/* No core file of ours: if one was wanted, xl has left it. */
	prctl(PR_SET_DUMPABLE, 0);
	sigaction(sig, &dfl, NULL);
	sigemptyset(&one);
	sigaddset(&one, sig);
	raise(sig);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	/* Still here: the first process of a container does not die of its own signals. */
	_exit(128 + sig);
}
