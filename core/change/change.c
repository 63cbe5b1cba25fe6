/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The transaction of one change, see change.h. Its order is the two tables at the end: first all
 * that can fail (words, domain, file, conflict, proof, repository, room, staging), then the
 * journal, then xl, then what libxl shows, then the file and the commit.
 */
#include "change/private.h"
#include "domain/domain.h"
#include "domain/event.h"

#include <string.h>
#include <sys/wait.h>

static void entry_of(const struct change *c, const struct recording *r, struct journal_entry *e)
{
	bool edits = !xlcfg_edits_empty(&r->plan.edits);
	size_t len;

	e->family = sx_strdup(c->said.command);
	sx_words_add_all(&e->words, c->words);
	sx_words_add_all(&e->facts, c->facts.items);
	e->cwd = sx_strdup(c->env->cwd);
	e->scope = c->scope;
	e->name = sx_strdup(c->domain.name);
	e->uuid = sx_strdup(c->domain.uuid);
	e->path = sx_strdup(r->image.path);
	e->old_text = sx_strdup(sx_str_text(&r->image.text));
	e->new_text = edits ? sx_strdup(xlcfg_text(r->doc, &len)) : NULL;
	e->staged = sx_strdup(edits ? r->staged.temp : "");
	e->message = sx_strdup(r->message);
	e->author.name = sx_strdup(c->env->author.name);
	e->author.email = sx_strdup(c->env->author.email);
	e->command = sx_strdup(c->env->command);
}

static bool has_succeeded(int status)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* What libxl shows now; if it cannot be asked, xl's exit status decides. */
static enum change_truth find_truth(const struct change *c, bool xl_succeeded)
{
	enum change_truth truth = xl_succeeded ? CHANGE_LIVE : CHANGE_NOT_LIVE;
	enum change_truth found;
	LIVE_DOMAIN now = { 0 };
	LIVE *live = NULL;
	SX_ERR ignored = { 0 };

	if (live_open(&live, &ignored) == 0 &&
	    record_find_live(live, c->domain.name, c->domain.uuid, &now, &ignored) == 0 &&
	    change_verify(&c->said, live, &now, &found, &ignored) == 0)
		truth = found;
	return truth;
}

static void say_recorded(const struct flow_env *env, const char *domain, const struct recording *r,
			 const char *commit)
{
	for (size_t i = 0; i < r->plan.edits.notices.len; i++)
		flow_notice(env, "%s: %s", domain, r->plan.edits.notices.items[i]);
	if (*commit && env->notice) {
		SX_FREE char *abbreviated = repo_abbreviate(r->repo, commit);

		flow_notice(env, "%s: %s: recorded in %s (%s)", domain, r->plan.subject,
			    r->image.path, abbreviated);
	}
}

/* The file needed no edit, and that is no error. */
static void say_unedited(const struct change *c, const struct recording *r)
{
	if (r->plan.already)
		flow_notice(c->env, "%s: nothing to record: %s", c->domain.name, r->plan.already);
	else if (r->plan.instead)
		flow_notice(c->env, "%s: %s", c->domain.name, r->plan.instead);
	else
		flow_notice(c->env, "%s: %s: %s needs no change", c->domain.name, r->plan.subject,
			    r->image.path);
}

/*
 * Name the keys that only the file has now and the running domain gets at its next cold boot. A
 * change that the domain already shows, whatever command made it, does not wait.
 */
static void say_waiting(const struct change *c, const struct journal_entry *entry)
{
	SX_STR keys = { 0 };
	SX_ERR broken = { 0 };

	if (c->scope != FLOW_CONFIG || !c->running || c->said.takes || !entry->new_text ||
	    find_truth(c, false) == CHANGE_LIVE)
		return;
	if (xlcfg_differing_keys(entry->old_text, entry->new_text, &keys, &broken))
		sx_str_add(&keys, "all of it");
	if (keys.len)
		event_waits(c->env, sx_str_text(&keys));
	if (keys.len)
		flow_notice(c->env,
			    "%s: it is running; at its next cold boot these take effect: "
			    "%s",
			    c->domain.name, sx_str_text(&keys));
}

