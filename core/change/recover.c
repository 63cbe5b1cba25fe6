/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Recovery: finishes or withdraws each change that a killed safexl left in the journal, by what
 * libxl shows. See change.h and the section RECOVERY of the manual.
 */
#include "change/private.h"
#include "domain/config.h"
#include "domain/places.h"
#include "domain/resolve.h"

#include <string.h>

/* How long to wait for an xl that still runs before its change is left for later. */
static const unsigned child_wait_ms = 60000;

enum outcome {
	SETTLED,
	PENDING,
};

/* Has the file got the change already (killed after the rename)? */
static bool is_in_place(const struct journal_entry *e, const struct file_image *image)
{
	return e->new_text && file_image_is(image, e->new_text);
}

static int withdraw(const struct flow_env *env, const struct journal_entry *e, const char *why,
		    struct sx_err *err)
{
	if (journal_close(e, err))
		return -1;
	flow_notice(env, "%s: withdrew an interrupted change (%s): %s", e->name, e->command, why);
	return 0;
}

/*
 * Commit the new text, which is in place. If HEAD has it, it was committed before the kill. An edit
 * made by hand since stays in the worktree for a commit of its own.
 */
static int commit_in_place(struct walk *w, struct sx_err *err)
{
	const struct journal_entry *e = &w->entry;
	SX_LOCK lock = { 0 };

	if (recording_open(&w->r, err))
		return -1;
	if (!w->r.repo)
		return sx_err_set(err, SX_ECANTWRITE, "the git repository of %s is gone", e->path);
	if (recording_lock(&w->r, &lock, err) ||
	    repo_prepare(w->r.repo, w->r.image.path, strlen(e->new_text), err))
		return -1;
	return recording_commit(&w->r, e->new_text, strlen(e->new_text), e->message, w->commit,
				err);
}

/*
 * If the file has the change and a hand edit on top of it, commit the change first, so that the
 * hand edit gets a commit of its own.
 */
static int commit_overtaken(struct walk *w, struct sx_err *err)
{
	const char *old = w->entry.old_text;
	bool same = false;

	if (!xlcfg_edits_empty(&w->r.plan.edits) || !w->entry.new_text)
		return 0;
	if (recording_open(&w->r, err))
		return -1;
	if (w->r.repo &&
	    repo_head_matches(w->r.repo, w->r.image.path, old, strlen(old), &same, err))
		return -1;
	return same ? commit_in_place(w, err) : 0;
}

/* ---- finish: the last steps of a change, on the file as it is now ---- */

static int put_in_place(struct walk *w, struct sx_err *err)
{
	char again[65] = "";

	if (is_in_place(&w->entry, &w->r.image))
		return commit_in_place(w, err);
	w->r.entry = &w->entry;
	if (recording_plan(&w->r, err) || commit_overtaken(w, err) ||
	    recording_prepare(&w->r, err) || recording_journal(&w->r, err) ||
	    recording_finish(&w->r, again, err))
		return -1;
	if (*again)
		memcpy(w->commit, again, sizeof(again));
	return 0;
}

static int tell_finished(struct walk *w, struct sx_err *err SX_UNUSED)
{
	const struct journal_entry *e = &w->entry;
	SX_FREE char *id = *w->commit ? repo_abbreviate(w->r.repo, w->commit) : NULL;

	flow_notice(w->c.env, "%s: finished an interrupted change (%s): recorded in %s%s%s%s",
		    e->name, e->command, e->path, id ? " (" : "", id ? id : "", id ? ")" : "");
	return 0;
}

static const struct change_step finish[] = {
	{ put_in_place, NULL },	 { act_remember, NULL }, { act_close, NULL },
	{ tell_finished, NULL }, { NULL, NULL },
};

/* ---- finish, withdraw or leave for later ---- */

/* Has the killed safexl's xl ended? `wait`: wait for that. *ran false: xl was never started. */
static int await_child(const struct flow_env *env, const struct journal_entry *e, bool wait,
		       bool *ran, bool *ended, struct sx_err *err)
{
	SX_FREE char *boot_id = proc_boot_id();
	struct proc_id child, now;

	*ended = true;
	if (journal_child_read(e, ran, &child, err))
		return -1;
	if (!*ran || !sx_streq(boot_id, e->boot_id) || !proc_identify(child.pid, &now) ||
	    now.start != child.start)
		return 0;
	if (wait)
		flow_notice(env,
			    "%s: waiting for the interrupted '%s': its xl (pid %ld) still runs",
			    e->name, e->command, (long)child.pid);
	*ended = wait && proc_await(&child, child_wait_ms);
	return 0;
}

