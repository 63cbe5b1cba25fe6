/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * edit: opens a configuration in the user's editor, checks the result before recording it, and
 * manages copies that earlier edits left.
 */
#include "ask.h"
#include "core.h"
#include "editor.h"
#include "findings.h"
#include "output.h"
#include "pager.h"

#include "base/terminal.h"
#include "family/edit.h"

#include <stdio.h>

/* ---- arguments ---- */

enum what { EDIT_NEW, EDIT_LIST, EDIT_RESUME, EDIT_TAKE, EDIT_DROP };

static int parse(const struct sx_invocation *inv, enum what *what, const char **word,
		 struct sx_err *err)
{
	static const struct {
		const char *option;
		enum what what;
	} table[] = { { "list", EDIT_LIST },
		      { "resume", EDIT_RESUME },
		      { "take", EDIT_TAKE },
		      { "drop", EDIT_DROP } };

	*what = EDIT_NEW;
	*word = inv->argc > 1 ? inv->argv[1] : NULL;
	for (size_t i = 0; i < SX_COUNT(table); i++) {
		const struct sx_given *given = sx_options_own(inv->options, table[i].option);

		if (given) {
			*what = table[i].what;
			*word = given->value;
		}
	}
	if (inv->options->own.len > 1)
		return sx_err_set(err, SX_EUSAGE, "edit: one option at a time");
	if (inv->argc - 1 != (*what == EDIT_NEW))
		return sx_err_set(err, SX_EUSAGE,
				  *what == EDIT_NEW
					  ? "edit: one domain or configuration file is needed"
					  : "edit: no domain or file beside this option");
	if (*word && !**word)
		return sx_err_set(err, SX_EUSAGE, "edit: an argument is empty");
	return 0;
}

static void about(const struct flow_env *env, const struct edit *e)
{
	event_about(env, e->domain);
	event_about_config(env, e->path);
}

/* ---- one edit ---- */

/* What to do with the copy. */
enum wish { RECORD, EDIT_AGAIN, DROP, LEAVE };

/* xl can read the text, but `check` finds errors that the file did not have. */
static int refuse(const struct edit *e, const struct edit_judgement *j, struct sx_err *err)
{
	return sx_err_set(err, SX_ESYNTAX, "%s: check finds %zu error%s in the new text", e->path,
			  j->report.errors, j->report.errors == 1 ? "" : "s");
}

static enum wish ask_about_errors(bool readable)
{
	const char *question = readable ? "edit again? [Y]es / [t]ake anyway / [d]rop: "
					: "edit again? [Y]es / [d]rop: ";

	for (;;) {
		char letter = ask_letter(question, "y");

		if (letter == 'y')
			return EDIT_AGAIN;
		if (letter == 'd')
			return DROP;
		if (letter == 't' && readable)
			return RECORD;
		if (letter == 'n' || !letter)
			return LEAVE;
	}
}

/*
 * Check the copy; *wish RECORD: it is acceptable. Errors of `check` do not count with `as_it_is`,
 * nor if xl could not read the old file: the new text is an improvement anyway.
 */
static int judge(const struct flow_env *env, const struct edit *e, bool as_it_is,
		 struct edit_judgement *j, enum wish *wish, struct sx_err *err)
{
	bool readable = edit_judge(env, e, j, err) == 0;

	*wish = RECORD;
	if (!readable && err->code != SX_ESYNTAX)
		return -1;
	findings_print(&j->report, stderr);
	if (readable && (as_it_is || j->was_broken || !j->report.errors))
		return 0;
	if (readable)
		refuse(e, j, err);
	if (as_it_is || !ask_possible())
		return -1;
	sx_err_print(err);
	sx_err_clear(err);
	*wish = ask_about_errors(readable);
	return *wish == LEAVE ? sx_err_set(err, SX_ESYNTAX, "%s: not recorded", e->path) : 0;
}

/* Ask after the diff was shown. *reason: heap string, or NULL. */
static enum wish ask_reason(const struct flow_env *env, char **reason)
{
	char letter;

	*reason = NULL;
	if (!ask_possible())
		return RECORD;
	if (env->message) {
		letter = ask_letter("record it? [Y]es / [e]dit again / [n]o: ", "y");
		return letter == 'y' ? RECORD : letter == 'e' ? EDIT_AGAIN : LEAVE;
	}
	*reason = ask_line(
		"reason for the change (Enter: none, e: edit again, n: do not record it): ");
	if (sx_streq(*reason, "e"))
		return EDIT_AGAIN;
	return !*reason || sx_streq(*reason, "n") || sx_streq(*reason, "no") ? LEAVE : RECORD;
}

static int put_in_place(const struct sx_invocation *inv, const struct flow_env *env, struct edit *e,
			const char *reason, struct sx_err *err)
{
	struct change_result result = { 0 };
	struct flow_env with_reason = *env;

	if (reason)
		with_reason.message = reason;
	if (change_run(&with_reason, "edit", sx_words_argv(&e->words), FLOW_CONFIG, &result, err))
		return -1;
	inv->outcome->changed = true;
	return 0;
}

/* Show an acceptable copy and, unless the user refuses, put it in place. */
static int conclude(const struct sx_invocation *inv, const struct flow_env *env, struct edit *e,
		    const struct edit_judgement *j, enum wish *wish, struct sx_err *err)
{
	SX_FREE char *reason = NULL;

	if (!j->changed) {
		flow_notice(env, "%s: nothing was changed", e->path);
		return 0;
	}
	if (inv->options->dry_run)
		return core_dry_run(inv, env, "edit", sx_words_argv(&e->words), FLOW_CONFIG, err);
	if (!inv->options->json && !inv->options->quiet)
		print_diff(sx_str_text(&j->diff), terminal_colors(stdout));
	*wish = ask_reason(env, &reason);
	return *wish == RECORD ? put_in_place(inv, env, e, reason, err) : 0;
}

