/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The commands of the shell itself, which a separate process could not do: change the directory,
 * list typed lines, handle jobs, exit. All other commands are safexl's.
 */
#include "pager.h"
#include "shell.h"

#include "base/num.h"
#include "base/path.h"

#include <string.h>

static int too_many(const char *name, struct sx_err *err)
{
	sx_err_set(err, SX_EUSAGE, "%s: too many arguments", name);
	return sx_err_hint(err, "how it is used: help %s", name);
}

/* "~" and "~/..." mean home here; the shell itself expands nothing. */
static char *directory_of(const struct shell *sh, const char *word)
{
	const char *home = getenv("HOME");

	if (sx_streq(word, "-"))
		return sx_strdup(sh->old_dir ? sh->old_dir : ".");
	if (!word || sx_streq(word, "~"))
		return sx_strdup(home ? home : "/");
	if (sx_starts_with(word, "~/") && home)
		return sx_path_join(home, word + 2);
	return sx_strdup(word);
}

static int run_cd(struct shell *sh, struct sx_words *words, struct sx_err *err)
{
	SX_FREE char *dir = directory_of(sh, words->len > 1 ? words->items[1] : NULL);
	SX_FREE char *was = getcwd(NULL, 0);

	if (words->len > 2)
		return too_many("cd", err);
	if (chdir(dir))
		return sx_err_sys(err, SX_EFAIL, "cd: %s", dir);
	sx_put(&sh->old_dir, sx_steal(&was));
	return EXIT_SUCCESS;
}

static int run_pwd(struct shell *sh SX_UNUSED, struct sx_words *words, struct sx_err *err)
{
	SX_FREE char *dir = getcwd(NULL, 0);

	if (words->len > 1)
		return too_many("pwd", err);
	if (!dir)
		return sx_err_sys(err, SX_EFAIL, "pwd");
	sx_print(stdout, "%pS\n", dir);
	return EXIT_SUCCESS;
}

static int run_exit(struct shell *sh, struct sx_words *words, struct sx_err *err)
{
	uint64_t status = (uint64_t)(sh->interactive ? sh->status : sh->failed);

	if (words->len > 2)
		return too_many("exit", err);
	if (words->len > 1 && sx_num_parse(words->items[1], 0, 255, &status, err))
		return sx_err_wrap(err, "exit");
	if (shell_jobs_stopped(&sh->jobs) && sh->warned_at + 1 != sh->commands) {
		sh->warned_at = sh->commands;
		sx_err_set(err, SX_EFAIL, "a command is stopped; leaving now would end it");
		return sx_err_hint(err, "to continue it: fg\nto leave anyway: exit");
	}
	sh->leaving = true;
	return (int)status;
}

static int run_history(struct shell *sh, struct sx_words *words, struct sx_err *err)
{
	uint64_t last = SHELL_HISTORY_MAX;
	size_t count = sh->history.lines.len;

	if (words->len > 2)
		return too_many("history", err);
	if (words->len > 1 && strcmp(words->items[1], "-c") == 0)
		return shell_history_clear(&sh->history, err);
	if (words->len > 1 && sx_num_parse(words->items[1], 1, SHELL_HISTORY_MAX, &last, err))
		return sx_err_wrap(err, "history");
	for (size_t i = count > last ? count - (size_t)last : 0; i < count; i++) {
		sx_print(stdout, "%5zu  %pS\n", i + 1, sh->history.lines.items[i]);
	}
	return EXIT_SUCCESS;
}

static int run_resume(struct shell *sh, struct sx_words *words, struct sx_err *err)
{
	const char *name = words->items[0];
	int status;

	if (words->len > 2)
		return too_many(name, err);
	if (shell_resume(&sh->jobs, words->len > 1 ? words->items[1] : NULL,
			 strcmp(name, "fg") == 0, &status, err))
		return sx_err_wrap(err, "%s", name);
	return status;
}

