/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* undo: reverses one change of the history. */
#include "ask.h"
#include "core.h"

#include "undo/undo.h"

#include <stdio.h>

static int run(const struct sx_invocation *inv, const struct flow_env *env, const struct undo *u,
	       char *const *words, struct sx_err *err)
{
	struct change_result result = { 0 };

	flow_notice(env, "undoing %s %s", u->entry.short_id, u->entry.subject);
	if (change_run(env, "undo", words, u->scope, &result, err))
		return -1;
	if (u->note && *result.commit)
		flow_notice(env, "%s: only its configuration is changed: %s", u->domain, u->note);
	inv->outcome->changed = *result.commit;
	return outcome_end_like(inv->outcome, result.status);
}

/* Print what undo would do. */
static int show(const struct sx_invocation *inv, const struct flow_env *env, const struct undo *u,
		char *const *words, struct sx_err *err)
{
	struct sx_options dry = *inv->options;
	struct sx_invocation look = *inv;

	dry.dry_run = true;
	look.options = &dry;
	return u->files ? core_undo_files(&look, env, &u->entry, err)
			: core_dry_run(&look, env, "undo", words, u->scope, err);
}

/* No change was named: show the last one and ask. *refused: the answer was not "y". */
static int ask(const struct sx_invocation *inv, const struct flow_env *env, const struct undo *u,
	       char *const *words, bool *refused, struct sx_err *err)
{
	if (inv->options->json || !ask_possible()) {
		sx_err_set(err, SX_EUSAGE,
			   "undo: no change is named, and there is no terminal to ask on; the "
			   "last one is %s %s",
			   u->entry.short_id, u->entry.subject);
		return sx_err_hint(err, "to undo that one: safexl undo %s", u->entry.short_id);
	}
	sx_print(stdout, "the last change: %s %pS\n", u->entry.short_id, u->entry.subject);
	if (show(inv, env, u, words, err))
		return -1;
	*refused = ask_letter("undo it? [y/N] ", "n") != 'y';
	return 0;
}

int cmd_undo(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	enum flow_scope scope = inv->options->config ? FLOW_CONFIG : FLOW_BOTH;
	const char *word = inv->argv[1], *device = word ? inv->argv[2] : NULL;
	bool refused = false;
	UNDO u = { 0 };
	char **words;

	if (word && word[0] == '-')
		return sx_err_set(err, SX_EUSAGE, "undo: '%s' is no commit", word);
	if (inv->argc > 3 || (word && !*word) || (device && !*device)) {
		sx_err_set(err, SX_EUSAGE, "undo: a commit, or a domain and one key or device");
		return sx_err_hint(err, "the commits: safexl log");
	}
	if (undo_find(env, word, device, scope, &u, err))
		return -1;
	inv->outcome->undone = sx_strdup(u.entry.record.id);
	words = sx_words_argv(&u.words);
	inv->outcome->config_only = u.scope == FLOW_CONFIG;
	if (inv->options->dry_run)
		return show(inv, env, &u, words, err);
	if (!word && ask(inv, env, &u, words, &refused, err))
		return -1;
	if (refused)
		return sx_err_set(err, SX_EFAIL, "undo: nothing was changed");
	return u.files ? core_undo_files(inv, env, &u.entry, err) : run(inv, env, &u, words, err);
}
