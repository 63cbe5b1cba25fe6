/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The transaction of one live change: see change.h. Order: everything that can fail (words,
 * domain, file, conflict, proof, repository, room, staging), then the journal, then xl, then the
 * truth as libxl tells it, then rename and commit.
 */
#include "change/journal.h"
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
	for (size_t i = 0; c->words[i]; i++)
		sx_words_add(&e->words, c->words[i]);
	for (size_t i = 0; i < c->facts.len; i++)
		sx_words_add(&e->facts, c->facts.items[i]);
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

static int xl_started(const struct proc_id *id, void *arg, struct sx_err *err)
{
	return journal_child(arg, id, err);
}

/* The place of the domain among the words for xl. An undo has it twice: for safexl, and behind the command. */
static size_t domain_place(const struct change *c)
{
	size_t for_xl = c->said.family->for_xl, i = for_xl ? for_xl + 1 : 0;

	while (c->words[i] && c->words[i] != c->said.domain &&
	       !(for_xl && sx_streq(c->words[i], c->said.domain)))
		i++;
	return i;
}

/* Run xl, mostly with the person's own words. `entry` NULL: nothing is to be recorded. */
static int run_xl(const struct change *c, struct journal_entry *entry, int *status,
		  struct sx_err *err)
{
	struct {
		SX_VEC_OF(char *);
	} argv = { 0 };
	const struct change_said *by = change_by(&c->said);
	SX_FREE char *xl = sx_strdup(c->env->xl);
	SX_FREE char *number = domain_number(c->said.domain, &c->domain);
	SX_WORDS further = { 0 };
	CHANGE_ASKED asked = { 0 };
	GUARD_AHEAD ahead = { .env = c->env };
	int r = 0;

	sx_vec_push(&argv, xl);
	for (size_t i = 0; c->env->xl_options[i]; i++)
		sx_vec_push(&argv, c->env->xl_options[i]);
	for (size_t i = c->said.family->for_xl; c->words[i]; i++)
		sx_vec_push(&argv, number && i == domain_place(c) ? number : c->words[i]);
	if (by->family->further)
		by->family->further(by, &further);
	for (size_t i = 0; i < further.len; i++)
		sx_vec_push(&argv, further.items[i]);
	sx_vec_push(&argv, NULL);
	if (change_ask(c, &asked))
		r = guard_ahead_begin(c->env, &asked.want, &ahead, err);
	if (!r)
		r = guard_ahead_run(&ahead, c->env->xl, argv.items, entry ? xl_started : NULL,
				    entry, status, err);
	sx_vec_free(&argv);
	return r;
}

int change_live(const struct flow_env *env, const char *command, char *const *words, bool *pass,
		int *status, struct sx_err *err)
{
	CHANGE c = { .env = env, .scope = FLOW_BOTH, .words = words };
	struct live *live = NULL;
	int r;

	/* Words of which xl would make something else are refused here, too. */
	r = change_parse(command, words, env->cwd, &c.said, err);
	if (!r && c.said.writes)
		r = change_find_domain(&c, &live, err);
	live_close(live);
	if (!r)
		r = change_ask_guard(&c, err);
	*pass = !c.said.writes || env->dry_run || !env->discard_marker;
	return r || *pass ? r : run_xl(&c, NULL, status, err);
}

/* What libxl says now; when it cannot say, xl's own word counts. */
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

/* Nothing was edited, and that is in order. */
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
 * What only the file has now, and the running domain not until its next cold boot, by key. What it
 * has already, by whatever command, does not wait.
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