static int run_jobs(struct shell *sh, struct sx_words *words, struct sx_err *err)
{
	if (words->len > 1)
		return too_many("jobs", err);
	shell_jobs_print(&sh->jobs);
	return EXIT_SUCCESS;
}

static int run_set(struct shell *sh, struct sx_words *words, struct sx_err *err)
{
	if (words->len != 2 ||
	    (strcmp(words->items[1], "-e") != 0 && strcmp(words->items[1], "+e") != 0)) {
		sx_err_set(err, SX_EUSAGE, "set: only -e and +e are known");
		return sx_err_hint(err, "how it is used: help set");
	}
	if (sh->interactive)
		return sx_err_set(err, SX_EUSAGE, "set: %s is for scripts", words->items[1]);
	sh->stop_on_error = words->items[1][0] == '-';
	return EXIT_SUCCESS;
}

static int run_help(struct shell *sh, struct sx_words *words, struct sx_err *err);

static const struct shell_builtin builtins[] = {
	{ "cd", "[<directory>|-]", "go to a directory; without an argument, home", run_cd },
	{ "pwd", "", "show the directory", run_pwd },
	{ "history", "[<number>|-c]", "show the last lines typed; -c forgets all of them",
	  run_history },
	{ "jobs", "", "list stopped commands and those in the background", run_jobs },
	{ "fg", "[<number>]", "continue a stopped command", run_resume },
	{ "bg", "[<number>]", "continue a stopped command in the background", run_resume },
	{ "set", "-e|+e", "in a script: end it at the first command that fails, or not", run_set },
	{ "exit", "[<status>]", "leave the shell, as Ctrl-D does", run_exit },
	{ "quit", "[<status>]", "leave the shell, as Ctrl-D does", run_exit },
	{ "!", "<command>", "run a command line with $SHELL", NULL },
	{ "help", "[<command>]", "show all commands, or one", run_help },
};

static const struct shell_builtin *find_builtin(const char *name)
{
	for (size_t i = 0; i < SX_COUNT(builtins); i++)
		if (strcmp(builtins[i].name, name) == 0)
			return &builtins[i];
	return NULL;
}

void shell_builtin_offer(const char *word, struct candidates *out)
{
	for (size_t i = 0; i < SX_COUNT(builtins); i++)
		if (sx_starts_with(builtins[i].name, word) && builtins[i].run)
			candidates_add(out, builtins[i].name, builtins[i].summary, ' ');
}

/* Print the help of safexl, then that of the shell's own commands. */
static int show_help(void *arg SX_UNUSED)
{
	struct pager pager;

	pager_start(&pager, true);
	sx_help_print(stdout, pager.width, pager.colour, NULL, NULL);
	puts("\nOf this shell:");
	for (size_t i = 0; i < SX_COUNT(builtins); i++)
		if (builtins[i].run != run_help)
			printf("  %-21s %s\n", builtins[i].name, builtins[i].summary);
	pager_end(&pager);
	return EXIT_SUCCESS;
}

static int run_help(struct shell *sh, struct sx_words *words, struct sx_err *err SX_UNUSED)
{
	const struct shell_builtin *b = words->len == 2 ? find_builtin(words->items[1]) : NULL;

	if (words->len == 1)
		return shell_run(&sh->jobs, show_help, NULL, words->items[0]);
	if (b && b->run != run_help) {
		printf("usage: %s%s%s\n\n%c%s.\n", b->name, *b->usage && b->run ? " " : "",
		       b->usage, b->summary[0] - 'a' + 'A', b->summary + 1);
		return EXIT_SUCCESS;
	}
	return shell_run_safexl(sh, words);
}

int shell_builtin_run(struct shell *sh, struct sx_words *words, bool *found, struct sx_err *err)
{
	const struct shell_builtin *b = find_builtin(words->items[0]);

	*found = b && b->run;
	return *found ? b->run(sh, words, err) : EXIT_SUCCESS;
}
