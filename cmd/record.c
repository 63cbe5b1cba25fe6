/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands that change a running domain and its configuration: the transaction, and its dry run. */
#include "core.h"

#include <safexl/change.h>
#include <safexl/json.h>
#include <safexl/proc.h>

#include <stdio.h>

static void print_indented(const char *text)
{
	for (const char *p = text; *p;) {
		size_t len = strcspn(p, "\n");

		printf("%s%.*s\n", len ? "    " : "", (int)len, p);
		p += len + (p[len] == '\n');
	}
}

/*
 * The words xl would be run with, as a shell would take them; "" when it would not be run.
 * `further`: NULL or what is added.
 */
static char *xl_command_line(const struct flow_env *env, const struct change_family *family,
			     char *const *words, enum flow_scope scope, struct sx_words *further)
{
	SX_STR s = { 0 };

	if (scope == FLOW_CONFIG)
		return sx_strdup("");
	sx_str_add_quoted(&s, env->xl);
	for (size_t i = 0; env->xl_options[i]; i++)
		sx_str_addf(&s, " %s", env->xl_options[i]);
	sx_str_addc(&s, ' ');
	sx_str_add_words(&s, words + family->for_xl);
	if (further && further->len) {
		sx_str_addc(&s, ' ');
		sx_str_add_words(&s, sx_words_argv(further));
	}
	return sx_str_take(&s);
}

static void print_preview(const char *line, const struct change_preview *p)
{
	if (*line)
		printf("would run: %s\n", line);
	if (!p->path) {
		printf("Domain-0 has no configuration file: nothing would be recorded\n");
		return;
	}
	if (!*p->diff) {
		printf("%s would need no change\n", p->path);
	} else {
		printf("would write %s:\n", p->path);
		print_indented(p->diff);
		printf("would commit:\n");
		print_indented(p->message);
	}
	for (size_t i = 0; i < p->notices.len; i++)
		printf("note: %s\n", p->notices.items[i]);
}

static void print_preview_json(const char *line, struct change_preview *p)
{
	JSON_DOC *j = json_new();

	json_set_string(j, "command", *line ? line : NULL);
	json_set_string(j, "path", p->path);
	json_set_string(j, "diff", p->diff);
	json_set_string(j, "message", p->diff && *p->diff ? p->message : NULL);
	json_set_words(j, "notices", sx_words_argv(&p->notices));
	core_print_json(j);
}

int core_dry_run(const struct sx_invocation *inv, const struct flow_env *env,
		 const struct change_family *family, char *const *words, enum flow_scope scope,
		 struct sx_err *err)
{
	SX_CLEANUP(change_preview_dispose) struct change_preview p = { 0 };
	SX_FREE char *line = NULL;

	if (change_preview(env, family, words, scope, &p, err))
		return -1;
	if (p.lists && inv->options->json)
		return sx_err_set(
			err, SX_EUSAGE,
			"%s: --json does not apply: with these arguments xl prints a list",
			inv->command->name);
	if (p.lists)
		return core_exec_xl(inv, true, err);
	line = xl_command_line(env, family, words, scope, &p.further);
	if (inv->options->json)
		print_preview_json(line, &p);
	else
		print_preview(line, &p);
	return EXIT_SUCCESS;
}

/* --live: the guard's word, then xl alone. */
static int run_live(const struct sx_invocation *inv, const struct flow_env *env,
		    const struct change_family *family, struct sx_err *err)
{
	bool pass;
	int status;

	if (change_live(env, family, inv->argv, &pass, &status, err))
		return -1;
	if (inv->options->dry_run) {
		SX_FREE char *line = xl_command_line(env, family, inv->argv, FLOW_BOTH, NULL);
		struct change_preview nothing = { 0 };

		if (inv->options->json)
			print_preview_json(line, &nothing);
		else
			printf("would run: %s\n", line);
		return EXIT_SUCCESS;
	}
	if (pass)
		return core_exec_xl(inv, false, err);
	if (status)
		proc_exit_like(status);
	return EXIT_SUCCESS;
}

int cmd_record(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	const struct change_family *family = change_family_find(inv->command->name);
	enum flow_scope scope = inv->options->config ? FLOW_CONFIG : FLOW_BOTH;
	struct change_result result = { 0 };

	if (inv->options->live)
		return run_live(inv, env, family, err);
	if (inv->options->dry_run)
		return core_dry_run(inv, env, family, inv->argv, scope, err);
	if (inv->options->json)
		return sx_err_set(
			err, SX_EUSAGE,
			"%s: --json goes with --dry-run or with a command of safexl's own",
			inv->command->name);
	if (change_run(env, family, inv->argv, scope, &result, err))
		return -1;
	if (result.pass) {
		if (!result.lists)
			flow_notice(env, "Domain-0 has no configuration file: nothing is recorded");
		return core_exec_xl(inv, false, err);
	}
	if (result.status)
		proc_exit_like(result.status);
	return EXIT_SUCCESS;
}
