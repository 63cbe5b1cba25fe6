/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The steps that come before a change is made: words, domain, file, plan, guard, conflict; and the
 * message of the commit to be. Nothing here changes anything.
 */
#include "change/private.h"
#include "domain/domain.h"
#include "domain/event.h"
#include "domain/resolve.h"
#include "guard/saved.h"

#include <string.h>

/* Is there no file at all that --config could change? */
static bool lacks_config(const struct change *c)
{
	RESOLVED found = { 0 };
	SX_ERR why = { 0 };

	return resolve_domain(c->env, c->said.domain, "", &found, &why) && why.code == SX_ENOCONFIG;
}

int change_find_domain(struct change *c, struct live **live, struct sx_err *err)
{
	SX_ERR why = { 0 };
	SX_STR shown = { 0 };
	SX_FREE char *before = NULL;

	event_about(c->env, c->said.domain);
	if (live_open(live, &why) == 0 &&
	    /* Added by safexl, not typed: certainly a name, not a number. */
	    (c->said.family->typed
		     ? live_find_name(*live, c->said.domain, &c->domain, &why)
		     : domain_find(c->env, *live, c->said.domain, &c->domain, &why)) == 0) {
		c->running = true;
		event_about(c->env, c->domain.name);
		return 0;
	}
	if (c->scope == FLOW_CONFIG && !c->said.takes) {
		c->domain.name = sx_strdup(c->said.domain);
		return 0;
	}
	sx_err_move(err, &why);
	(void)saved_tell_absent(c->env, c->said.domain, err);
	if (c->said.takes)
		return -1;
	change_add_typed(c, &shown);
	if (err->code == SX_ENOXEN && !c->said.family->typed)
		return sx_err_hint(err,
				   "only the configuration: safexl --config%s\n"
				   "only the running domain, nothing recorded: safexl --live%s",
				   sx_str_text(&shown), sx_str_text(&shown));
	before = err->hint ? sx_format("%s\n", err->hint) : sx_strdup("");
	if (lacks_config(c))
		return sx_err_hint(err, "%sthe guests of this host: safexl list --all", before);
	return sx_err_hint(err, "%sto change its configuration only: safexl --config%s", before,
			   sx_str_text(&shown));
}

/* The words change no domain. xl would show or refuse them, but with --config xl does not run. */
static int refuse_idle(const struct change *c, struct sx_err *err)
{
	return sx_err_set(err, SX_EUSAGE, "%s: %s", c->words[0],
			  c->said.lacks ? c->said.lacks : "these arguments change nothing");
}

int look_words(struct walk *w, struct sx_err *err)
{
	struct change *c = &w->c;

	return change_parse(w->command, c->words, c->env->cwd, &c->said, err);
}

/* xl runs alone for Domain-0, which has no file, and for words that change no domain. */
int look_domain(struct walk *w, struct sx_err *err)
{
	struct change *c = &w->c;

	if (!c->said.domain)
		return c->scope == FLOW_CONFIG ? refuse_idle(c, err) : 1;
	if (change_find_domain(c, &w->live, err))
		return -1;
	return c->running && c->domain.domid == 0 && c->scope == FLOW_BOTH;
}

int look_file(struct walk *w, struct sx_err *err)
{
	struct change *c = &w->c;
	RESOLVED resolved = { 0 };

	c->live_only = change_live_only(c);
	if (c->said.file) {
		c->path = sx_strdup(c->said.file);
		event_about_config(c->env, c->path);
		return 0;
	}
	if (resolve_domain(c->env, c->domain.name, c->domain.uuid, &resolved, err)) {
		change_hint_live(c, err);
		return -1;
	}
	c->path = sx_steal(&resolved.path);
	event_about_config(c->env, c->path);
	c->overrides = sx_steal(&resolved.overrides);
	return 0;
}

void change_asked_dispose(struct change_asked *a)
{
	sx_str_dispose(&a->retry);
}

bool change_ask(const struct change *c, struct change_asked *out)
{
	if (!c->said.disk_written)
		return false;
	out->lent = *c->said.disk_written;
	out->disks = (struct guard_disks){ &out->lent, 1, 1 };
	sx_str_add(&out->retry, "safexl --discard-marker");
	change_add_typed(c, &out->retry);
	out->want = (struct guard_want){ .name = c->domain.name,
					 .uuid = c->domain.uuid,
					 .disks = &out->disks,
					 .retry = sx_str_text(&out->retry) };
	return true;
}

int change_ask_guard(const struct change *c, struct sx_err *err)
{
	CHANGE_ASKED a = { 0 };

	return change_ask(c, &a) ? guard_check(c->env, &a.want, err) : 0;
}

/* Say that the guest has ended: then a change takes effect only at its next start. */
static void tell_ended(const struct change *c)
{
	SX_FREE char *account = NULL;

	if (!c->running || !domain_has_ended(c->domain.state) ||
	    (c->scope == FLOW_CONFIG && !c->said.takes))
		return;
	account = domain_account(&c->domain, c->path);
	flow_notice(c->env, "%s: %s", c->domain.name, account);
}

int look_around(struct walk *w, struct sx_err *err)
{
	const struct change_family *family = change_by(&w->c.said)->family;

	tell_ended(&w->c);
	if (!family->look || family->look(&w->c, w->live, err) == 0)
		return 0;
	if (err->hint)
		change_hint_file(&w->c, err);
	return -1;
}

int look_facts(struct walk *w, struct sx_err *err)
{
	return change_discover(&w->c, w->c.scope == FLOW_BOTH ? w->live : NULL, err);
}

int look_plan(struct walk *w, struct sx_err *err)
{
	change_recording(&w->c, &w->r);
	if (recording_plan(&w->r, err) == 0)
		return 0;
	change_hint_file(&w->c, err);
	return -1;
}

int look_guard(struct walk *w, struct sx_err *err)
{
	return w->c.scope == FLOW_BOTH ? change_ask_guard(&w->c, err) : 0;
}

int look_conflict(struct walk *w, struct sx_err *err)
{
	const struct change_said *by = change_by(&w->c.said);

	if (w->c.scope != FLOW_BOTH || !by->family->conflict)
		return 0;
	return by->family->conflict(&w->c, w->live, err);
}

static void add_reason(struct sx_str *s, const char *reason)
{
	SX_FREE char *copy = sx_strdup(reason);
	char *rest = copy, *line;

	sx_str_add(s, "Reason: ");
	for (bool first = true; (line = strsep(&rest, "\n")); first = false)
		sx_str_addf(s, "%s%pS\n", first ? "" : "  ", line);
	sx_str_addc(s, '\n');
}

char *change_message(const struct change *c, const struct change_plan *plan)
{
	SX_STR s = { 0 };

	sx_str_addf(&s, "%pS: %pS\n\n", c->domain.name, plan->subject);
	if (c->env->message && *c->env->message)
		add_reason(&s, c->env->message);
	sx_str_addf(&s, "%sCommand: %pS\nDomain: %pS", plan->trailers ? plan->trailers : "",
		    c->env->command, c->domain.name);
	if (c->running)
		sx_str_addf(&s, " (uuid %s, domid %u)%s\n", c->domain.uuid, c->domain.domid,
			    c->scope == FLOW_CONFIG && !c->said.takes
				    ? ", not changed while it runs"
				    : "");
	else
		sx_str_add(&s, " (not running)\n");
	return sx_str_take(&s);
}
