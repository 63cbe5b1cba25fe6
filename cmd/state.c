/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* create, adopt, recover: what safexl knows of domains and of interrupted changes. */
#include "core.h"
#include "output.h"

#include "backup/backup.h"
#include "change/change.h"
#include "guard/guard.h"
#include "guard/lifecycle.h"
#include "guard/named.h"

#include <sys/wait.h>

/* Run xl create as a child, then confirm what was remembered, or restore what was known before. */
static int create_and_settle(const struct sx_invocation *inv, const struct flow_env *env,
			     const struct create_words *words, const struct create_state *state,
			     struct sx_err *err)
{
	SX_WORDS argv = { 0 };
	int status;

	core_xl_words(inv, false, &argv);
	if (create_run(env, inv->argv, words, sx_words_argv(&argv), &status, err)) {
		SX_ERR ignored = { 0 };

		if (state->name && create_settle(env, state, false, &ignored))
			sx_err_clear(&ignored);
		return -1;
	}
	if (state->name &&
	    create_settle(env, state, WIFEXITED(status) && WEXITSTATUS(status) == 0, err)) {
		sx_err_wrap(err,
			    "%s: safexl could not record which file it was created "
			    "from",
			    state->name);
		err->code = SX_EPARTIAL;
		return sx_err_hint(err, "after fixing the cause: safexl adopt %pQ FILE",
				   state->name);
	}
	return core_end_like(inv, status);
}

/* For --json: the configuration to create from. */
static void about(const struct flow_env *env, const struct create_words *words)
{
	SX_FREE char *path = NULL;
	SX_ERR ignored = { 0 };

	if (words->config && sx_path_absolute(env->cwd, words->config, &path, &ignored) == 0)
		event_about_config(env, path);
}

int cmd_create(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	SX_CLEANUP(create_words_dispose) struct create_words words = { 0 };
	SX_CLEANUP(create_state_dispose) struct create_state state = { 0 };
	size_t settled, pending;
	SX_STR typed = { 0 };
	bool remembered;

	create_words_split(inv->argv, &words);
	about(env, &words);
	if (create_guard(env, inv->argv, &words, err))
		return -1;
	if (inv->options->dry_run || (inv->options->live && !env->discard_marker))
		return core_exec_xl(inv, inv->options->dry_run, err);
	if (inv->options->live)
		return create_and_settle(inv, env, &words, &state, err);
	if (recover_all(env, "", &settled, &pending, err))
		return -1;
	if (create_remember(env, &words, &state, &remembered, err)) {
		sx_err_wrap(err, "create: safexl cannot record which file it is created from");
		if (err->hint)
			return -1;
		sx_str_add_words(&typed, inv->argv + 1);
		return sx_err_hint(err, "to create it without a record: safexl --live create %s",
				   sx_str_text(&typed));
	}
	if (!remembered && !env->discard_marker)
		return core_exec_xl(inv, false, err);
	return create_and_settle(inv, env, &words, &state, err);
}

static int adopt_image(const struct sx_invocation *inv, const struct flow_env *env,
		       struct sx_err *err)
{
	SX_FREE char *word = NULL;
	SX_FREE char *name = NULL;
	SX_FREE char *path = NULL;

	if (named_adopted(env, inv->argv[1], &word, err) ||
	    image_adopt(env, word, &name, &path, err))
		return -1;
	event_about(env, name);
	event_about_image(env, path);
	inv->outcome->changed = !env->dry_run;
	return EXIT_SUCCESS;
}

int cmd_adopt(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	SX_FREE char *word = NULL;
	SX_FREE char *path = NULL;

	if (inv->argc == 2 && *inv->argv[1])
		return adopt_image(inv, env, err);
	if (inv->argc != 3 || !*inv->argv[1] || !*inv->argv[2])
		return sx_err_set(
			err, SX_EUSAGE,
			"adopt: a domain and a configuration file are needed, or an image");
	if (inv->options->dry_run)
		return sx_err_set(
			err, SX_EUSAGE,
			"adopt: --dry-run does not apply: it changes no file and no domain");
	if (named_file(env, inv->argv[2], &word, err) ||
	    adopt_file(env, inv->argv[1], word, &path, err))
		return sx_err_wrap(err, "adopt");
	event_about(env, inv->argv[1]);
	event_about_config(env, path);
	inv->outcome->changed = true;
	flow_notice(env, "%s: changes are recorded in %s from now on", inv->argv[1], path);
	return EXIT_SUCCESS;
}

/*
 * recover --give-up: end an interrupted restore or revert that cannot go on, as its backup or a
 * disk is lost.
 */
static int give_up(const struct sx_invocation *inv, const struct flow_env *env, const char *guest,
		   struct sx_err *err)
{
	bool restore = false, revert = false;

	event_about(env, guest);
	if (backup_give_up(env, guest, &restore, err) || snapshot_give_up(env, guest, &revert, err))
		return -1;
	if (!restore && !revert) {
		sx_err_set(err, SX_EGUARD, "recover: no restore or revert of '%s' was interrupted",
			   guest);
		return sx_err_hint(err, "for its state: safexl where %pQ", guest);
	}
	inv->outcome->changed = true;
	return EXIT_SUCCESS;
}

int cmd_recover(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	const struct sx_given *given = sx_options_own(inv->options, "give-up");
	size_t settled = 0, pending = 0;
	SX_ERR changes = { 0 };

	if (inv->argc != 1)
		return sx_err_set(err, SX_EUSAGE, "recover: takes no arguments");
	if (given)
		return give_up(inv, env, given->value, err);
	/* Settle images, snapshots and backups even if a change cannot be settled. */
	if (recover_all(env, NULL, &settled, &pending, &changes) == 0)
		sx_err_clear(&changes);
	if (guard_recover(env, &settled, &pending, err) ||
	    snapshots_settle(env, true, &settled, &pending, err) ||
	    backups_settle(env, true, &settled, &pending, err)) {
		if (changes.code)
			flow_notice(env, "%s", changes.msg);
		return -1;
	}
	recover_sweep(env);
	if (changes.code)
		return sx_err_move(err, &changes);
	if (inv->options->json) {
		JSON_DOC *j = output_new();

		json_set_number(j, "settled", (long long)settled);
		json_set_number(j, "pending", (long long)pending);
		outcome_print(inv->outcome, j);
	} else if (!settled && !pending) {
		flow_notice(env, "nothing to recover");
	}
	return pending ? 75 : EXIT_SUCCESS;
}