/* Does the running domain show the change? *known false: Xen cannot be asked now; err says why. */
static int ask_truth(const struct change *c, enum change_truth *truth, bool *known,
		     struct sx_err *err)
{
	LIVE *live = NULL;
	LIVE_DOMAIN now = { 0 };
	int r = 0;

	*truth = CHANGE_NOT_LIVE;
	*known = live_open(&live, err) == 0;
	if (!*known)
		return 0;
	if (record_find_live(live, c->domain.name, c->domain.uuid, &now, err) == 0)
		r = change_verify(&c->said, live, &now, truth, err);
	else
		sx_err_clear(err);
	return r;
}

/* Has the file become another domain's since? Then only `diff` can show the change. */
static bool is_lost(const struct change *c, const struct file_image *image)
{
	SX_ERR why = { 0 };

	return !c->said.file &&
	       resolve_check_owner(c->env, c->domain.name, c->domain.uuid, c->said.second_name,
				   image, &why) &&
	       why.code == SX_ENOCONFIG;
}

/* Settle one entry; the caller holds its domain's lock. */
static int settle_parsed(struct walk *w, bool own, enum outcome *outcome, struct sx_err *err)
{
	const struct flow_env *env = w->c.env;
	const struct journal_entry *e = &w->entry;
	enum change_truth truth;
	bool ran = false, ended, known;

	if ((*e->staged && file_settle(e->path, e->staged, e->old_text, err)) ||
	    file_read(e->path, &w->r.image, err))
		return -1;
	if (is_in_place(e, &w->r.image))
		return change_walk(w, finish, err);
	if (e->scope == FLOW_CONFIG)
		return withdraw(env, e, "the configuration was not changed yet", err);
	if (await_child(env, e, own, &ran, &ended, err))
		return -1;
	if (!ran)
		return withdraw(env, e, "xl had not run yet", err);
	if (!ended) {
		*outcome = PENDING;
		flow_notice(env, "%s: '%s' is left for later: its xl still runs", e->name,
			    e->command);
		return 0;
	}
	if (ask_truth(&w->c, &truth, &known, err))
		return -1;
	if (!known) {
		*outcome = PENDING;
		flow_notice(env, "%s: '%s' is left for later: %s", e->name, e->command, err->msg);
		sx_err_clear(err);
		return 0;
	}
	if (truth == CHANGE_NOT_LIVE)
		return withdraw(env, e, "the running domain does not have it", err);
	if (is_lost(&w->c, &w->r.image))
		return withdraw(env, e,
				"its file is another domain's now (what differs: safexl diff)",
				err);
	return change_walk(w, finish, err);
}

/* Settle it under the domain's lock, unless another safexl did while we waited for the lock. */
static int settle_locked(struct walk *w, bool own, enum outcome *outcome, struct sx_err *err)
{
	struct flow_env at_once = *w->c.env;
	int r;

	/* A change of one domain does not wait for the lock of another. */
	if (!own)
		at_once.settings.lock_wait_ms = 0;
	r = record_lock(&at_once, w->entry.name, w->c.said.second_name, &w->locks, err);
	if (!r && journal_is_orphan(&w->entry))
		r = settle_parsed(w, own, outcome, err);
	return r;
}

/* Recovery writes only to a configuration that safexl knows, or that the entry's words name. */
static int check_path(const struct flow_env *env, const struct journal_entry *e, const char *named,
		      struct sx_err *err)
{
	SX_FREE char *real = named ? realpath(named, NULL) : NULL;
	bool known = access(e->path, F_OK) != 0 || sx_streq(real, e->path);

	if (!known && config_is_known(env, e->path, &known, err))
		return -1;
	return known ? 0 : sx_err_set(err, SX_EFAIL, "%s is no domain's configuration", e->path);
}

/* An entry that cannot be trusted stays; the hint says how to remove it. */
static int refuse_entry(const struct journal_entry *e, struct sx_err *err)
{
	sx_err_wrap(err, "%s: it is about an interrupted change, and not to be trusted", e->file);
	return sx_err_hint(err, "to see how things are: safexl diff\nthen remove it: rm %pQ",
			   e->file);
}

/* Build the change again from the entry alone, before its file is read. */
static int read_again(struct walk *w, const struct flow_env *env, struct sx_err *err)
{
	struct journal_entry *e = &w->entry;

	w->c = (struct change){ .env = env,
				.scope = e->scope,
				.words = sx_words_argv(&e->words),
				.domain = { .name = sx_strdup(e->name) },
				.path = sx_strdup(e->path) };
	/* A uuid that is too long belongs to no domain. */
	if (strlen(e->uuid) < sizeof(w->c.domain.uuid))
		memcpy(w->c.domain.uuid, e->uuid, strlen(e->uuid));
	if (change_parse(e->family, w->c.words, e->cwd, &w->c.said, err))
		return -1;
	sx_words_add_all(&w->c.facts, e->facts.items);
	change_apply_facts(&w->c);
	change_recording(&w->c, &w->r);
	w->r.author = &e->author;
	w->r.message = e->message;
	return 0;
}

