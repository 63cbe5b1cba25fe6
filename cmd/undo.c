/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* undo: one change of the history, reversed. */
#include "core.h"

#include "host/json.h"
#include "host/proc.h"
#include "undo/undo.h"

#include <stdio.h>

static void print_result(const struct undo *u, const char *commit)
{
	JSON_DOC *j = json_new();

	json_set_string(j, "domain", u->domain);
	json_set_string(j, "undone", u->entry.record.id);
	json_set_string(j, "what", u->entry.what);
	json_set_string(j, "path", u->entry.record.items[0].path);
	json_set_bool(j, "config_only", u->scope == FLOW_CONFIG);
	json_set_string(j, "commit", commit);
	core_print_json(j);
}

static int run(const struct sx_invocation *inv, const struct flow_env *env, const struct undo *u,
	       char *const *words, struct sx_err *err)
{
	struct change_result result = { 0 };

	flow_notice(env, "undoing %s %s", u->entry.short_id, u->entry.subject);
	if (change_run(env, &undo_family, words, u->scope, &result, err))
		return -1;
	if (u->note && *result.commit)
		flow_notice(env, "%s: only its configuration is changed: %s", u->domain, u->note);
	if (result.status)
		proc_exit_like(result.status);
	if (inv->options->json)
		print_result(u, result.commit);
	return EXIT_SUCCESS;
}

int cmd_undo(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	enum flow_scope scope = inv->options->config ? FLOW_CONFIG : FLOW_BOTH;
	UNDO u = { 0 };
	char **words;

	if (inv->argc > 1 && inv->argv[1][0] == '-')
		return sx_err_set(err, SX_EUSAGE, "undo: '%s' is no commit", inv->argv[1]);
	if (inv->argc > 2 || (inv->argc == 2 && !*inv->argv[1])) {
		sx_err_set(err, SX_EUSAGE, "undo: at most one commit");
		return sx_err_hint(err, "the commits: safexl log");
	}
	if (undo_find(env, inv->argv[1], scope, &u, err))
		return -1;
	if (u.files)
		return core_undo_files(inv, env, &u.entry, err);
	words = sx_words_argv(&u.words);
	if (inv->options->dry_run)
		return core_dry_run(inv, env, &undo_family, words, u.scope, err);
	return run(inv, env, &u, words, err);
}
