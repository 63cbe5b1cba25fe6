/* edit: a configuration in the person's editor, judged before it counts. */
#include "core.h"
#include "editor.h"
#include "pager.h"

#include <safexl/edit.h>
#include <safexl/json.h>

#include <stdio.h>

static bool on_terminal(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* One line from the terminal, without its end; NULL at the end of input. Heap string. */
static char *ask(const char *question)
{
	SX_STR line = { 0 };
	int c;

	fflush(stdout);
	fputs(question, stderr);
	while ((c = getc(stdin)) != EOF && c != '\n')
		sx_str_addc(&line, (char)c);
	if (c == EOF) {
		clearerr(stdin);
		fputc('\n', stderr);
		if (!line.len)
			return NULL;
	}
	return sx_str_take(&line);
}

/* Enter means yes. */
static bool ask_again(const struct sx_err *err)
{
	SX_FREE char *answer = NULL;

	sx_err_print(err);
	answer = ask("edit again? [Y/n] ");
	return answer && *answer != 'n' && *answer != 'N';
}

/* The editor, again and again until xl could read it. *changed false: nothing to do. */
static int edit_until_good(const struct edit *e, bool *changed, struct sx_str *keys,
			   struct sx_str *diff, struct sx_err *err)
{
	for (;;) {
		if (editor_run(e->copy, err))
			return -1;
		if (edit_judge(e, changed, keys, diff, err) == 0)
			return 0;
		if (err->code != SX_ESYNTAX || !on_terminal() || !ask_again(err))
			return -1;
		sx_err_clear(err);
	}
}

/* What was written is not lost: where it is, and how to go on with it. */
static int keep(const struct edit *e, const char *word, struct sx_err *err)
{
	SX_STR copy = { 0 }, domain = { 0 }, command = { 0 };
	SX_FREE char *before = err->hint ? sx_format("%s\n", err->hint) : sx_strdup("");
	SX_FREE char *cp = NULL;

	sx_str_add_quoted(&copy, e->copy);
	sx_str_add_quoted(&domain, word);
	cp = sx_format("cp %s", sx_str_text(&copy));
	sx_str_add_quoted(&command, cp);
	return sx_err_hint(err,
			   "%snothing was changed; your text is kept: %s\n"
			   "to take it after all: EDITOR=%s safexl edit %s",
			   before, sx_str_text(&copy), sx_str_text(&command), sx_str_text(&domain));
}

static void print_result(const struct edit *e, bool changed, const char *commit, const char *keys)
{
	JSON_DOC *j = json_new();

	json_set_string(j, "domain", e->domain);
	json_set_string(j, "path", e->path);
	json_set_bool(j, "changed", changed);
	json_set_string(j, "commit", *commit ? commit : NULL);
	json_set_string(j, "waiting", e->running && *keys ? keys : NULL);
	core_print_json(j);
}

static int put_in_place(const struct sx_invocation *inv, const struct flow_env *env, struct edit *e,
			const char *keys, struct sx_err *err)
{
	struct change_result result = { 0 };
	struct flow_env with_reason = *env;
	SX_FREE char *reason = NULL;

	if (!env->message && on_terminal()) {
		reason = ask("reason (may be empty): ");
		with_reason.message = reason;
	}
	if (change_run(&with_reason, &edit_family, sx_words_argv(&e->words), FLOW_CONFIG, &result,
		       err))
		return -1;
	if (e->running && *keys)
		flow_notice(env, "%s: it runs: this waits for its next cold boot: %s", e->domain,
			    keys);
	if (inv->options->json)
		print_result(e, true, result.commit, keys);
	return 0;
}

/* The copy is there; 0: it is not wanted any more. */
static int edit_copy(const struct sx_invocation *inv, const struct flow_env *env, struct edit *e,
		     struct sx_err *err)
{
	SX_STR keys = { 0 }, diff = { 0 };
	bool changed;

	if (edit_until_good(e, &changed, &keys, &diff, err))
		return -1;
	if (!changed) {
		flow_notice(env, "%s: nothing was changed", e->path);
		if (inv->options->json)
			print_result(e, false, "", "");
		return 0;
	}
	if (inv->options->dry_run)
		return core_dry_run(inv, env, &edit_family, sx_words_argv(&e->words), FLOW_CONFIG,
				    err);
	if (!inv->options->json && !inv->options->quiet)
		print_diff(sx_str_text(&diff), colour_wanted(STDOUT_FILENO));
	return put_in_place(inv, env, e, sx_str_text(&keys), err);
}

int cmd_edit(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	EDIT e = { 0 };

	if (inv->argc != 2 || !*inv->argv[1])
		return sx_err_set(err, SX_EUSAGE,
				  "edit: one domain or configuration file is needed");
	/* --config says what is done anyway. */
	if (inv->options->live)
		return sx_err_set(err, SX_EUSAGE,
				  "edit: --live does not apply: it edits the configuration");
	if (edit_begin(env, inv->argv[1], &e, err))
		return -1;
	if (edit_copy(inv, env, &e, err)) {
		SX_STR keys = { 0 }, diff = { 0 };
		SX_ERR ignored = { 0 };
		bool changed = true;

		/* With SX_EPARTIAL the journal has the new text. */
		if (err->code == SX_EPARTIAL ||
		    (edit_judge(&e, &changed, &keys, &diff, &ignored) == 0 && !changed))
			edit_discard(&e);
		else
			keep(&e, inv->argv[1], err);
		return -1;
	}
	edit_discard(&e);
	return EXIT_SUCCESS;
}
