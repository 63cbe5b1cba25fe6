/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the shell starts: safexl itself for each command, the person's own shell behind "!". */
#include "caller.h"
#include "shell.h"

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
	int (*become)(void); /* whose rights it gets; NULL: ours */
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

int shell_run_safexl(struct shell *sh, const struct sx_words *words)
{
	SX_WORDS argv = { 0 };
	SX_STR text = { 0 };

	for (size_t i = 0; i < sh->self.len; i++)
		sx_words_add(&argv, sh->self.items[i]);
	for (size_t i = 0; i < words->len; i++)
		sx_words_add(&argv, words->items[i]);
	sx_str_add_words(&text, sx_words_argv(&argv) + sh->self.len);
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