/* ---- what an error means ---- */

static int named(const struct change *c, struct sx_err *err)
{
	return sx_err_wrap(err, "%s", c->domain.name);
}

static int untouched(const struct change *c, struct sx_err *err)
{
	return sx_err_wrap(err, "%s: nothing was changed", c->domain.name);
}

/* The guest is changed, the record is not: say what is true and what finishes it. */
static int partial(const struct change *c, struct sx_err *err)
{
	sx_err_wrap(err, "%s: %s, but the record in %s is not complete", c->domain.name,
		    c->scope == FLOW_BOTH ? "the running domain is changed"
					  : "the change was begun",
		    c->path);
	err->code = SX_EPARTIAL;
	return sx_err_hint(err, "after fixing the cause: safexl recover");
}

/* ---- the steps ---- */

/* Before the file is looked for: the interrupted change may be a rename of this domain. */
static int settle_leftovers(struct walk *w, struct sx_err *err)
{
	size_t settled, pending;

	if (w->preview)
		return 0;
	return recover_all(w->c.env, w->c.domain.name, &settled, &pending, err);
}

static void sweep_beside(const char *path)
{
	SX_FREE char *real = realpath(path, NULL);
	SX_FREE char *dir = sx_path_dir(real ? real : path);

	file_sweep(dir);
}

/* Lock the domain, and its new name when it is renamed. */
static int lock_names(struct walk *w, struct sx_err *err)
{
	const struct change *c = &w->c;

	if (w->preview)
		return 0;
	if (record_lock(c->env, c->domain.name, c->said.second_name, &w->locks, err))
		return -1;
	/* Its last holder was killed, perhaps between staging and journal. */
	if (w->locks.first.abandoned)
		sweep_beside(c->path);
	return 0;
}

/* The file needs no edit: with --config that can be an error, else xl runs and a notice says so. */
static int run_unrecorded(struct walk *w, struct sx_err *err)
{
	const struct change *c = &w->c;

	if (!xlcfg_edits_empty(&w->r.plan.edits) ||
	    (c->scope == FLOW_BOTH && change_by(&c->said)->family->after))
		return 0;
	if (c->scope == FLOW_CONFIG && w->r.plan.already && !c->said.takes) {
		say_recorded(c->env, c->domain.name, &w->r, "");
		return sx_err_set(err, SX_ECONFLICT, "%s: %s", c->domain.name, w->r.plan.already);
	}
	if (c->scope == FLOW_BOTH && change_xl(c, NULL, &w->status, err))
		return -1;
	say_recorded(c->env, c->domain.name, &w->r, "");
	if (!has_succeeded(w->status))
		return 1;
	say_unedited(c, &w->r);
	return c->scope == FLOW_CONFIG && act_remember(w, err) ? -1 : 1;
}

static int make_ready(struct walk *w, struct sx_err *err)
{
	w->message = change_message(&w->c, &w->r.plan);
	w->r.message = w->message;
	if (recording_prepare(&w->r, err) == 0)
		return 0;
	change_hint_live(&w->c, err);
	return -1;
}

static int write_journal(struct walk *w, struct sx_err *err)
{
	entry_of(&w->c, &w->r, &w->entry);
	if (journal_write(w->c.env, &w->entry, err))
		return -1;
	w->r.entry = &w->entry;
	return 0;
}

static int withdraw(struct walk *w, struct sx_err *err)
{
	file_unstage(&w->r.staged);
	return journal_close(&w->entry, err);
}