static int remember(const struct change *c, const struct recording *r, struct sx_err *err)
{
	struct change_about what = change_about_of(c);
	bool renamed = false;

	for (size_t i = 0; i < r->plan.edits.len; i++)
		renamed |= sx_streq(r->plan.edits.items[i].key, "name");
	return change_remember(&c->said, &what, renamed, err);
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

static int withdraw(struct recording *r, struct journal_entry *entry, struct sx_err *err)
{
	file_unstage(&r->staged);
	return journal_close(entry, err);
}

static int not_shown(const struct change *c, struct sx_err *err)
{
	SX_FREE char *name = sx_quoted(c->domain.name);

	sx_err_set(err, SX_EFAIL,
		   "%s: xl reported success, but the running domain does not show the change; "
		   "nothing was recorded",
		   c->domain.name);
	return sx_err_hint(err, "what differs now: safexl diff %s", name);
}

/* xl ended: record what is true, or withdraw. */
static int settle(const struct change *c, struct recording *r, struct journal_entry *entry,
		  int status, struct sx_err *err)
{
	const struct change_said *by = change_by(&c->said);
	bool succeeded = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	enum change_truth truth = c->scope == FLOW_CONFIG ? CHANGE_LIVE : find_truth(c, succeeded);
	char commit[65];

	if (truth == CHANGE_NOT_LIVE || (truth == CHANGE_HALF && !succeeded)) {
		if (withdraw(r, entry, err))
			return -1;
		if (truth == CHANGE_HALF && by->family->way_out) {
			SX_FREE char *way_out = by->family->way_out(by, c->domain.name);

			flow_notice(
				c->env,
				"%s: xl failed half-way, the device is still registered with the "
				"domain; "
				"nothing was recorded; to clear it: %s",
				c->domain.name, way_out);
		}
		if (succeeded)
			return not_shown(c, err);
		return 0;
	}
	if (recording_finish(r, commit, err))
		return partial(c, err);
	if (c->commit)
		memcpy(c->commit, commit, sizeof(commit));
	if (remember(c, r, err) || journal_close(entry, err))
		return partial(c, err);
	if (!succeeded && c->scope == FLOW_BOTH)
		flow_notice(c->env,
			    "%s: xl failed, but the running domain has the change: it is recorded",
			    c->domain.name);
	say_recorded(c->env, c->domain.name, r, commit);
	say_waiting(c, entry);
	if (xlcfg_edits_empty(&r->plan.edits))
		say_unedited(c, r);
	if (c->running && (c->scope == FLOW_BOTH || c->said.takes))
		change_note_start(c);
	return 0;
}

/* The file needs no edit: with --config that can be a mistake, else xl runs and the person is told. */
static int run_unrecorded(const struct change *c, const struct recording *r, int *status,
			  struct sx_err *err)
{
	*status = 0;
	if (c->scope == FLOW_CONFIG && r->plan.already && !c->said.takes) {
		say_recorded(c->env, c->domain.name, r, "");
		return sx_err_set(err, SX_ECONFLICT, "%s: %s", c->domain.name, r->plan.already);
	}
	if (c->scope == FLOW_BOTH && run_xl(c, NULL, status, err))
		return -1;
	say_recorded(c->env, c->domain.name, r, "");
	if (!WIFEXITED(*status) || WEXITSTATUS(*status))
		return 0;
	say_unedited(c, r);
	return c->scope == FLOW_CONFIG ? remember(c, r, err) : 0;
}

static int change_locked(struct change *c, struct live **live, int *status, struct sx_err *err)
{
	SX_CLEANUP(recording_dispose) struct recording r = { 0 };
	SX_CLEANUP(journal_entry_dispose) struct journal_entry entry = { 0 };
	SX_FREE char *message = NULL;
	sigset_t before;
	int result;

	change_recording(c, &r);
	if (change_plan_all(c, &r, *live, err))
		return -1;
	live_close(sx_steal(live));
	if (xlcfg_edits_empty(&r.plan.edits) &&
	    (c->scope == FLOW_CONFIG || !change_by(&c->said)->family->after))
		return run_unrecorded(c, &r, status, err);
	message = change_message(c, &r.plan);
	r.message = message;
	if (recording_prepare(&r, err)) {
		change_hint_live(c, err);
		return sx_err_wrap(err, "%s: nothing was changed", c->domain.name);
	}
	entry_of(c, &r, &entry);
	if (journal_write(c->env, &entry, err))
		return sx_err_wrap(err, "%s: nothing was changed", c->domain.name);
	r.entry = &entry;
	*status = 0;
	if (c->scope == FLOW_BOTH && run_xl(c, &entry, status, err)) {
		SX_ERR ignored = { 0 };

		if (withdraw(&r, &entry, &ignored))
			return sx_err_move(err, &ignored);
		return -1;
	}
	/* A Ctrl-C or a closed terminal must not part the domain, now that xl has run, from its record. */
	proc_hold_signals(&before);
	result = settle(c, &r, &entry, *status, err);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return result;
}

static void sweep_beside(const char *path)
{
	SX_FREE char *real = realpath(path, NULL);
	SX_FREE char *dir = sx_path_dir(real ? real : path);

	file_sweep(dir);
}

/* The domain's lock, and that of a name which the change takes. */
static int change_found(struct change *c, struct live **live, int *status, struct sx_err *err)
{
	struct record_locks locks = { 0 };
	size_t settled, pending;
	int r;

	/* First, as it may be the domain's name that was being changed. */
	if (recover_all(c->env, c->domain.name, &settled, &pending, err) ||
	    change_find_file(c, err))
		return -1;
	r = record_lock(c->env, c->domain.name, c->said.claims, &locks, err);
	/* Who held it was killed, perhaps between staging and journal. */
	if (!r && locks.first.abandoned)
		sweep_beside(c->path);
	if (!r)
		r = change_locked(c, live, status, err);
	record_unlock(&locks);
	return r;
}

int change_run(const struct flow_env *env, const char *command, char *const *words,
	       enum flow_scope scope, struct change_result *out, struct sx_err *err)
{
	CHANGE c = { .env = env, .scope = scope, .words = words };
	LIVE *live = NULL;
	int r;

	c.commit = out->commit;
	r = change_begin(&c, command, &live, err);
	if (!r) {
		out->pass = change_is_passed(&c);
		out->lists = !c.said.domain;
	}
	if (!r && !out->pass)
		r = change_found(&c, &live, &out->status, err);
	return r;
}
