/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The shell: `safexl` without a command. Reads lines, splits them like a shell, and runs each as a
 * safexl process of its own, so that no state leaks into the next. Private to cmd/shell*.c.
 */
#pragma once

#include "base/candidate.h"

#include <safexl/command.h>

#include <signal.h>
#include <sys/types.h>
#include <termios.h>

/* ---- words: shell_words.c ---- */

/*
 * Take one command off *text by the rules of a POSIX shell for blanks, quotes, backslashes and
 * comments, and bash's $'...'; nothing is expanded. *text moves past it and its newline, *lines
 * counts newlines. *open: it ends inside quotes or after a backslash, so the next line may continue
 * it. SX_EUSAGE: an unquoted operator, as | or >.
 */
int shell_take_command(const char **text, struct sx_words *words, size_t *lines, bool *open,
		       struct sx_err *err) SX_MUST;

/* ---- jobs: shell_job.c ---- */

/* A command that was stopped, or runs in the background. */
struct shell_job {
	pid_t pid; /* also its process group */
	char *text; /* as typed */
	bool stopped;
	struct termios mode; /* of the terminal when it was stopped */
};

/* The running commands, the terminal and the signals. */
struct shell_jobs {
	SX_VEC_OF(struct shell_job);
	bool session; /* interactive: signals stay blocked and are fetched */
	bool terminal; /* commands get their own process groups and the terminal */
	int tty;
	pid_t group; /* the shell's */
	sigset_t taken; /* signals that we fetch, never deliver */
	sigset_t mask; /* as we inherited it; commands get it back */
	struct sigaction sigchld; /* as we inherited it */
	struct termios mode; /* the shell's terminal mode */
};

/* Become the foreground process and take over the signals. Not `terminal`: only save the mask. */
void shell_jobs_start(struct shell_jobs *jobs, bool terminal);
/* Hang up stopped commands (running ones go on) and restore the signals. */
void shell_jobs_end(struct shell_jobs *jobs);
#define SHELL_NOT_FOUND 127 /* status if the program cannot be run */
/*
 * Run a command in the foreground until it ends or is stopped: `child` runs in a new process and
 * execs the program or returns the status. `text` names it in lists. Returns the status as shells
 * give it (128 + signal).
 */
int shell_run(struct shell_jobs *jobs, int (*child)(void *arg), void *arg, const char *text);
/* Continue a job (NULL: the last) in the foreground or background. SX_EFAIL: no such job. */
int shell_resume(struct shell_jobs *jobs, const char *word, bool foreground, int *status,
		 struct sx_err *err) SX_MUST;
void shell_jobs_print(const struct shell_jobs *jobs);
/* Report jobs that ended or stopped meanwhile; print `before` first. False: none. */
bool shell_jobs_reap(struct shell_jobs *jobs, const char *before);
size_t shell_jobs_stopped(const struct shell_jobs *jobs);

/* ---- history: shell_history.c ---- */

#define SHELL_HISTORY_MAX 1000

/* Lines typed, oldest first, without duplicates. */
struct shell_history {
	struct sx_words lines;
	char *path; /* of the file; NULL: no file is kept */
};

/* Load the file, creating it (mode 0600) and its directories (0700). -1: no file is kept. */
int shell_history_load(struct shell_history *h, struct sx_err *err) SX_MUST;
/* Add a line; with a newline in it, not to the file. One that begins with a blank is ignored. */
void shell_history_add(struct shell_history *h, const char *line);
/* Delete all lines, in the file too. */
int shell_history_clear(struct shell_history *h, struct sx_err *err) SX_MUST;
/* Trim the file, which other shells may have extended, to the newest lines. */
void shell_history_close(struct shell_history *h);

/* ---- line editing: shell_line.c, the only user of readline ---- */

enum shell_read {
	SHELL_READ_LINE,
	SHELL_READ_END, /* Ctrl-D, or the terminal is gone */
	SHELL_READ_DROPPED, /* Ctrl-C */
	SHELL_READ_SIGNAL, /* SIGHUP or SIGTERM: *sig */
};

struct shell;
struct shell_editor;

/* Set up readline: its inputrc and the user's locale. NULL on failure. */
struct shell_editor *shell_editor_start(struct shell *sh);
void shell_editor_end(struct shell_editor *e);
/* Set the lines that the arrow keys recall. */
void shell_editor_history(const struct sx_words *lines);
/* *line (heap) is set only with SHELL_READ_LINE. */
enum shell_read shell_editor_read(struct shell_editor *e, const char *prompt, char **line,
				  int *sig);

/* ---- banner and prompt: shell_prompt.c ---- */

/* The line at the start: what the shell is and what works on this host. Heap string. */
char *shell_banner(const struct shell *sh);
/* The prompt: host, options for all commands, and what needs attention. Heap string. */
char *shell_prompt(struct shell *sh);

/* ---- the session: shell.c, shell_builtin.c ---- */

struct shell {
	const struct sx_invocation *inv;
	struct sx_words self; /* path of safexl, and the options for every command */
	bool interactive;
	bool stop_on_error;
	bool leaving;
	size_t line; /* of a script, where the command begins */
	size_t commands; /* number run so far */
	size_t warned_at; /* `commands` when `exit` last warned of stopped jobs */
	size_t half_done; /* interrupted changes, as last counted */
	int status; /* of the last command */
	int failed; /* of the last command that failed */
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

/* Path of safexl; if that file is gone (an upgrade), /proc/self/exe. */
const char *shell_self_path(const struct shell *sh);
/* Remove a leading "safexl" or "xl", so that lines from hints and scripts can be pasted. */
void shell_drop_own_name(struct sx_words *words);

/* ---- completion: shell_complete.c ---- */

struct command_line;

/* Candidates for the last word; false: only file names fit. */
bool shell_complete(const struct shell *sh, struct command_line *line, struct candidates *out);
/* Add the shell's own commands that begin with the word. */
void shell_builtin_offer(const char *word, struct candidates *out);

/* Run a command of the shell's own. Returns its status, -1 with an error; *found false: not one. */
int shell_builtin_run(struct shell *sh, struct sx_words *words, bool *found, struct sx_err *err);
/* Run safexl with these words, as from the command line. */
int shell_run_safexl(struct shell *sh, const struct sx_words *words);
/* Run what follows `!`, through $SHELL. */
int shell_run_escape(struct shell *sh, const char *command);
