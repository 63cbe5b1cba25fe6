/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs the shell's commands as processes. On a terminal each has its own process group and gets the
 * terminal, so that keys signal only the command; a stopped one is kept and can continue. In a
 * script, or at a terminal that we cannot give away, commands share our group. Signals stay blocked
 * and are fetched one by one: nothing runs in a handler.
 */
#include "shell.h"

#include "base/num.h"
#include "host/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>

#define EXIT_SIGNALED 128
#define STOPS_MAX 100

static void take_signals(struct shell_jobs *jobs)
{
	static const int both[] = { SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGCHLD };
	static const int at_terminal[] = { SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH };

	sigemptyset(&jobs->taken);
	for (size_t i = 0; i < SX_COUNT(both); i++)
		sigaddset(&jobs->taken, both[i]);
	for (size_t i = 0; jobs->terminal && i < SX_COUNT(at_terminal); i++)
		sigaddset(&jobs->taken, at_terminal[i]);
}

/*
 * If started in the background, stop until brought to the foreground. If nothing stops us (no shell
 * is left, or SIGTTIN is ignored), go on without the terminal.
 */
static bool get_foreground(struct shell_jobs *jobs)
{
	pid_t owner = tcgetpgrp(jobs->tty);

	for (int i = 0; i < STOPS_MAX && owner >= 0 && owner != jobs->group; i++) {
		kill(0, SIGTTIN);
		owner = tcgetpgrp(jobs->tty);
	}
	return owner == jobs->group;
}

void shell_jobs_start(struct shell_jobs *jobs, bool terminal)
{
	struct sigaction child = { .sa_handler = SIG_DFL };

	jobs->tty = STDIN_FILENO;
	jobs->group = getpgrp();
	jobs->session = terminal;
	jobs->terminal = terminal && get_foreground(jobs);
	take_signals(jobs);
	/* If SIGCHLD was inherited as ignored, the kernel would discard every exit status. */
	sigaction(SIGCHLD, &child, &jobs->sigchld);
	sigprocmask(SIG_BLOCK, jobs->session ? &jobs->taken : NULL, &jobs->mask);
	if (jobs->terminal)
		tcgetattr(jobs->tty, &jobs->mode);
}

static void job_dispose(struct shell_job *job)
{
	free(job->text);
}

static void forget(struct shell_jobs *jobs, size_t i)
{
	job_dispose(&jobs->items[i]);
	memmove(&jobs->items[i], &jobs->items[i + 1], (jobs->len - i - 1) * sizeof(jobs->items[0]));
	jobs->len--;
}

void shell_jobs_end(struct shell_jobs *jobs)
{
	for (size_t i = 0; i < jobs->len; i++) {
		if (jobs->items[i].stopped) {
			kill(-jobs->items[i].pid, SIGHUP);
			kill(-jobs->items[i].pid, SIGCONT);
		}
		job_dispose(&jobs->items[i]);
	}
	sx_vec_free(jobs);
	sigaction(SIGCHLD, &jobs->sigchld, NULL);
	sigprocmask(SIG_SETMASK, &jobs->mask, NULL);
}

static void give_terminal(const struct shell_jobs *jobs, pid_t group)
{
	if (jobs->terminal)
		tcsetpgrp(jobs->tty, group);
}

/* ---- waiting ---- */

/*
 * Pass on SIGHUP, and signals that a process sent us: those of keys reach the command directly.
 * Returns SIGHUP or SIGTERM, which end us too; else 0.
 */
static int pass_signal(const struct shell_jobs *jobs, pid_t pid)
{
	siginfo_t info;
	int sig = sigwaitinfo(&jobs->taken, &info);
	pid_t target = jobs->terminal ? -pid : pid;

	if (sig != SIGHUP && sig != SIGTERM &&
	    (jobs->terminal || (sig != SIGINT && sig != SIGQUIT)))
		return 0;
	if (info.si_code > 0 && sig != SIGHUP)
		return 0;
	kill(target, sig);
	if (jobs->terminal)
		kill(target, SIGCONT);
	return sig == SIGHUP || sig == SIGTERM ? sig : 0;
}

