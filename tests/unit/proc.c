/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Running a child: its status, its descriptors and signals, what happens when it cannot start;
 * and naming processes. `proc --run PROGRAM ARGUMENT...` runs one and ends like it, for the tests
 * that need a terminal (tests/flow/proxy_tty.sh).
 */
#include "tap.h"

#include "base/vec.h"
#include "host/proc.h"
#include "host/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

#define LONG_MS 30000

/* Three words (the last may be NULL) as an argv; borrowed from `w`. */
static char **words(struct sx_words *w, const char *a, const char *b, const char *c)
{
	sx_words_add(w, a);
	if (b)
		sx_words_add(w, b);
	if (c)
		sx_words_add(w, c);
	return sx_words_argv(w);
}

/* Run a shell script by proc_run; its waitpid status. */
static int run_script(const char *script)
{
	SX_WORDS w = { 0 };
	char **argv = words(&w, "sh", "-c", script);
	SX_ERR err = { 0 };
	int status = -1;

	if (proc_run("/bin/sh", argv, NULL, NULL, &status, &err))
		printf("# %s\n", err.msg);
	return status;
}

/* Run in a child of our own and give that child's status: for what changes or ends a process. */
static int run_apart(void (*body)(void *arg), void *arg)
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		body(arg);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return status;
}

static void check_statuses(struct tap *t)
{
	static const int signals[] = { SIGHUP,	SIGINT,	 SIGQUIT, SIGABRT, SIGKILL,
				       SIGSEGV, SIGPIPE, SIGALRM, SIGTERM, SIGUSR1 };
	struct rlimit none = { 0 };
	bool good = true;

	/* The children shall leave no core files behind. */
	setrlimit(RLIMIT_CORE, &none);
	for (int i = 0; i < 256; i++) {
		SX_FREE char *script = sx_format("exit %d", i);
		int status = run_script(script);

		good &= WIFEXITED(status) && WEXITSTATUS(status) == i;
	}
	tap_ok(t, good, "each exit status comes back");
	for (size_t i = 0; i < SX_COUNT(signals); i++) {
		SX_FREE char *script = sx_format("kill -%d $$", signals[i]);
		SX_FREE char *what = sx_format("death by SIG%s", sigabbrev_np(signals[i]));
		int status;

		/* nohup(1), and shells for what runs in the background, have some ignored. */
		signal(signals[i], SIG_DFL);
		status = run_script(script);
		tap_ok(t, WIFSIGNALED(status) && WTERMSIG(status) == signals[i], what);
	}
}

static void end_like(void *arg)
{
	proc_exit_like(*(int *)arg);
}

static void end_like_with_all_blocked(void *arg)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	signal(SIGTERM, SIG_IGN);
	proc_exit_like(*(int *)arg);
}

static void check_exit_like(struct tap *t)
{
	bool good = true;
	int status;

	for (int sig = 1; sig < 32; sig++) {
		if (strchr((const char[]){ SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU,
					   SIGURG, SIGWINCH, 0 },
			   sig))
			continue;
		status = run_apart(end_like, &sig);
		if (!WIFSIGNALED(status) || WTERMSIG(status) != sig || WCOREDUMP(status)) {
			good = false;
			printf("# signal %d: status %x\n", sig, (unsigned)status);
		}
	}
	tap_ok(t, good, "ending like a killed child: the same signal, no core file");
	status = run_apart(end_like_with_all_blocked, &(int){ SIGTERM });
	tap_ok(t, WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM,
	       "also when the signal was blocked and ignored");
	status = run_apart(end_like, &(int){ W_EXITCODE(250, 0) });
	tap_is_num(t, WEXITSTATUS(status), 250, "ending like a child that exited");
}

static void check_not_started(struct tap *t)
{
	SX_WORDS w = { 0 };
	char **argv = words(&w, "nothing", NULL, NULL);
	SX_ERR err = { 0 };
	int status = 4711;

	tap_ok(t,
	       proc_run("/nonexistent/xl", argv, NULL, NULL, &status, &err) == -1 &&
		       err.code == SX_EFAIL && err.sys_errno == ENOENT && status == 4711,
	       "a program that is not there");
	tap_is(t, err.msg, "cannot run /nonexistent/xl: No such file or directory",
	       "and the reason");
	tap_ok(t, proc_run("/", argv, NULL, NULL, &status, &err) == -1,
	       "a directory is no program");
	tap_is_num(t, waitpid(-1, &status, WNOHANG), -1, "no child is left behind");
}

/* What the callback saw, and what it shall answer. */
struct callback {
	struct proc_id id;
	char file[64];
	bool ran_before, refuse;
};

static int note_started(const struct proc_id *id, void *arg, struct sx_err *err)
{
	struct callback *c = arg;
	struct proc_id again;

	c->id = *id;
	c->ran_before = access(c->file, F_OK) == 0 || !proc_identify(id->pid, &again) ||
			again.start != id->start;
	return c->refuse ? sx_err_set(err, SX_ELOCKED, "refused") : 0;
}

