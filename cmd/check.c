/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check: finds mistakes in configurations, without Xen. */
#include "caller.h"
#include "core.h"
#include "findings.h"
#include "output.h"

#include "check/inspect.h"
#include "guard/named.h"

#include <string.h>

static void print_json(const struct sx_invocation *inv, const struct inspect_report *r)
{
	char *none[] = { NULL };
	JSON_DOC *j = output_new();

	json_set_number(j, "files", (long long)r->files);
	json_set_number(j, "unread", (long long)r->unread);
	json_set_number(j, "errors", (long long)r->errors);
	json_set_number(j, "warnings", (long long)r->warnings);
	json_set_words(j, "findings", none);
	sx_each(const struct inspect_finding, f, r) {
		char *hints[] = { f->hint, NULL };
		struct json *one = json_new();

		output_text(one, "config", f->path);
		output_number(one, "line", f->line > 0, (long long)f->line);
		output_text(one, "severity", findings_severity(f));
		output_text(one, "code", f->code);
		output_text(one, "text", f->text);
		json_set_words(one, "hints", hints);
		json_append(j, "findings", one);
	}
	outcome_print(inv->outcome, j);
}

/* Add a file; a guest's name stands for its configuration. */
static int add_path(const struct flow_env *env, const char *word, struct sx_words *paths,
		    struct sx_err *err)
{
	SX_FREE char *path = NULL;

	if (named_config(env, word, &path, err))
		return -1;
	sx_words_add(paths, path ? path : word);
	return 0;
}

static int parse(const struct sx_invocation *inv, const struct flow_env *env,
		 struct inspect_options *o, struct sx_words *paths, struct sx_err *err)
{
	o->text_only = sx_options_own(inv->options, "no-host") != NULL;
	for (int i = 1; i < inv->argc; i++) {
		if (!*inv->argv[i])
			return sx_err_set(err, SX_EUSAGE, "check: an argument is empty");
		if (add_path(env, inv->argv[i], paths, err))
			return -1;
	}
	o->paths = sx_words_argv(paths);
	return 0;
}

struct check {
	const struct sx_invocation *inv;
	const struct flow_env *env;
};

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static int fail(const struct check *c, const struct sx_err *err)
{
	sx_err_print(err);
	outcome_end(c->inv->outcome, c->inv, err);
	fflush(stdout);
	return sx_err_status_of(c->inv->command, err);
}

/* A file that cannot be read is a failure of check, not a mistake in the file. */
static int end_status(const struct check *c, const struct inspect_report *r)
{
	SX_ERR err = { 0 };

	if (!r->unread)
		return r->errors ? EXIT_FAILURE : EXIT_SUCCESS;
	sx_err_set(&err, SX_EFAIL, "check: %zu file%s cannot be read", r->unread,
		   plural(r->unread));
	if (r->denied && caller_lacks_root(c->inv->root))
		(void)caller_refuse("check", c->inv->typed, &err);
	return fail(c, &err);
}

/* Runs in a child of inspect_tried, once all files are checked. */
static int print_report(const struct inspect_report *report, struct sx_err *err, void *arg)
{
	const struct check *c = arg;

	if (!report)
		return fail(c, err);
	if (c->inv->options->json)
		print_json(c->inv, report);
	else
		findings_print(report, stdout);
	if (fflush(stdout) || ferror(stdout)) {
		sx_err_sys(err, SX_EFAIL, "cannot write to standard output");
		return fail(c, err);
	}
	flow_notice(c->env, "%zu file%s, %zu error%s, %zu warning%s", report->files,
		    plural(report->files), report->errors, plural(report->errors), report->warnings,
		    plural(report->warnings));
	return end_status(c, report);
}

int cmd_check(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	struct check c = { .inv = inv, .env = env };
	struct inspect_options options = { 0 };
	SX_WORDS paths = { 0 }, deadly = { 0 };
	SX_FREE char *xl = NULL;
	SX_ERR none = { 0 };
	int status;

	if (parse(inv, env, &options, &paths, err))
		return -1;
	if (sx_xl_path(&xl, &options.xl_version, &none))
		sx_err_clear(&none);
	return inspect_tried(env, &options, print_report, &c, &deadly, &status, err) ? -1 : status;
}
