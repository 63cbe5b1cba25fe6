/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* -N: prints what a change would do. */
#include "core.h"
#include "pager.h"

#include "change/change.h"

#include <stdio.h>
#include <string.h>

static void print_indented(const char *text)
{
	for (const char *p = text; *p;) {
		size_t len = strcspn(p, "\n");

		fputs(len ? "    " : "", stdout);
		print_text(p, len);
		putchar('\n');
		p += len + (p[len] == '\n');
	}
}

char *core_xl_line(const struct flow_env *env, const char *command, char *const *words,
		   enum flow_scope scope, struct sx_words *extra_args)
{
	SX_STR s = { 0 };

	if (scope == FLOW_CONFIG)
		return sx_strdup("");
	sx_str_add_quoted(&s, env->xl);
	for (size_t i = 0; env->xl_options[i]; i++)
		sx_str_addf(&s, " %s", env->xl_options[i]);
	sx_str_addc(&s, ' ');
	sx_str_add_words(&s, words + change_family_find(command)->for_xl);
	if (extra_args && extra_args->len) {
		sx_str_addc(&s, ' ');
		sx_str_add_words(&s, sx_words_argv(extra_args));
	}
	return sx_str_take(&s);
}

void core_would_run(const struct sx_invocation *inv, const char *line)
{
	if (inv->options->json)
		outcome_plan(inv->outcome, line, NULL);
	else
		printf("would run: %s\n", line);
}

void core_print_preview(const char *line, const struct change_preview *p)
{
	if (*line)
		printf("would run: %s\n", line);
	if (!p->path) {
		printf("Domain-0 has no configuration file: nothing would be recorded\n");
		return;
	}
	if (!*p->diff) {
		sx_print(stdout, "%pS would need no change\n", p->path);
	} else {
		sx_print(stdout, "would write %pS:\n", p->path);
		print_indented(p->diff);
		printf("would commit:\n");
		print_indented(p->message);
	}
	for (size_t i = 0; i < p->notices.len; i++)
		sx_print(stdout, "note: %pS\n", p->notices.items[i]);
}

int core_refuse_list(const struct sx_invocation *inv, struct sx_err *err)
{
	return sx_err_set(err, SX_EUSAGE,
			  "%s: --json is for changes, and these arguments make none",
			  inv->command->name);
}

int core_dry_run(const struct sx_invocation *inv, const struct flow_env *env, const char *command,
		 char *const *words, enum flow_scope scope, struct sx_err *err)
{
	SX_CLEANUP(change_preview_dispose) struct change_preview p = { 0 };
	SX_FREE char *line = NULL;

	if (change_preview(env, command, words, scope, &p, err))
		return -1;
	if (p.lists && inv->options->json)
		return core_refuse_list(inv, err);
	if (p.lists)
		return core_exec_xl(inv, true, err);
	line = core_xl_line(env, command, words, scope, &p.extra_args);
	if (inv->options->json)
		outcome_plan(inv->outcome, line, &p);
	else
		core_print_preview(line, &p);
	return EXIT_SUCCESS;
}