static void check_callback(struct tap *t)
{
	struct callback c = { .file = "/tmp/safexl-proc-XXXXXX" };
	SX_FREE char *script = NULL;
	SX_WORDS w = { 0 };
	char **argv;
	SX_ERR err = { 0 };
	int status = -1, fd = mkstemp(c.file);

	close(fd);
	unlink(c.file);
	script = sx_format("echo $$ >%s", c.file);
	argv = words(&w, "sh", "-c", script);
	c.refuse = true;
	tap_ok(t,
	       proc_run("/bin/sh", argv, note_started, &c, &status, &err) == -1 &&
		       err.code == SX_ELOCKED,
	       "the callback's refusal comes back");
	tap_ok(t, access(c.file, F_OK) != 0, "and the program never ran");
	c.refuse = false;
	tap_ok(t,
	       proc_run("/bin/sh", argv, note_started, &c, &status, &err) == 0 && status == 0 &&
		       !c.ran_before,
	       "the callback comes before the program runs");
	tap_ok(t, access(c.file, F_OK) == 0, "which then runs");
	tap_ok(t, proc_await(&c.id, 0), "and is known to have ended");
	unlink(c.file);
}

/* This very program as the child, in one of the roles below; the status it ends with. */
static int run_role(const char *role)
{
	SX_WORDS w = { 0 };
	char **argv = words(&w, "proc", role, NULL);
	SX_ERR err = { 0 };
	int status = -1;

	if (proc_run("/proc/self/exe", argv, NULL, NULL, &status, &err))
		printf("# %s\n", err.msg);
	return WEXITSTATUS(status);
}

static bool same_signals(const sigset_t *a, const sigset_t *b)
{
	bool same = true;

	for (int sig = 1; sig < NSIG; sig++)
		same &= sigismember(a, sig) == sigismember(b, sig);
	return same;
}

static int role_signals(void)
{
	static const int ignored[] = { SIGHUP, SIGCHLD };
	sigset_t mask, expected;
	struct sigaction action;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	sigemptyset(&expected);
	sigaddset(&expected, SIGUSR2);
	if (!same_signals(&mask, &expected))
		return 1;
	for (int sig = 1; sig < 32; sig++) {
		bool ignore = sig == ignored[0] || sig == ignored[1];

		if (sigaction(sig, NULL, &action) == 0 && (action.sa_handler == SIG_IGN) != ignore)
			return 2;
	}
	return 0;
}

static int role_descriptors(void)
{
	for (int fd = 0; fd < 4096; fd++)
		if ((fcntl(fd, F_GETFD) >= 0) != (fd < 3 || fd == 7))
			return 1;
	return 0;
}

