/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The shell: `safexl` without a command. Reads lines, splits them as a shell does, and runs each
 * as a safexl of its own, so that nothing is kept from one to the next. Private to cmd/shell*.c.
 */
#pragma once

#include "base/candidate.h"

#include <safexl/command.h>

#include <signal.h>
#include <sys/types.h>
#include <termios.h>

/* ---- words: shell_words.c ---- */

/*
 * Take one command off *text, as a POSIX shell reads words: blanks, quotes, backslashes, comments;
 * nothing is expanded. *text moves behind it (its newline included), *lines counts the newlines.
 * *open: it ends within quotes or behind a backslash, so that another line may go on with it.
 * SX_EUSAGE: an unquoted character that a shell acts on.
 */
int shell_take_command(const char **text, struct sx_words *words, size_t *lines, bool *open,
		       struct sx_err *err) SX_MUST;

/* ---- jobs: shell_job.c ---- */

/* A command that was stopped, or goes on in the background. */
struct shell_job {
	pid_t pid; /* and its process group */
	char *text; /* as typed */
	bool stopped;
	struct termios mode; /* of the terminal when it was stopped */
};

/* The process: terminal, signals, what runs. */
struct shell_jobs {
	SX_VEC_OF(struct shell_job);
	bool session; /* a person types: signals stay blocked between commands, and are taken */
	bool terminal; /* commands get process groups of their own, and the terminal */
	int tty;
	pid_t group; /* ours */
	sigset_t taken; /* signals that are waited for, never delivered */
	sigset_t mask; /* as it was when we were started: commands get it back */
	struct sigaction sigchld; /* likewise */
	struct termios mode; /* of the terminal, ours */
};

/* Become the foreground process, and take the signals. Without a terminal only the masks are kept. */
void shell_jobs_start(struct shell_jobs *jobs, bool terminal);
/* What is left is hung up; the signals are as before. */
void shell_jobs_end(struct shell_jobs *jobs);
#define SHELL_NOT_FOUND 127 /* the status of a program that cannot be run */
/*
 * Run a command in the foreground until it ends or is stopped: `child` is called in a process of
 * its own, and becomes the program, or returns the status. `text` tells it in lists. Returns the
 * status as a shell tells it (128 + signal).
 */
int shell_run(struct shell_jobs *jobs, int (*child)(void *arg), void *arg, const char *text);
/* Go on with a job, NULL: the last one, in the foreground or the background. SX_EFAIL: none. */
int shell_resume(struct shell_jobs *jobs, const char *word, bool foreground, int *status,
		 struct sx_err *err) SX_MUST;
void shell_jobs_print(const struct shell_jobs *jobs);
/* Note, and say, which jobs ended or stopped meanwhile; `before` goes before that. False: none. */
bool shell_jobs_reap(struct shell_jobs *jobs, const char *before);
size_t shell_jobs_stopped(const struct shell_jobs *jobs);

/* ---- history: shell_history.c ---- */

#define SHELL_HISTORY_MAX 1000

/* Lines typed, oldest first, none twice. */
struct shell_history {
	struct sx_words lines;
	char *path; /* of the file; NULL: none can be kept */
};

/* Read the file, made with its directories (0700) and mode 0600. What fails is only noted in err. */
int shell_history_load(struct shell_history *h, struct sx_err *err) SX_MUST;
/* Add a line; one that begins with a blank, or holds a newline, is not written to the file. */
void shell_history_add(struct shell_history *h, const char *line);
/* Forget all of it, in the file too. */
int shell_history_clear(struct shell_history *h, struct sx_err *err) SX_MUST;
/* Bring the file, with what other shells added, down to the newest lines. */
void shell_history_close(struct shell_history *h);

/* ---- one line from the person: shell_line.c, alone with readline ---- */

enum shell_read {
	SHELL_READ_LINE,
	SHELL_READ_END, /* Ctrl-D, or the terminal is gone */
	SHELL_READ_DROPPED, /* Ctrl-C */
	SHELL_READ_SIGNAL, /* SIGHUP or SIGTERM: *sig */
};

struct shell;
struct shell_editor;

/* Prepare readline: inputrc is read, the locale is the person's. NULL when it cannot be. */
struct shell_editor *shell_editor_start(struct shell *sh);
void shell_editor_end(struct shell_editor *e);
/* What the arrows go through. */
void shell_editor_history(const struct sx_words *lines);
/* *line (heap) with SHELL_READ_LINE only. */
enum shell_read shell_editor_read(struct shell_editor *e, const char *prompt, char **line,
				  int *sig);

/* ---- what is said: shell_prompt.c ---- */

/* The line at the start: what this is, and what works here. Heap string. */
char *shell_banner(const struct shell *sh);
/* Host, the options all commands get, and what needs attention. Heap string. */
char *shell_prompt(struct shell *sh);

/* ---- the session: shell.c, shell_builtin.c ---- */

struct shell {
	const struct sx_invocation *inv;
	struct sx_words self; /* the program, and the options for every command */
	bool interactive;
	bool stop_on_error;
	bool leaving;
	size_t line; /* where the command begins, in a script */
	size_t commands; /* how many were run */
	size_t warned_at; /* which of them was warned of stopped commands, when asked to leave */
	size_t half_done; /* changes, as last seen */
	int status; /* of the last command */
	int failed; /* of the last one that failed */
	char *host;
	char *old_dir; /* for cd - */
	struct shell_jobs jobs;
	struct shell_history history;
};

/* One of the shell's own commands. */
struct shell_builtin {
	const char *name;
	const char *usage;
	const char *summary;
	int (*run)(struct shell *sh, struct sx_words *words, struct sx_err *err);
};

/* The program itself: where it lies, or, once replaced there, the one that runs. */
const char *shell_self_path(const struct shell *sh);
/* Lines of hints, notes and scripts can be pasted with the program's name in front. */
void shell_drop_own_name(struct sx_words *words);

/* ---- completion: shell_complete.c ---- */

struct command_line;

/* What the last word can become; false: only names of files are known to fit. */
bool shell_complete(const struct shell *sh, struct command_line *line, struct candidates *out);
/* The shell's own commands that begin with the word. */
void shell_builtin_offer(const char *word, struct candidates *out);

/* Returns the status, -1 with an error; *found false: the word is none of the shell's own. */
int shell_builtin_run(struct shell *sh, struct sx_words *words, bool *found, struct sx_err *err);
/* Run a command of safexl with these words, as from the command line. */
int shell_run_safexl(struct shell *sh, const struct sx_words *words);
/* What stands behind `!`, through $SHELL. */
int shell_run_escape(struct shell *sh, const char *command);
