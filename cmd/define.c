/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* define, undefine, autostart and their undo: which guests exist, and which start with the host. */
#include "core.h"

#include "guard/named.h"
#include "history/history.h"
#include "managed/define.h"

#include <stdio.h>
#include <string.h>

/* The only argument of these commands. */
static int read_word(const struct sx_invocation *inv, const char *what, const char **word,
		     struct sx_err *err)
{
	if (inv->argc != 2 || !*inv->argv[1])
		return sx_err_set(err, SX_EUSAGE, "%s: exactly one %s is needed", inv->argv[0],
				  what);
	*word = inv->argv[1];
	return 0;
}

static int preview(const struct sx_invocation *inv, const struct flow_env *env,
		   const struct defining *d, struct sx_err *err)
{
	SX_CLEANUP(change_preview_dispose) struct change_preview p = { 0 };

	if (deed_preview(env, &d->deed, &p, err))
		return -1;
	if (inv->options->json)
		outcome_plan(inv->outcome, "", &p);
	else
		core_print_preview("", &p);
	return EXIT_SUCCESS;
}

static void tell(const struct flow_env *env, const struct defining *d, const char *commit)
{
	SX_FREE char *subject = sx_format("%s: %s", d->name, d->deed.subject);

	if (*commit)
		event_committed(env, commit, subject);
	if (*commit)
		flow_notice(env, "%s: %s: committed (%.7s)", d->name, d->deed.subject, commit);
	else
		flow_notice(env, "%s: %s", d->name, d->deed.subject);
	for (size_t i = 0; i < d->notices.len; i++)
		flow_notice(env, "%s: %s", d->name, d->notices.items[i]);
}

/* `already`: the notice if nothing is to be done. */
static int run(const struct sx_invocation *inv, const struct flow_env *env, struct defining *d,
	       const char *already, struct sx_err *err)
{
	char commit[65] = "";

	event_about(env, d->name);
	event_about_config(env, d->path);
	if (!d->deed.len) {
		flow_notice(env, "%s: %s", d->name, already);
	} else {
		if (inv->options->dry_run)
			return preview(inv, env, d, err);
		if (deed_run(env, &d->deed, commit, err))
			return -1;
		tell(env, d, commit);
	}
	inv->outcome->changed = d->deed.len > 0;
	return EXIT_SUCCESS;
}

int cmd_define(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	DEFINING d = { 0 };
	const struct sx_given *from = sx_options_own(inv->options, "from");
	SX_FREE char *path = NULL;
	const char *file = NULL;

	if (from) {
		if (inv->argc > 1)
			return sx_err_set(err, SX_EUSAGE,
					  "define: no configuration file beside --from");
		if (define_from_plan(env, from->value, &d, err))
			return -1;
	} else if (read_word(inv, "configuration file", &file, err) ||
		   named_file(env, file, &path, err) ||
		   define_plan(env, path, inv->options->config, &d, err)) {
		return -1;
	}
	if (run(inv, env, &d, "", err))
		return -1;
	return inv->options->dry_run ? EXIT_SUCCESS : define_remember(env, &d, err);
}

int cmd_undefine(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	DEFINING d = { 0 };
	const char *name = NULL;

	if (read_word(inv, "domain", &name, err))
		return -1;
	event_about(env, name);
	if (undefine_plan(env, name, inv->options->config, &d, err) ||
	    run(inv, env, &d, "it has no configuration", err))
		return -1;
	return inv->options->dry_run ? EXIT_SUCCESS : undefine_forget(env, name, err);
}

int cmd_autostart(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	DEFINING d = { 0 };
	const char *name = NULL;
	bool off = sx_options_own(inv->options, "off") != NULL;

	if (read_word(inv, "domain", &name, err))
		return -1;
	event_about(env, name);
	if (autostart_plan(env, name, !off, &d, err))
		return -1;
	return run(inv, env, &d,
		   off ? "it does not start with the host" : "it starts with the host already",
		   err);
}

int core_undo_files(const struct sx_invocation *inv, const struct flow_env *env,
		    const struct history_entry *entry, struct sx_err *err)
{
	DEFINING d = { 0 };

	flow_notice(env, "undoing %s %s", entry->short_id, entry->subject);
	if (undo_files_plan(env, entry, inv->options->config, &d, err))
		return -1;
	return run(inv, env, &d, "nothing is to be undone", err);
}
