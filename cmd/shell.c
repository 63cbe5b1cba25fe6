/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The session: reads lines, runs each command, and chooses the final exit status. Every command is
 * a process of its own with the words as its argv: dispatch, messages and statuses are those of the
 * command line, and no state is left for the next command.
 */
#include "shell.h"
#include "caller.h"
#include "core.h"

#include "base/terminal.h"
#include "host/proc.h"

#include <limits.h>
#include <string.h>
#include <sys/wait.h>

static void start(struct shell *sh, const struct sx_invocation *inv)
{
	char path[PATH_MAX], host[256] = "";
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path));
	SX_FREE char *self = sx_strndup(path, n > 0 ? (size_t)n : 0);
	int last = inv->argc;

	sh->inv = inv;
	/* Every command gets the shell's options, without a final "--" or "-". */
	sx_words_add(&sh->self, self);
	while (last > 1 &&
	       (strcmp(inv->argv[last - 1], "-") == 0 || strcmp(inv->argv[last - 1], "--") == 0))
		last--;
	for (int i = 1; i < last; i++)
		sx_words_add(&sh->self, inv->argv[i]);
	gethostname(host, sizeof(host) - 1);
	host[strcspn(host, ".")] = '\0';
	sh->host = sx_shown(host);
}

static void stop(struct shell *sh)
{
	shell_history_close(&sh->history);
	sx_words_dispose(&sh->self);
	free(sh->host);
	free(sh->old_dir);
}

static int run_words(struct shell *sh, struct sx_words *words, struct sx_err *err)
{
	bool found;
	int status;

	sh->commands++;
	shell_drop_own_name(words);
	status = shell_builtin_run(sh, words, &found, err);
	return found ? status : shell_run_safexl(sh, words);
}

/* Print the error, in a script with its line. Returns the exit status. */
static int fail(const struct shell *sh, struct sx_err *err)
{
	if (!sh->interactive)
		sx_err_wrap(err, "line %zu", sh->line);
	sx_err_print(err);
	return sx_err_status(err);
}

/* In a script report that `command` failed; NULL: the failure was reported already. */
static void note_status(struct shell *sh, int status, const char *command)
{
	sh->status = status;
	if (!status)
		return;
	sh->failed = status;
	if (sh->interactive || sh->leaving)
		return;
	sh->leaving = sh->stop_on_error;
	if (!command || sh->inv->options->quiet)
		return;
	sx_print(stderr, "safexl: line %zu: %pS: status %d%s\n", sh->line, command, status,
		 sh->leaving ? ", the rest is not run" : "");
}

/* Run `!command`, up to the end of its line. */
static void run_escape(struct shell *sh, const char **text)
{
	size_t len = strcspn(*text, "\n");
	SX_FREE char *command = sx_strndup(*text + 1, len - 1);

	sh->commands++;
	note_status(sh, shell_run_escape(sh, command + strspn(command, " \t")), "!");
	*text += len + ((*text)[len] == '\n');
	sh->line++;
}

/* Run all commands of a text; *rest: where an unfinished last one begins, NULL without one. */
static void run_text(struct shell *sh, const char *text, const char **rest)
{
	*rest = NULL;
	while (*text && !sh->leaving) {
		SX_WORDS words = { 0 };
		SX_ERR err = { 0 };
		const char *begin = text + strspn(text, " \t");
		size_t lines = 0;
		bool open = false;
		int status;

		if (*begin == '!') {
			text = begin;
			run_escape(sh, &text);
			continue;
		}
		begin = text;
		status = shell_take_command(&text, &words, &lines, &open, &err);
		if (open) {
			*rest = begin;
			return;
		}
		SX_FREE char *name = sx_strdup(words.len ? words.items[0] : "");
		if (status == 0 && words.len)
			status = run_words(sh, &words, &err);
		if (status < 0)
			note_status(sh, fail(sh, &err), NULL);
		else if (words.len)
			note_status(sh, status, name);
		sh->line += lines;
	}
}

/* ---- interactive ---- */

/* Read all lines of one command; NULL: none, *how says why. Heap string. */
static char *read_whole(struct shell *sh, struct shell_editor *editor, enum shell_read *how,
			int *sig)
{
	SX_FREE char *prompt = shell_prompt(sh);
	SX_STR text = { 0 };
	bool open;

	do {
		SX_FREE char *line = NULL;
		const char *p;
		size_t lines;

		*how = shell_editor_read(editor, text.len ? "> " : prompt, &line, sig);
		if (*how != SHELL_READ_LINE)
			return NULL;
		sx_str_addf(&text, "%s%s", text.len ? "\n" : "", line);
		open = false;
		for (p = sx_str_text(&text); *p && !open;) {
			SX_WORDS words = { 0 };
			SX_ERR err = { 0 };

			if (p[strspn(p, " \t")] == '!')
				p += strcspn(p, "\n") + (p[strcspn(p, "\n")] == '\n');
			else if (shell_take_command(&p, &words, &lines, &open, &err))
				sx_err_clear(&err);
		}
	} while (open);
	return sx_str_take(&text);
}

