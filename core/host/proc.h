/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Run xl as a child that the terminal and the shell cannot tell from xl itself: same process
 * group, stdio inherited, no descriptor of ours, signals and job control passed on.
 */
#pragma once

#include "base/err.h"
#include "base/str.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A process that cannot be mistaken for a later one with the same pid. */
struct proc_id {
	pid_t pid;
	uint64_t start; /* field 22 of /proc/PID/stat, in clock ticks since boot */
};

/*
 * Run `path` with argv (argv[0] included), wait, and set *status_out to its waitpid(2) status.
 * `started`, unless NULL, is called in the parent while the child waits before its exec, and can
 * record the id; if it fails (-1), the child does not run. SX_EFAIL when it cannot be started.
 * While it waits: SIGINT and SIGQUIT are ignored here (the terminal sends them to xl too); SIGTERM,
 * SIGHUP, SIGUSR1/2, SIGWINCH sent to us are forwarded; SIGTSTP stops both, SIGCONT continues both.
 * Signal dispositions and mask of the child are those we were started with.
 */
int proc_run(const char *path, char *const argv[],
	     int (*started)(const struct proc_id *id, void *arg, struct sx_err *err), void *arg,
	     int *status_out, struct sx_err *err) SX_MUST;
/* The same for another program; the child first calls `become`, and runs it if that returns 0. */
int proc_run_as(int (*become)(void), const char *path, char *const argv[], int *status_out,
		struct sx_err *err) SX_MUST;
/* One of several programs that run side by side. */
struct proc_child {
	char *const *argv; /* argv[0] included, NULL-terminated */
	int out; /* descriptor for its standard output; 0: ours */
	pid_t pid; /* set by proc_run_all */
	bool ended; /* false: it still runs */
	int status; /* from waitpid(2), once it has ended */
};

/*
 * Run `path` once for each child, all at once, and wait for all to end, wait_ms at most (0: no
 * limit); those that still run then are left running. SIGTERM and SIGHUP sent to us are passed on;
 * the terminal's keys reach the children directly. SX_EFAIL when one cannot be started: then those
 * before it are waited for.
 */
int proc_run_all(const char *path, struct proc_child *all, size_t count, unsigned wait_ms,
		 struct sx_err *err) SX_MUST;
/*
 * From here on, exceeding the file size limit (ulimit -f) is an error that can be reported, not the
 * end of this process (SIGXFSZ). proc_leave_limits undoes that: proc_run does so in the child, the
 * caller before an exec.
 */
void proc_meet_limits(void);
void proc_leave_limits(void);
/*
 * Block the signals that ask this process to end or stop; sigprocmask(2) with the mask from
 * `before` lets them in again.
 */
void proc_hold_signals(sigset_t *before);
/* Work for a child process; see proc_ask. */
struct proc_ask {
	uid_t uid; /* with whose rights, if we are root */
	gid_t gid;
	int (*work)(int answer, void *arg); /* writes to `answer`; 0: done */
	void *arg;
	unsigned wait_ms; /* how long it may take */
	size_t max_bytes; /* how long the answer may be */
};

/*
 * Do work that may hang or grow, such as reading others' files, in a child with their rights and
 * limits of time and memory. Appends what it wrote to `out`; false when it failed.
 */
bool proc_ask(const struct proc_ask *ask, struct sx_str *out) SX_MUST;
/* An additional program, such as a hook; see proc_run_aside. */
struct proc_aside {
	char *path;
	char *const *environment;
	unsigned wait_ms; /* how long it may take */
};

enum proc_aside_end {
	PROC_ENDED, /* by itself; the status says how */
	PROC_LATE, /* it took too long, and was ended */
	PROC_INTERRUPTED, /* we were asked to end (Ctrl-C), and ended it instead */
};

/*
 * Run a program without arguments and wait for it. It gets a session of its own, the directory /,
 * /dev/null as input, our standard error for all output, and no other descriptor. *status is its
 * waitpid(2) status. SX_EFAIL when it cannot be started.
 */
int proc_run_aside(const struct proc_aside *what, enum proc_aside_end *end, int *status,
		   struct sx_err *err) SX_MUST;
/*
 * Run a system tool to its end, with /dev/null as input and LC_ALL=C. What it prints is appended to
 * `out` and `said` (stderr). *status is its waitpid(2) status. SX_EFAIL when it cannot be started.
 */
int proc_tool(const char *path, char *const argv[], struct sx_str *out, struct sx_str *said,
	      int *status, struct sx_err *err) SX_MUST;
/* End this process the way a child with this waitpid(2) status ended: exit status or signal. */
SX_NORETURN void proc_exit_like(int status);
/* The id of a running process; false when there is none. */
bool proc_identify(pid_t pid, struct proc_id *out);
/* Wait (pidfd) until that very process has ended, at most wait_ms; true when it has. */
bool proc_await(const struct proc_id *id, unsigned wait_ms);
/* /proc/sys/kernel/random/boot_id as a heap string, "" when unknown. */
char *proc_boot_id(void);
