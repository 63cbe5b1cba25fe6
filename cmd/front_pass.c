/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that are xl's own: see front.h. */
#include "caller.h"
#include "front.h"
#include "meant.h"

#include "host/proc.h"

#include <string.h>
#include <sys/wait.h>

/* The name for messages: of the command, else the word as typed. */
static const char *command_name(const struct front *f)
{
	return f->command ? f->command->name : f->argv[f->at];
}

/*
 * A word that is no command, as far as is known: xl shall judge it, and may be newer. What was
 * probably meant is told when xl has failed. Returns when nothing is to be told, or xl cannot run.
 */
static void run_unknown(const struct front *f, char *const *argv)
{
	size_t at = (size_t)(f->at - 1);
	SX_FREE char *line = meant_line(f->version, f->typed, at, NULL);
	SX_FREE char *several = line ? NULL : meant_commands(f->version, f->typed[at]);
	SX_ERR err = { 0 };
	int status;

	if ((!line && !several) || proc_run(f->xl, argv, NULL, NULL, &status, &err))
		return;
	if (status && WIFEXITED(status)) {
		SX_FREE char *shown = sx_shown(line ? line : several);

		fprintf(stderr, "hint: %s: %s\n", line ? "did you mean" : "commands that begin so",
			shown);
	}
	proc_exit_like(status);
}

/* Become xl, unless all it could print is what libxl makes of a lack of rights. Returns only on failure. */
static int become_xl(const struct front *f, char *const *argv, struct sx_err *err)
{
	if (caller_lacks_xen(f->root))
		return caller_refuse(command_name(f), f->typed, err);
	if (!f->command)
		run_unknown(f, argv);
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

/* Options that ask for a record make no sense with a command that has none. */
static int check_pass_options(const struct front *f, struct sx_err *err)
{
	const struct sx_options *o = &f->options;
	const char *option = o->config		 ? "--config"
			     : o->message	 ? "--message"
			     : o->json		 ? "--json"
			     : o->discard_marker ? "--discard-marker"
						 : NULL;
	SX_STR words = { 0 };

	if (!option)
		return 0;
	sx_err_set(err, SX_EUSAGE, "%s: %s does not apply: the command is xl's own",
		   command_name(f), option);
	sx_str_add_words(&words, f->argv + f->at);
	sx_err_hint(err, "without it xl runs alone, and nothing is recorded: safexl %s",
		    sx_str_text(&words));
	meant_hint(f->version, f->typed, NULL, err);
	return -1;
}

/* -N on a command that xl would run all the same. */
static int show_only(const struct front *f)
{
	SX_STR line = { 0 };

	sx_str_add_quoted(&line, f->xl);
	sx_str_addc(&line, ' ');
	sx_str_add_words(&line, f->argv + f->at);
	printf("would run: %s\n", sx_str_text(&line));
	return 0;
}

int pass_run(struct front *f, struct sx_err *err)
{
	if (f->options.dry_run && f->command && f->command->acts_dry)
		return show_only(f);
	if (f->options.own_option)
		return check_pass_options(f, err) ? -1 : pass_exec(f, err);
	/* argv is passed on as it is: the common case, and the quick one. */
	f->argv[0] = f->xl;
	return become_xl(f, f->argv, err);
}
