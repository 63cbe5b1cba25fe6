/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs xl in our place, for all commands. */
#include "core.h"

#include "host/proc.h"

void core_xl_words(const struct sx_invocation *inv, bool dry_run, struct sx_words *out)
{
	sx_words_add(out, inv->xl);
	sx_words_add_all(out, inv->options->xl.items);
	if (dry_run)
		sx_words_add(out, "-N");
	for (int i = 0; i < inv->argc; i++)
		sx_words_add(out, inv->argv[i]);
}

int core_end_like(const struct sx_invocation *inv, int status)
{
	inv->outcome->changed = !status;
	return outcome_end_like(inv->outcome, status);
}

static void plan_xl(const struct sx_invocation *inv)
{
	SX_WORDS words = { 0 };
	SX_STR line = { 0 };

	core_xl_words(inv, false, &words);
	sx_str_add_words(&line, sx_words_argv(&words));
	outcome_plan(inv->outcome, sx_str_text(&line), NULL);
}

/* With --json we must outlive xl to print the document. */
static int run_xl(const struct sx_invocation *inv, struct sx_words *words, bool dry_run,
		  struct sx_err *err)
{
	int status;

	if (dry_run)
		plan_xl(inv);
	/* Of create the document has the plan: what xl's dry run prints is not part of it. */
	if (dry_run && inv->command->class == SX_GUARD)
		return EXIT_SUCCESS;
	if (proc_run(inv->xl, sx_words_argv(words), NULL, NULL, &status, err))
		return -1;
	inv->outcome->changed = !status && !dry_run;
	return outcome_end_like(inv->outcome, status);
}

int core_exec_xl(const struct sx_invocation *inv, bool dry_run, struct sx_err *err)
{
	SX_WORDS words = { 0 };

	core_xl_words(inv, dry_run, &words);
	if (inv->outcome->asked)
		return run_xl(inv, &words, dry_run, err);
	proc_leave_limits();
	return sx_xl_exec(sx_words_argv(&words), err);
}