static void inherit_signals(void *arg)
{
	sigset_t some, now;
	struct sigaction hup, chld;
	int status;

	(void)arg;
	for (int sig = 1; sig < 32; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&some);
	sigaddset(&some, SIGUSR2);
	sigprocmask(SIG_SETMASK, &some, NULL);
	signal(SIGHUP, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	status = run_role("--signals");
	sigprocmask(SIG_SETMASK, NULL, &now);
	sigaction(SIGHUP, NULL, &hup);
	sigaction(SIGCHLD, NULL, &chld);
	if (!same_signals(&now, &some) || hup.sa_handler != SIG_IGN || chld.sa_handler != SIG_IGN)
		status = 9;
	_exit(status);
}

static void inherit_descriptors(void *arg)
{
	(void)arg;
	close_range(3, ~0U, 0);
	/* 7 is the caller's and goes to xl; none of ours may. */
	dup2(STDIN_FILENO, 7);
	_exit(run_role("--descriptors"));
}

static void check_inherited(struct tap *t)
{
	tap_is_num(t, WEXITSTATUS(run_apart(inherit_signals, NULL)), 0,
		   "blocked and ignored signals are inherited, and ours again afterwards");
	tap_is_num(t, WEXITSTATUS(run_apart(inherit_descriptors, NULL)), 0,
		   "the caller's descriptors are inherited, none of ours");
}

static void die_while_started(void *arg)
{
	(void)arg;
	exit(WEXITSTATUS(run_script("trap 'kill $!; exit 33' TERM; sleep 60 & "
				    "(kill -TERM $PPID); wait")));
}

/* A signal of the terminal reaches the group; a timer stands in for it. */
static void kernel_signal(void *arg)
{
	const struct itimerval often = { { 0, 5000 }, { 0, 5000 } };

	(void)arg;
	setitimer(ITIMER_REAL, &often, NULL);
	_exit(WEXITSTATUS(run_script("trap 'exit 1' ALRM; sleep 0.2; exit 44")));
}

static void check_forwarding(struct tap *t)
{
	tap_is_num(t, WEXITSTATUS(run_apart(die_while_started, NULL)), 33,
		   "a signal that a process sends us reaches the child");
	tap_is_num(t, WEXITSTATUS(run_apart(kernel_signal, NULL)), 44,
		   "one of the kernel's does not, and does not end us");
}

static void check_identity(struct tap *t)
{
	struct proc_id id, other;
	pid_t pid;
	int hold[2], status;
	SX_FREE char *boot = proc_boot_id();

	tap_ok(t, proc_identify(getpid(), &id) && id.pid == getpid() && id.start > 0,
	       "this process has an identity");
	tap_ok(t, !proc_await(&id, 0), "and has not ended");
	other = id;
	other.start--;
	tap_ok(t, proc_await(&other, LONG_MS), "an earlier one with its number has");
	tap_ok(t,
	       !proc_identify(0, &other) && !proc_identify(-1, &other) &&
		       !proc_identify(0x3fffffff, &other),
	       "numbers without a process");
	prctl(PR_SET_NAME, "a) Z (b 1 2");
	tap_ok(t, proc_identify(getpid(), &other) && other.start == id.start,
	       "a name that looks like the end of the name");

	if (pipe2(hold, O_CLOEXEC))
		return;
	pid = fork();
	if (pid == 0) {
		close(hold[1]);
		_exit(read(hold[0], &status, 1) == 0 ? 0 : 1);
	}
	close(hold[0]);
	tap_ok(t, proc_identify(pid, &id) && !proc_await(&id, 50), "a child that runs on");
	close(hold[1]);
	tap_ok(t, proc_await(&id, LONG_MS), "and then has ended");
	tap_ok(t, !proc_identify(pid, &other) && proc_await(&id, 0),
	       "also before its parent has waited for it");
	waitpid(pid, &status, 0);
	tap_ok(t, proc_await(&id, 0), "and after that");
	tap_is_num(t, (long)strlen(boot), 36, "the boot has a uuid");
}

static int end_somehow(struct trial *trial, void *arg)
{
	const char *how = arg;

	trial_at(trial, how);
	if (strcmp(how, "exits") == 0)
		exit(3);
	if (strcmp(how, "aborts") == 0)
		abort();
	return 42;
}

static void test_trial(struct tap *t)
{
	static const struct {
		const char *how, *end;
	} cases[] = { { "returns", "exit status 0" },
		      { "exits", "exit status 3" },
		      { "aborts", "signal 6" } };

	for (size_t i = 0; i < SX_COUNT(cases); i++) {
		SX_FREE char *how = sx_strdup(cases[i].how), *end = NULL;
		struct trial trial;
		SX_ERR err = { 0 };

		if (!tap_ok(t, !trial_run(end_somehow, how, &trial, &err), how))
			continue;
		end = trial_end(&trial);
		tap_is(t, end, cases[i].end, "how the child ended");
		tap_is(t, trial.at, how, "what it had in hand");
		tap_is_num(t, trial.done, i == 0, "whether it was done");
		tap_is_num(t, trial.result, i ? 0 : 42, "what it gave back");
	}
}

/* Several at once: each with its own end, and one that is not waited for. */
static void check_all(struct tap *t)
{
	char *const exits[] = { (char[]){ "sh" }, (char[]){ "-c" }, (char[]){ "exit 3" }, NULL };
	char *const dies[] = { (char[]){ "sh" }, (char[]){ "-c" }, (char[]){ "kill -KILL $$" },
			       NULL };
	char *const stays[] = { (char[]){ "sleep" }, (char[]){ "600" }, NULL };
	char *const told[] = { (char[]){ "sh" }, (char[]){ "-c" },
			       (char[]){ "kill -TERM $PPID; exec sleep 600" }, NULL };
	struct proc_child both[] = { { .argv = exits }, { .argv = dies } };
	struct proc_child one = { .argv = stays },
			  passed[] = { { .argv = told }, { .argv = exits } };
	SX_ERR err = { 0 };

	tap_ok(t, !proc_run_all("/bin/sh", both, 2, 0, &err), "two side by side");
	tap_ok(t, both[0].ended && both[0].status == W_EXITCODE(3, 0), "the status of one");
	tap_ok(t, both[1].ended && both[1].status == SIGKILL, "the signal of the other");
	tap_ok(t, !proc_run_all("/bin/sleep", &one, 1, 50, &err), "one that stays too long");
	tap_ok(t, !one.ended && kill(one.pid, SIGKILL) == 0, "is left running");
	waitpid(one.pid, NULL, 0);
	tap_ok(t, !proc_run_all("/bin/sh", passed, 2, 0, &err), "a signal that we are sent");
	tap_ok(t, passed[0].status == SIGTERM, "reaches each");
	tap_ok(t,
	       proc_run_all("/nonexistent/sh", &one, 1, 0, &err) && strstr(err.msg, "cannot run"),
	       "one that cannot be run is an error");
}

int main(int argc, char **argv)
{
	struct tap t = { 0 };

	if (argc > 2 && strcmp(argv[1], "--run") == 0) {
		SX_ERR err = { 0 };
		int status;

		if (proc_run(argv[2], argv + 2, NULL, NULL, &status, &err) == 0)
			proc_exit_like(status);
		fprintf(stderr, "%s\n", err.msg);
		return 99;
	}
	if (argc == 2)
		return strcmp(argv[1], "--signals") == 0 ? role_signals() : role_descriptors();
	check_statuses(&t);
	check_exit_like(&t);
	check_not_started(&t);
	check_callback(&t);
	check_inherited(&t);
	check_forwarding(&t);
	check_identity(&t);
	check_all(&t);
	test_trial(&t);
	return tap_end(&t);
}