/* Wait until the command ends or (on a terminal) stops. *last: SIGHUP or SIGTERM for us as well. */
static int await(const struct shell_jobs *jobs, pid_t pid, int *last)
{
	int status = 0;

	*last = 0;
	for (;;) {
		pid_t r = waitpid(pid, &status, WNOHANG | (jobs->terminal ? WUNTRACED : 0));
		int sig;

		if (r == pid)
			return status;
		if (r < 0 && errno != EINTR)
			return W_EXITCODE(EXIT_FAILURE, 0);
		sig = r == 0 ? pass_signal(jobs, pid) : 0;
		*last = sig ? sig : *last;
	}
}

static void say(const char *what, size_t number, const struct shell_job *job, const char *hint)
{
	sx_print(stderr, "safexl: [%zu] %s: %pS%s\n", number, what, job->text, hint);
}

static int tell_status(const struct shell_jobs *jobs, int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	if (jobs->session && WTERMSIG(status) == SIGINT)
		fputc('\n', stderr);
	else if (jobs->session && WTERMSIG(status) != SIGPIPE)
		fprintf(stderr, "safexl: ended by signal %d (%s)\n", WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	return EXIT_SIGNALED + WTERMSIG(status);
}

/* Wait for the foreground job, then take the terminal back. Takes ownership of the job. */
static int run_to_end(struct shell_jobs *jobs, struct shell_job *job)
{
	int last, status = await(jobs, job->pid, &last);

	give_terminal(jobs, jobs->group);
	if (jobs->terminal && WIFSTOPPED(status)) {
		tcgetattr(jobs->tty, &job->mode);
		job->stopped = true;
	} else if (jobs->terminal && WIFEXITED(status) && job->text[0] == '!') {
		/* Keep what the user's own stty has set. */
		tcgetattr(jobs->tty, &jobs->mode);
	}
	if (jobs->terminal)
		tcsetattr(jobs->tty, TCSADRAIN, &jobs->mode);
	if (last) {
		shell_jobs_end(jobs);
		proc_exit_like(W_EXITCODE(0, last));
	}
	if (job->stopped) {
		fputc('\n', stderr);
		say("stopped", jobs->len + 1, job, " - 'fg' continues it");
		status = EXIT_SIGNALED + WSTOPSIG(status);
		sx_vec_push(jobs, sx_steal(job));
		return status;
	}
	job_dispose(job);
	/* A script ends with the command that the user interrupted. */
	if (!jobs->session && WIFSIGNALED(status) &&
	    (WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGQUIT))
		proc_exit_like(status);
	return tell_status(jobs, status);
}

/* ---- starting ---- */

static SX_NORETURN void child_main(const struct shell_jobs *jobs, int (*child)(void *arg),
				   void *arg)
{
	int status;

	if (jobs->terminal) {
		setpgid(0, 0);
		tcsetpgrp(jobs->tty, getpid());
	} else if (!jobs->session) {
		/* The command must not read the rest of the script. */
		int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

		if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
			_exit(SHELL_NOT_FOUND);
	}
	sigaction(SIGCHLD, &jobs->sigchld, NULL);
	sigprocmask(SIG_SETMASK, &jobs->mask, NULL);
	status = child(arg);
	if (fflush(stdout) || ferror(stdout)) {
		SX_ERR err = { 0 };

		sx_err_sys(&err, SX_EFAIL, "cannot write to standard output");
		sx_err_print(&err);
		status = status ? status : EXIT_FAILURE;
	}
	_exit(status);
}

/* In a script: drop SIGINT and SIGQUIT, meant for the command; unblock the others, which end us. */
static void leave_signals(const struct shell_jobs *jobs)
{
	const struct timespec now = { 0 };
	sigset_t keys;

	sigemptyset(&keys);
	sigaddset(&keys, SIGINT);
	sigaddset(&keys, SIGQUIT);
	while (sigtimedwait(&keys, NULL, &now) > 0)
		;
	sigprocmask(SIG_SETMASK, &jobs->mask, NULL);
}

int shell_run(struct shell_jobs *jobs, int (*child)(void *arg), void *arg, const char *text)
{
	struct shell_job job = { 0 };
	SX_ERR err = { 0 };
	int status;

	fflush(NULL);
	sigprocmask(SIG_BLOCK, &jobs->taken, NULL);
	job.pid = fork();
	if (job.pid == 0)
		child_main(jobs, child, arg);
	if (job.pid < 0) {
		sx_err_sys(&err, SX_EFAIL, "cannot run %s: fork", text);
		sx_err_print(&err);
		status = EXIT_FAILURE;
	} else {
		job.text = sx_strdup(text);
		/* Parent and child both do this: the group exists, whichever runs first. */
		if (jobs->terminal)
			setpgid(job.pid, job.pid);
		give_terminal(jobs, job.pid);
		status = run_to_end(jobs, &job);
	}
	if (!jobs->session)
		leave_signals(jobs);
	return status;
}

/* ---- stopped and background jobs ---- */

/* The job of this number in `jobs`, with or without %; NULL or %: the last. */
static int find_job(const struct shell_jobs *jobs, const char *word, size_t *index,
		    struct sx_err *err)
{
	uint64_t number = jobs->len;

	if (!jobs->len)
		return sx_err_set(err, SX_EFAIL, "no command is stopped");
	if (word && !sx_streq(word, "%") &&
	    sx_num_parse(word + (*word == '%'), 1, jobs->len, &number, err)) {
		sx_err_wrap(err, "no such command");
		return sx_err_hint(err, "those there are: jobs");
	}
	*index = (size_t)number - 1;
	return 0;
}

int shell_resume(struct shell_jobs *jobs, const char *word, bool foreground, int *status,
		 struct sx_err *err)
{
	struct shell_job job;
	size_t i = 0;

	if (find_job(jobs, word, &i, err))
		return -1;
	*status = EXIT_SUCCESS;
	jobs->items[i].stopped = false;
	if (!foreground) {
		say("goes on", i + 1, &jobs->items[i], "");
		kill(-jobs->items[i].pid, SIGCONT);
		return 0;
	}
	job = sx_steal(&jobs->items[i]);
	forget(jobs, i);
	sx_print(stderr, "%pS\n", job.text);
	tcsetattr(jobs->tty, TCSADRAIN, &job.mode);
	give_terminal(jobs, job.pid);
	kill(-job.pid, SIGCONT);
	*status = run_to_end(jobs, &job);
	return 0;
}

void shell_jobs_print(const struct shell_jobs *jobs)
{
	for (size_t i = 0; i < jobs->len; i++) {
		sx_print(stdout, "[%zu] %s  %pS\n", i + 1,
			 jobs->items[i].stopped ? "stopped" : "running", jobs->items[i].text);
	}
}

bool shell_jobs_reap(struct shell_jobs *jobs, const char *before)
{
	bool said = false;

	for (size_t i = 0; i < jobs->len;) {
		struct shell_job *job = &jobs->items[i];
		int status;

		if (waitpid(job->pid, &status, WNOHANG | WUNTRACED) != job->pid) {
			i++;
			continue;
		}
		if (!said)
			fputs(before, stderr);
		said = true;
		if (WIFSTOPPED(status)) {
			job->stopped = true;
			say("stopped", i + 1, job, " - 'fg' continues it");
			i++;
		} else {
			say(WIFEXITED(status) && WEXITSTATUS(status) == 0 ? "done" : "failed",
			    i + 1, job, "");
			forget(jobs, i);
		}
	}
	return said;
}

size_t shell_jobs_stopped(const struct shell_jobs *jobs)
{
	size_t n = 0;

	for (size_t i = 0; i < jobs->len; i++)
		n += jobs->items[i].stopped;
	return n;
}