static void session(struct shell *sh, struct shell_editor *editor)
{
	while (!sh->leaving) {
		enum shell_read how;
		const char *rest;
		int sig = 0;

		shell_jobs_reap(&sh->jobs, "");
		shell_editor_history(&sh->history.lines);
		SX_FREE char *text = read_whole(sh, editor, &how, &sig);
		if (text) {
			shell_history_add(&sh->history, text);
			run_text(sh, text, &rest);
			fflush(stdout);
		} else if (how == SHELL_READ_END) {
			fputc('\n', stderr);
			run_text(sh, "exit", &rest);
		} else if (how == SHELL_READ_SIGNAL) {
			shell_jobs_end(&sh->jobs);
			shell_editor_end(editor);
			stop(sh);
			proc_exit_like(W_EXITCODE(0, sig));
		}
	}
}

static int run_session(struct shell *sh, struct sx_err *err)
{
	struct shell_editor *editor;

	sh->interactive = true;
	shell_jobs_start(&sh->jobs, true);
	editor = shell_editor_start(sh);
	if (!editor) {
		shell_jobs_end(&sh->jobs);
		return sx_err_sys(err, SX_EFAIL, "the terminal cannot be read");
	}
	if (!sh->inv->options->quiet) {
		SX_FREE char *banner = shell_banner(sh);

		fprintf(stderr, "%s\n", banner);
	}
	if (shell_history_load(&sh->history, err)) {
		sx_err_print(err);
		sx_err_clear(err);
	}
	session(sh, editor);
	shell_editor_end(editor);
	shell_jobs_end(&sh->jobs);
	return sh->status;
}

/* ---- script ---- */

/* Add the next line; false at the end. A NUL is an error: it would hide the rest of its line. */
static bool read_line(struct shell *sh, struct sx_str *text, struct sx_err *err)
{
	SX_FREE char *line = NULL;
	size_t cap = 0;
	ssize_t len = getline(&line, &cap, stdin);

	if (len < 0)
		return false;
	if (strlen(line) != (size_t)len) {
		sh->leaving = true;
		sx_err_set(err, SX_EUSAGE, "a NUL byte: this is not text");
		return false;
	}
	sx_str_add(text, line);
	return true;
}

/* Does the unfinished line end in a backslash? Then it goes on; an open quote is a mistake. */
static bool goes_on(const char *rest)
{
	size_t len = strlen(rest);

	len -= len && rest[len - 1] == '\n';
	return len && rest[len - 1] == '\\';
}

static void refuse_open(struct shell *sh, const char *why)
{
	SX_ERR err = { 0 };

	sx_err_set(&err, SX_EUSAGE, "%s", why);
	note_status(sh, fail(sh, &err), NULL);
}

static int run_script(struct shell *sh, struct sx_err *err)
{
	SX_STR text = { 0 };
	bool any = false;

	shell_jobs_start(&sh->jobs, false);
	sh->line = 1;
	while (!sh->leaving && read_line(sh, &text, err)) {
		const char *rest;

		any = true;
		run_text(sh, sx_str_text(&text), &rest);
		if (rest && goes_on(rest)) {
			sx_str_splice(&text, 0, (size_t)(rest - text.data), "", 0);
			continue;
		}
		if (rest) {
			refuse_open(sh, "a quote is not closed");
			sh->line++;
		}
		sx_str_clear(&text);
	}
	if (text.len && !sh->leaving)
		refuse_open(sh, "the line goes on behind '\\', but nothing follows");
	shell_jobs_end(&sh->jobs);
	if (err->code)
		return fail(sh, err);
	if (!any && sh->inv->argc == (int)sh->self.len) {
		sx_help_print(stderr, terminal_width(stderr), terminal_colors(stderr), NULL, NULL);
		return EXIT_FAILURE;
	}
	return sh->leaving ? sh->status : sh->failed;
}

int cmd_shell(const struct sx_invocation *inv, struct sx_err *err)
{
	struct shell sh = { 0 };
	int status;

	start(&sh, inv);
	status = isatty(STDIN_FILENO) ? run_session(&sh, err) : run_script(&sh, err);
	stop(&sh);
	return status;
}