/* Repeat until the user records or gives up: *wish is never EDIT_AGAIN afterwards. */
static int edit_copy(const struct sx_invocation *inv, const struct flow_env *env, struct edit *e,
		     bool as_it_is, enum wish *wish, struct sx_err *err)
{
	bool taken = as_it_is;

	do {
		EDIT_JUDGEMENT j = { 0 };

		if (!taken && editor_run(e->copy, err))
			return -1;
		if (judge(env, e, as_it_is, &j, wish, err) ||
		    (*wish == RECORD && conclude(inv, env, e, &j, wish, err)))
			return -1;
		taken = false;
	} while (*wish == EDIT_AGAIN);
	return 0;
}

/* ---- failed edits ---- */

/* Keep the copy and hint where it is and what to do with it. `readable`: by xl, as --take needs. */
static int keep(const struct edit *e, bool readable, struct sx_err *err)
{
	SX_FREE char *base = sx_path_base(e->dir);
	SX_FREE char *before = err->hint ? sx_format("%s\n", err->hint) : sx_strdup("");

	return sx_err_hint(err,
			   "%snothing was changed; your text is kept: %pQ\n"
			   "to go on editing: safexl edit --resume %pQ\n"
			   "%s: safexl edit --take %pQ\n"
			   "to remove it: safexl edit --drop %pQ",
			   before, e->copy, base,
			   readable ? "to record it as it is" : "once that line is corrected there",
			   base, base);
}

/* An edit failed: the copy is removed if nobody needs it. `keeps` as run_edit. */
static int leave(const struct flow_env *env, const struct edit *e, bool keeps, struct sx_err *err)
{
	EDIT_JUDGEMENT j = { 0 };
	SX_ERR ignored = { 0 };
	bool readable = edit_judge(env, e, &j, &ignored) == 0;

	/* With SX_EPARTIAL the journal has the new text. */
	if (err->code != SX_EPARTIAL && (keeps || !readable || j.changed))
		return keep(e, readable, err);
	edit_discard(env, e);
	return -1;
}

/* `keeps`: leave an older copy in place, since -N changes nothing. */
static int run_edit(const struct sx_invocation *inv, const struct flow_env *env, struct edit *e,
		    bool as_it_is, bool keeps, struct sx_err *err)
{
	enum wish wish = RECORD;

	if (edit_copy(inv, env, e, as_it_is, &wish, err) == 0 && wish != LEAVE) {
		if (wish == DROP)
			flow_notice(env, "%s: nothing was changed, the new text is dropped",
				    e->path);
		if (!keeps)
			edit_discard(env, e);
		return wish == DROP ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	if (!err->code)
		sx_err_set(err, SX_EFAIL, "%s: not recorded", e->path);
	return leave(env, e, keeps, err);
}

/* ---- copies of earlier edits ---- */

static void print_copy(const struct sx_invocation *inv, const struct edit_copy *c,
		       struct json *list)
{
	struct json *one;
	char when[64];
	struct tm tm;

	if (!inv->options->json) {
		localtime_r(&c->time, &tm);
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &tm);
		sx_print(stdout, "%pS  %s  %pS%s\n", c->name, when, c->path,
			 c->busy ? "  (being edited now)" : "");
		return;
	}
	one = json_new();
	output_text(one, "copy", c->name);
	output_text(one, "config", c->path);
	output_time(one, "time", true, c->time);
	json_set_bool(one, "busy", c->busy);
	json_append(list, "copies", one);
}

static int list_copies(const struct sx_invocation *inv, const struct flow_env *env)
{
	SX_CLEANUP(edit_copies_dispose) struct edit_copies all = { 0 };
	JSON_DOC *j = output_new();

	edit_copies_find(env, &all);
	json_set_words(j, "copies", (char *[]){ NULL });
	for (size_t i = 0; i < all.len; i++)
		print_copy(inv, &all.items[i], j);
	if (inv->options->json)
		outcome_print(inv->outcome, j);
	else if (!all.len)
		flow_notice(env, "no edit left a copy");
	return EXIT_SUCCESS;
}

static int drop_copy(const struct sx_invocation *inv, const struct flow_env *env, const char *name,
		     struct sx_err *err)
{
	EDIT e = { 0 };

	if (edit_open(env, name, &e, err))
		return -1;
	if (inv->options->dry_run) {
		flow_notice(env, "%s: the copy %s would be removed", e.path, e.copy);
	} else {
		edit_discard(env, &e);
		flow_notice(env, "%s: the copy %s is removed", e.path, e.copy);
	}
	about(env, &e);
	return EXIT_SUCCESS;
}

int cmd_edit(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	EDIT e = { 0 };
	enum what what;
	const char *word;

	if (parse(inv, &what, &word, err))
		return -1;
	inv->outcome->config_only = true;
	if (what == EDIT_LIST)
		return list_copies(inv, env);
	if (what == EDIT_DROP)
		return drop_copy(inv, env, word, err);
	if (what == EDIT_NEW ? edit_begin(env, word, &e, err) : edit_resume(env, word, &e, err))
		return -1;
	about(env, &e);
	return run_edit(inv, env, &e, what == EDIT_TAKE, what != EDIT_NEW && inv->options->dry_run,
			err);
}
