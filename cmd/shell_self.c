/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts programs from the shell: safexl for each command, the user's own shell for "!". */
#include "caller.h"
#include "shell.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *shell_self_path(const struct shell *sh)
{
	return access(sh->self.items[0], X_OK) ? "/proc/self/exe" : sh->self.items[0];
}

/* A program that a child becomes. */
struct program {
	const char *path;
	struct sx_words *argv;
	int (*become)(void); /* takes the rights to run it with; NULL: ours */
};

static int become_program(void *arg)
{
	struct program *p = arg;
	SX_ERR err = { 0 };

	if (!p->become || p->become() == 0)
		execv(p->path, sx_words_argv(p->argv));
	sx_err_sys(&err, SX_EFAIL, "cannot run %s", p->path);
	sx_err_print(&err);
	return SHELL_NOT_FOUND;
}

/* Drop options that do not apply, so that read-only commands work in a -N or --config session. */
static void add_options_of(const struct sx_options *o, const struct sx_command *command,
			   struct sx_words *argv)
{
	for (const struct sx_option *t = sx_option_table; t->letter || t->name; t++) {
		if (!t->name || !sx_option_given(o, t) || !sx_option_applies(t, command))
			continue;
		sx_words_give(argv, t->value ? sx_format("--%s=%s", t->name, o->message)
					     : sx_format("--%s", t->name));
	}
}

/* The path of safexl, and the options of the session. */
static void add_self(const struct shell *sh, char *const *words, struct sx_words *argv)
{
	const struct sx_command *command =
		words[0] ? sx_command_typed(words, UINT_MAX, NULL) : NULL;

	if (command && sx_command_only_looks(command)) {
		sx_words_add(argv, sh->self.items[0]);
		add_options_of(sh->inv->options, command, argv);
		return;
	}
	sx_words_add_all(argv, sh->self.items);
}

int shell_run_safexl(struct shell *sh, const struct sx_words *words)
{
	SX_WORDS argv = { 0 }, typed = { 0 };
	SX_STR text = { 0 };

	sx_words_add_all(&typed, words->items);
	add_self(sh, sx_words_argv(&typed), &argv);
	sx_words_add_all(&argv, words->items);
	sx_str_add_words(&text, sx_words_argv(&typed));
	return shell_run(&sh->jobs, become_program,
			 &(struct program){ shell_self_path(sh), &argv, NULL }, sx_str_text(&text));
}

void shell_drop_own_name(struct sx_words *words)
{
	if (words->len < 2 || (strcmp(words->items[0], "safexl") && strcmp(words->items[0], "xl")))
		return;
	free(words->items[0]);
	memmove(words->items, words->items + 1, words->len * sizeof(words->items[0]));
	words->len--;
}

int shell_run_escape(struct shell *sh, const char *command)
{
	const char *shell = getenv("SHELL");
	const char *path = shell && *shell == '/' ? shell : "/bin/sh";
	SX_FREE char *text = sx_format("!%s", command);
	SX_WORDS argv = { 0 };

	sx_words_add(&argv, path);
	sx_words_add(&argv, *command ? "-c" : "-i");
	if (*command)
		sx_words_add(&argv, command);
	return shell_run(&sh->jobs, become_program, &(struct program){ path, &argv, caller_become },
			 text);
}
