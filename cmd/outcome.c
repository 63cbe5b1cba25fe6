/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds the one JSON document of a command: see outcome.h. */
#include "outcome.h"
#include "output.h"

#include "host/proc.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

int outcome_begin(struct outcome *o, const struct sx_invocation *inv, struct sx_err *err)
{
	o->asked = inv->options->json || sx_json_wanted(inv->typed);
	o->config_only = inv->options->config;
	if (!o->asked)
		return 0;
	fflush(stdout);
	o->kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (o->kept < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return sx_err_sys(err, SX_EFAIL, "keep standard output for the document");
	return 0;
}

static void give_back(struct outcome *o)
{
	/* 0: never taken, as in the shell. */
	if (o->kept <= STDERR_FILENO)
		return;
	fflush(stdout);
	dup2(o->kept, STDOUT_FILENO);
	close(o->kept);
	o->kept = -1;
}

void outcome_dispose(struct outcome *o)
{
	give_back(o);
	json_free(o->plan);
	json_free(o->several);
	free(o->undone);
	flow_events_dispose(&o->events);
}

void outcome_print(struct outcome *o, const struct json *j)
{
	SX_FREE char *text = json_text_utf8(j);

	give_back(o);
	fputs(text, stdout);
	o->printed = true;
}

void outcome_plan(struct outcome *o, const char *line, struct change_preview *p)
{
	struct change_preview nothing = { 0 };
	struct json *j = json_new();

	p = p ? p : &nothing;
	output_text(j, "run", line);
	output_text(j, "diff", p->diff);
	output_text(j, "message", p->diff && *p->diff ? p->message : NULL);
	json_set_words(j, "notices", sx_words_argv(&p->notices));
	json_free(o->plan);
	o->plan = j;
}

/* Each line of `hint` is a hint. */
static void put_hints(struct json *j, const char *hint)
{
	SX_WORDS all = { 0 };

	while (hint && *hint) {
		size_t len = strcspn(hint, "\n");

		sx_words_give(&all, sx_strndup(hint, len));
		hint += len + (hint[len] == '\n');
	}
	json_set_words(j, "hints", sx_words_argv(&all));
}

static void put_members(const struct outcome *o, const struct sx_err *err, struct json *j)
{
	const struct flow_events *e = &o->events;
	SX_FREE char *text = err ? sx_err_text(err) : NULL;

	json_set_bool(j, "changed", o->changed || (err && err->code == SX_EPARTIAL));
	output_text(j, "domain", e->domain);
	output_text(j, "config", e->config);
	output_text(j, "commit", e->commit);
	output_text(j, "subject", e->subject);
	output_text(j, "image", e->image);
	json_set_bool(j, "config_only", o->config_only);
	output_list(j, "waiting_keys", e->waiting);
	output_text(j, "undone", o->undone);
	output_text(j, "error", text);
	json_set_number(j, "status", err ? sx_err_status(err) : 0);
	json_set_bool(j, "refused", err && sx_err_refuses(err));
	put_hints(j, err ? err->hint : NULL);
	if (o->plan)
		json_put(j, "plan", json_copy(o->plan));
	else
		json_set_null(j, "plan");
}

/* Turn a wait status into the error it stands for; 0 is none. */
static void end_of(int status, struct sx_err *err)
{
	if (!status)
		return;
	err->code = SX_EXL;
	err->status = status;
}

void outcome_add(struct outcome *o, const char *domain, const struct sx_str *text, int status)
{
	struct outcome silent = { .events = { .domain = sx_strdup(domain) } };
	struct json *j = NULL;
	SX_ERR err = { 0 };

	if (json_parse(sx_str_text(text), text->len, &j, &err)) {
		sx_err_clear(&err);
		end_of(status, &err);
		j = json_new();
		put_members(&silent, status ? &err : NULL, j);
	}
	json_set_string(j, "version", NULL);
	o->changed |= json_get_bool(j, "changed");
	o->several = o->several ? o->several : json_new();
	json_append(o->several, "guests", j);
	flow_events_dispose(&silent.events);
}

/* `err` is that of the first guest that failed. */
static void put_several(struct outcome *o, const struct sx_err *err, struct json *j)
{
	SX_FREE char *text = NULL;
	size_t count = json_count(o->several, "guests"), failed = 0;
	bool refused = false;

	for (size_t i = 0; i < count; i++) {
		const struct json *one = json_at(o->several, "guests", i);

		failed += json_get_number(one, "status") != 0;
		refused |= json_get_bool(one, "refused");
	}
	text = err ? sx_format("%zu of %zu failed", failed, count) : NULL;
	json_set_bool(j, "changed", o->changed);
	output_text(j, "error", text);
	json_set_number(j, "status", err ? sx_err_status(err) : 0);
	json_set_bool(j, "refused", refused);
	json_set_words(j, "hints", (char *[]){ NULL });
	for (size_t i = 0; i < count; i++)
		json_append(j, "guests", json_copy(json_at(o->several, "guests", i)));
}

static bool changes(const struct sx_command *command)
{
	return command->class != SX_OWN || command->does & SX_CHANGES;
}

void outcome_end(struct outcome *o, const struct sx_invocation *inv, const struct sx_err *err)
{
	if (!o->asked || o->printed)
		return;
	if (changes(inv->command) || o->plan) {
		JSON_DOC *j = output_new();

		if (o->several)
			put_several(o, err, j);
		else
			put_members(o, err, j);
		outcome_print(o, j);
	} else if (err) {
		give_back(o);
		sx_err_print_json(err, sx_err_status_of(inv->command, err));
		o->printed = true;
	}
}

int outcome_end_like(struct outcome *o, int status)
{
	o->like = status;
	return status ? EXIT_FAILURE : EXIT_SUCCESS;
}

void outcome_exit_like(struct outcome *o, const struct sx_invocation *inv)
{
	SX_ERR err = { 0 };

	end_of(o->like, &err);
	outcome_end(o, inv, &err);
	proc_exit_like(o->like);
}