/* Once xl has run, a Ctrl-C or a closed terminal must not keep the change from being recorded. */
static int change_domain(struct walk *w, struct sx_err *err)
{
	SX_ERR ignored = { 0 };

	if (w->c.scope == FLOW_BOTH && change_xl(&w->c, &w->entry, &w->status, err))
		return withdraw(w, &ignored) ? sx_err_move(err, &ignored) : -1;
	proc_hold_signals(&w->signals);
	w->holds_signals = true;
	return 0;
}

static int not_shown(const struct change *c, struct sx_err *err)
{
	sx_err_set(err, SX_EFAIL,
		   "%s: xl reported success, but the running domain does not show the change; "
		   "nothing was recorded",
		   c->domain.name);
	return sx_err_hint(err, "what differs now: safexl diff %pQ", c->domain.name);
}

static void tell_half(const struct change *c)
{
	const struct change_family *family = change_by(&c->said)->family;
	SX_FREE char *cleanup_hint = family->cleanup_hint ? family->cleanup_hint(c) : NULL;

	if (cleanup_hint)
		flow_notice(c->env,
			    "%s: xl failed half-way, the device is still registered with the "
			    "domain; "
			    "nothing was recorded; to clear it: %s",
			    c->domain.name, cleanup_hint);
}

/* After xl: go on to record the change if libxl shows it, else withdraw it. */
static int judge(struct walk *w, struct sx_err *err)
{
	bool succeeded = has_succeeded(w->status);
	enum change_truth truth =
		w->c.scope == FLOW_CONFIG ? CHANGE_LIVE : find_truth(&w->c, succeeded);

	if (truth == CHANGE_LIVE || (truth == CHANGE_HALF && succeeded))
		return 0;
	if (withdraw(w, err))
		return -1;
	if (truth == CHANGE_HALF)
		tell_half(&w->c);
	return succeeded ? not_shown(&w->c, err) : 1;
}

static int put_in_place(struct walk *w, struct sx_err *err)
{
	return recording_finish(&w->r, w->commit, err);
}

static int tell(struct walk *w, struct sx_err *err SX_UNUSED)
{
	const struct change *c = &w->c;

	if (!has_succeeded(w->status))
		flow_notice(c->env,
			    "%s: xl failed, but the running domain has the change: it is recorded",
			    c->domain.name);
	say_recorded(c->env, c->domain.name, &w->r, w->commit);
	say_waiting(c, &w->entry);
	if (xlcfg_edits_empty(&w->r.plan.edits))
		say_unedited(c, &w->r);
	if (c->running && (c->scope == FLOW_BOTH || c->said.takes))
		change_note_start(c);
	return 0;
}

/* ---- their order ---- */

const struct change_step change_look[] = {
	{ look_words, NULL },	    { look_domain, NULL }, /* ends the walk when xl runs alone */
	{ settle_leftovers, NULL }, { look_file, named },
	{ lock_names, NULL },	    { look_around, named },
	{ look_facts, named },	    { look_plan, named },
	{ look_bounds, named },	    { look_guard, NULL },
	{ look_conflict, named },   { NULL, NULL },
};

static const struct change_step act[] = {
	{ run_unrecorded, NULL },
	{ make_ready, untouched },
	{ write_journal, untouched },
	{ change_domain, NULL },
	{ judge, NULL },
	/* After a kill from here on, recovery goes on here. */
	{ put_in_place, partial },
	{ act_remember, partial },
	{ act_close, partial },
	{ tell, NULL },
	{ NULL, NULL },
};

int change_run(const struct flow_env *env, const char *command, char *const *words,
	       enum flow_scope scope, struct change_result *out, struct sx_err *err)
{
	WALK w = { .c = { .env = env, .scope = scope, .words = words }, .command = command };
	int r = change_walk(&w, change_look, err);

	out->pass = r > 0;
	out->lists = r > 0 && !w.c.said.domain;
	live_close(sx_steal(&w.live));
	if (!r)
		r = change_walk(&w, act, err);
	out->status = w.status;
	memcpy(out->commit, w.commit, sizeof(out->commit));
	return r < 0 ? -1 : 0;
}