/* *own: the entry is about `domain` (NULL: any), whose next change waits for it. */
static int recover_entry(const struct flow_env *env, struct walk *w, const char *domain, bool *own,
			 enum outcome *outcome, struct sx_err *err)
{
	const struct journal_entry *e = &w->entry;
	const char *second_name;

	*own = !domain || journal_is_about(e, domain);
	if (e->damage)
		sx_err_set(err, SX_EFAIL, "%s", e->damage);
	else if (!e->words.len)
		sx_err_set(err, SX_EFAIL, "it has no command");
	if (err->code || read_again(w, env, err))
		return refuse_entry(e, err);
	second_name = w->c.said.second_name;
	*own = *own || (second_name && sx_streq(second_name, domain));
	return check_path(env, e, w->c.said.file, err) ? refuse_entry(e, err)
						       : settle_locked(w, *own, outcome, err);
}

/* An entry that could not be settled: an error for its own domain, a notice for the others. */
static int entry_failed(const struct flow_env *env, const struct journal_entry *e, bool own,
			struct sx_err *err)
{
	if (!e->damage)
		sx_err_wrap(err, "%s: the interrupted '%s' cannot be settled", e->name, e->command);
	if (own) {
		err->code = SX_EPARTIAL;
		if (!err->hint)
			sx_err_hint(err, "after fixing the cause: safexl recover");
		return -1;
	}
	flow_notice(env, "%s", err->msg);
	sx_err_clear(err);
	return 0;
}

static int still_pending(const struct journal_entry *e, struct sx_err *err)
{
	sx_err_set(err, SX_EPARTIAL, "%s: an interrupted change is not settled yet: '%s'", e->name,
		   e->command);
	return sx_err_hint(err, "safexl recover");
}

int recover_all(const struct flow_env *env, const char *domain, size_t *settled, size_t *pending,
		struct sx_err *err)
{
	struct journal_entries entries = { 0 };
	SX_ERR first = { 0 };
	int r = journal_orphans(env, &entries, err);

	*settled = *pending = 0;
	for (size_t i = 0; !r && i < entries.len; i++) {
		WALK w = { .recovers = true, .entry = sx_steal(&entries.items[i]) };
		const struct journal_entry *e = &w.entry;
		enum outcome outcome = SETTLED;
		bool own;

		if (recover_entry(env, &w, domain, &own, &outcome, err)) {
			outcome = PENDING;
			r = entry_failed(env, e, own, err);
			/* One entry that cannot be settled does not block the others. */
			if (r && !domain) {
				r = 0;
				if (first.code)
					flow_notice(env, "%s", err->msg);
				else
					sx_err_move(&first, err);
			}
		} else if (outcome == PENDING && own && domain) {
			r = still_pending(e, err);
		}
		*(outcome == SETTLED ? settled : pending) += 1;
	}
	journal_entries_dispose(&entries);
	return first.code ? sx_err_move(err, &first) : r;
}

/* Sweep the directory, its auto/, and its repository under the repository's lock. */
static void sweep_dir(const struct flow_env *env, const char *dir)
{
	SX_CLEANUP(recording_dispose) struct recording r = { .env = env };
	SX_FREE char *started = sx_path_join(dir, "auto");
	SX_LOCK lock = { 0 };
	SX_ERR ignored = { 0 };

	file_sweep(dir);
	file_sweep(started);
	if (repo_open(dir, &r.repo, &ignored) || (r.repo && recording_lock(&r, &lock, &ignored)))
		return;
	repo_sweep(r.repo, dir);
}

void recover_sweep(const struct flow_env *env)
{
	SX_FREE char *records = sx_path_join(env->paths.state, "domains");
	SX_WORDS elsewhere = { 0 };

	for (size_t i = 0; i < env->settings.config_dirs.len; i++)
		sweep_dir(env, env->settings.config_dirs.items[i]);
	places_elsewhere(env, &elsewhere);
	for (size_t i = 0; i < elsewhere.len; i++) {
		SX_FREE char *dir = sx_path_dir(elsewhere.items[i]);

		sweep_dir(env, dir);
	}
	file_sweep(env->paths.state);
	file_sweep(records);
}
