/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs xl's own commands: see front.h. */
#include "caller.h"
#include "front.h"
#include "meant.h"
#include "misplaced.h"

#include "host/proc.h"

#include <string.h>
#include <sys/wait.h>

/* For messages: the command's name, else the word as typed. */
static const char *command_name(const struct front *f)
{
	return f->command ? f->command->name : f->argv[f->at];
}

/* A hint for a word that is no command. Heap string; NULL: nothing comes close. */
static char *hint_of_word(const struct front *f)
{
	size_t at = (size_t)(f->at - 1);
	SX_FREE char *line = meant_line(f->version, f->typed, at, NULL);
	SX_FREE char *several = line ? NULL : meant_commands(f->version, f->typed[at]);

	if (line)
		return sx_format("did you mean: %s", line);
	return several ? sx_format("commands that begin so: %s", several) : NULL;
}

/* A hint for an option of safexl's that was typed after xl's command. Heap string; NULL: none. */
static char *hint_of_place(const struct front *f)
{
	const char *word = misplaced_find(f->argv + f->at);
	SX_FREE char *line = NULL;

	if (!word)
		return NULL;
	if (!sx_option_applies(sx_option_of(word), f->command))
		return sx_format("%s is an option of safexl's own commands: safexl help %s", word,
				 f->command->name);
	line = misplaced_line(f->typed, f->argv + f->at);
	return sx_format(MISPLACED_HINT, line);
}

/*
 * An unknown word or option: xl judges it, as it may be newer; after a failure of xl print the
 * hint. Returns if there is no hint, or xl cannot run.
 */
static void run_hinted(const struct front *f, char *const *argv)
{
	SX_FREE char *hint = f->command ? hint_of_place(f) : hint_of_word(f);
	SX_ERR err = { 0 };
	int status;

	if (!hint || proc_run(f->xl, argv, NULL, NULL, &status, &err))
		return;
	if (status && WIFEXITED(status))
		sx_print(stderr, "hint: %pS\n", hint);
	proc_exit_like(status);
}

/*
 * Become xl, unless it would only print libxl's confusing errors about missing rights. Returns only
 * on failure.
 */
static int become_xl(const struct front *f, char *const *argv, struct sx_err *err)
{
	if (caller_lacks_xen(f->root))
		return caller_refuse(command_name(f), f->typed, err);
	run_hinted(f, argv);
	return sx_xl_exec(argv, err);
}

int pass_exec(const struct front *f, struct sx_err *err)
{
	struct {
		SX_VEC_OF(char *);
	} argv = { 0 };
	char dry_run[] = "-N";

	sx_vec_push(&argv, f->xl);
	for (size_t i = 0; i < f->options.xl.len; i++)
		sx_vec_push(&argv, f->options.xl.items[i]);
	if (f->options.dry_run)
		sx_vec_push(&argv, dry_run);
	if (strcmp(f->argv[f->at - 1], "--") == 0)
		sx_vec_push(&argv, f->argv[f->at - 1]);
	for (int i = f->at; i < f->argc; i++)
		sx_vec_push(&argv, f->argv[i]);
	sx_vec_push(&argv, NULL);
	(void)become_xl(f, argv.items, err);
	sx_vec_free(&argv);
	return -1;
}

/* Refuse options that mean nothing to a command that safexl only passes on. */
static int check_pass_options(const struct front *f, struct sx_err *err)
{
	const struct sx_option *option = sx_options_idle(&f->options, NULL);
	SX_STR words = { 0 };

	if (!option)
		return 0;
	sx_err_set(err, SX_EUSAGE, "%s: --%s does not apply: safexl passes this command to xl",
		   command_name(f), option->name);
	sx_str_add_words(&words, f->argv + f->at);
	sx_err_hint(err, "without that option: safexl %s", sx_str_text(&words));
	meant_hint(f->version, f->typed, NULL, err);
	return -1;
}

/* Dry run of a command whose xl handler ignores -N. */
static int show_only(const struct front *f)
{
	SX_STR line = { 0 };

	sx_str_add_words(&line, f->argv + f->at);
	sx_print(stdout, "would run: %pQ %s\n", f->xl, sx_str_text(&line));
	return 0;
}

int pass_run(struct front *f, struct sx_err *err)
{
	if (f->options.dry_run && !f->options.json && f->command && f->command->acts_dry)
		return show_only(f);
	if (f->options.own_option)
		return check_pass_options(f, err) ? -1 : pass_exec(f, err);
	/* The common and quick case: argv goes to xl unchanged. */
	f->argv[0] = f->xl;
	return become_xl(f, f->argv, err);
}
