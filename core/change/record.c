/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record side of a change: see record.h. */
#include "change/record.h"
#include "change/journal.h"
#include "domain/config.h"
#include "domain/event.h"
#include "domain/places.h"
#include "domain/resolve.h"
#include "history/entry.h"
#include "host/sync.h"

#include <string.h>
#include <time.h>

/* How often to plan again before giving up; each attempt means that somebody saved the file. */
static const int most_attempts = 20;

void recording_dispose(struct recording *r)
{
	file_image_dispose(&r->image);
	free(r->about);
	xlcfg_free(r->doc);
	change_plan_dispose(&r->plan);
	file_unstage(&r->staged);
	repo_close(r->repo);
	*r = (struct recording){ 0 };
}

/* A key given on the command line of create overrides the file: editing it would have no effect. */
static int check_overrides(const struct recording *r, struct sx_err *err)
{
	for (size_t k = 0; r->overrides && !r->said->by_hand && k < r->overrides->len; k++) {
		const char *key = r->overrides->items[k];
		bool name = sx_streq(key, "name");

		for (size_t i = 0; i < r->plan.edits.len; i++) {
			if (!name && !sx_streq(r->plan.edits.items[i].key, key))
				continue;
			sx_err_set(
				err, SX_ECONFLICT,
				"the domain was created from %s with %s given on the command line%s",
				r->path, key, name ? ": the file is shared with others" : "");
			return sx_err_hint(err,
					   "change the running domain only: %s\n"
					   "or give it a file of its own: safexl adopt %pQ FILE",
					   r->live_only ? r->live_only : "safexl --live ...",
					   r->domain);
		}
	}
	return 0;
}

static void forget_plan(struct recording *r)
{
	file_unstage(&r->staged);
	file_image_dispose(&r->image);
	xlcfg_free(r->doc);
	r->doc = NULL;
	change_plan_dispose(&r->plan);
}

static int hint_edit(const struct recording *r, struct sx_err *err)
{
	if (err->code == SX_ESYNTAX && !err->hint)
		sx_err_hint(err,
			    "correct that line first, xl cannot read the file either: "
			    "safexl edit %pQ",
			    r->path);
	return -1;
}

/* The file may be another domain's since it was found. One that the words name is not checked. */
static int check_owner(const struct recording *r, struct sx_err *err)
{
	return r->said->file ? 0
			     : resolve_check_owner(r->env, r->domain, r->uuid, r->said->second_name,
						   &r->image, err);
}

int recording_plan(struct recording *r, struct sx_err *err)
{
	const char *old, *new;
	size_t old_len, new_len;

	forget_plan(r);
	if (file_read(r->path, &r->image, err) || config_admit(r->path, &r->image.text, err))
		return -1;
	old = sx_str_text(&r->image.text);
	old_len = r->image.text.len;
	if (xlcfg_check(old, old_len, r->path, err) ||
	    xlcfg_parse(old, old_len, r->path, &r->doc, err)) {
		if (err->code != SX_ESYNTAX || !r->said->by_hand)
			return hint_edit(r, err);
		/* A person is repairing the file: all of its text counts as new. */
		sx_err_clear(err);
		old = "";
		old_len = 0;
		if (xlcfg_parse(old, old_len, r->path, &r->doc, err))
			return -1;
	}
	if (check_owner(r, err) || r->said->family->plan(r->said, r->path, r->doc, &r->plan, err) ||
	    check_overrides(r, err))
		return -1;
	new = xlcfg_text(r->doc, &new_len);
	if (xlcfg_prove(old, old_len, new, new_len, r->path, r->plan.edits.items, r->plan.edits.len,
			err))
		return sx_err_wrap(
			err, "the edit of %s would not mean what it should; nothing was changed",
			r->path);
	return 0;
}

int recording_lock(const struct recording *r, struct sx_lock *lock, struct sx_err *err)
{
	return flow_lock(r->env, "repository", r->repo ? repo_gitdir(r->repo) : r->image.path, lock,
			 err);
}

/* The git configuration in the author's home was read already; mostly it is ours, too. */
static int open_repository(struct recording *r, const char *dir, struct sx_err *err)
{
	if (repo_open(dir, &r->repo, err))
		return -1;
	if (r->repo)
		repo_use_home(r->repo, &r->env->home);
	return 0;
}

int recording_open(struct recording *r, struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(r->image.path);

	return r->repo ? 0 : open_repository(r, dir, err);
}

int recording_admit(const struct recording *r, struct sx_err *err)
{
	size_t len;
	const char *text = xlcfg_text(r->doc, &len);

	return repo_admit(r->repo, r->image.path, 0, &r->image.text, text, len, err);
}

/* At the first change of all: start the history with the configurations as they are. */
static int create_repository(struct recording *r, struct sx_err *err)
{
	SX_LOCK lock = { 0 };
	SX_WORDS files = { 0 };
	SX_FREE char *home = place_home(r->env, r->image.path);

	if (!home)
		return place_refuse(r->env, r->image.path, err);
	if (flow_lock(r->env, "new-repository", home, &lock, err) || open_repository(r, home, err))
		return -1;
	/* Another safexl made it while we waited. */
	if (r->repo)
		return 0;
	if (resolve_list(home, &files, err) ||
	    repo_create(home, sx_words_argv(&files), r->author, &r->repo, err))
		return -1;
	repo_use_home(r->repo, &r->env->home);
	flow_notice(r->env, "started the history of %s (to see it: safexl log)", home);
	return 0;
}

/* Command, reason and author are those of the commit: recovery records another person's change. */
static void tell_commit(const struct recording *r, const char *message, const char *commit)
{
	SX_FREE char *subject = sx_strndup(message, strcspn(message, "\n"));
	SX_FREE char *command = history_value_of(message, "Command");
	SX_FREE char *reason = history_value_of(message, "Reason");
	SX_FREE char *author = sx_format("%s <%s>", r->author->name, r->author->email);
	struct flow_event event = {
		.kind = EVENT_RECORDED,
		.domain = r->domain,
		.uuid = r->uuid,
		.config = r->about ? r->about : r->image.path,
		.repository = repo_workdir(r->repo),
		.commit = commit,
		.subject = subject,
		.command = command,
		.author = author,
		.reason = reason,
	};

	event_tell(r->env, &event, "%s", subject);
}

int recording_commit_files(struct recording *r, const struct repo_file *files, size_t count,
			   const char *message, char commit_out[65], struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(r->image.path);
	struct repo_change change = {
		.files = files,
		.count = count,
		.message = message,
		.author = r->author,
		.sync_also = dir,
	};

	int failed = repo_commit(r->repo, &change, commit_out, err);

	if (failed)
		return failed;
	if (*commit_out)
		tell_commit(r, message, commit_out);
	return 0;
}

int recording_commit(struct recording *r, const char *bytes, size_t len, const char *message,
		     char commit_out[65], struct sx_err *err)
{
	struct repo_file file = {
		.path = r->image.path,
		.bytes = bytes,
		.len = len,
		.mode = r->image.st.st_mode,
	};

	return recording_commit_files(r, &file, 1, message, commit_out, err);
}

static char *hand_edit_message(const struct recording *r, bool known)
{
	SX_FREE char *base = sx_path_base(r->image.path);
	SX_FREE char *when = flow_time_text(r->image.st.st_mtim.tv_sec);

	return sx_format("%pS: %s\n\n"
			 "Found before the change that follows; not made through safexl.\n"
			 "The file was last modified %s.\n",
			 base, known ? "edited by hand" : "added by hand", when);
}

/* Commit what the file has beyond HEAD as a commit of its own. */
static int commit_hand_edit(struct recording *r, struct sx_err *err)
{
	SX_STR committed = { 0 };
	SX_FREE char *message = NULL;
	char id[65];
	bool same = false, known = false;

	if (repo_head_matches(r->repo, r->image.path, sx_str_text(&r->image.text),
			      r->image.text.len, &same, err))
		return -1;
	if (same)
		return 0;
	if (repo_head_file(r->repo, r->image.path, &known, &committed, err))
		return -1;
	message = hand_edit_message(r, known);
	return recording_commit(r, sx_str_text(&r->image.text), r->image.text.len, message, id,
				err);
}

static int stage(struct recording *r, struct sx_err *err)
{
	const char *text;
	size_t len;

	if (xlcfg_edits_empty(&r->plan.edits))
		return 0;
	text = xlcfg_text(r->doc, &len);
	return file_stage(&r->image, text, len, &r->staged, err);
}

/* Only for the first of several unsigned commits in a row. */
static void say_unsigned(const struct recording *r)
{
	if (repo_misses_signature(r->repo))
		flow_notice(r->env,
			    "commit.gpgsign is set, and safexl signs no commit; to sign the last "
			    "one yourself: git -C %pQ commit --amend --no-edit -S",
			    repo_workdir(r->repo));
}

int recording_ready(struct recording *r, size_t len, struct sx_lock *lock, struct sx_err *err)
{
	if (recording_open(r, err) || (!r->repo && create_repository(r, err)) ||
	    place_remember(r->env, r->repo, r->image.path, err) || recording_lock(r, lock, err) ||
	    repo_prepare(r->repo, r->image.path, len, err))
		return -1;
	say_unsigned(r);
	return 0;
}

int recording_take_in(struct recording *r, const char *next, size_t len, struct sx_err *err)
{
	bool is_there = r->image.st.st_ino != 0;

	if (repo_admit(r->repo, r->image.path, r->image.st.st_mode, &r->image.text, next, len, err))
		return -1;
	return is_there ? commit_hand_edit(r, err) : 0;
}

int recording_prepare(struct recording *r, struct sx_err *err)
{
	SX_LOCK lock = { 0 };
	size_t len;
	const char *text = xlcfg_text(r->doc, &len);

	if (recording_ready(r, len, &lock, err) || recording_take_in(r, text, len, err))
		return -1;
	return stage(r, err);
}

int recording_journal(const struct recording *r, struct sx_err *err)
{
	size_t len;

	if (!r->entry)
		return sync_paths((char *[]){ r->staged.temp, NULL }, err);
	return journal_replan(r->entry, sx_str_text(&r->image.text), xlcfg_text(r->doc, &len),
			      r->staged.temp ? r->staged.temp : "", err);
}

static int replace(struct recording *r, struct sx_err *err)
{
	SX_WORDS links = { 0 };

	record_links_find(r->env, &r->image, &links);
	if (file_replace(&r->image, &r->staged, err))
		return -1;
	record_links_keep(r->env, &r->image, &links);
	return 0;
}

/* Put the new text in place; if the file changed since it was read, plan again on its new text. */
static int put_in_place(struct recording *r, struct sx_err *err)
{
	for (int attempt = 0; attempt < most_attempts; attempt++) {
		if (!r->staged.temp) {
			if (recording_plan(r, err) || recording_admit(r, err) ||
			    commit_hand_edit(r, err))
				return -1;
			if (xlcfg_edits_empty(&r->plan.edits))
				return 0;
			if (stage(r, err) == 0 && recording_journal(r, err))
				return -1;
		}
		if (r->staged.temp && replace(r, err) == 0)
			return 0;
		file_unstage(&r->staged);
		if (err->code != SX_ECHANGED)
			return -1;
		sx_err_clear(err);
	}
	return sx_err_set(err, SX_EFAIL, "%s kept changing; gave up after %d attempts", r->path,
			  most_attempts);
}

int recording_finish(struct recording *r, char commit_out[65], struct sx_err *err)
{
	SX_LOCK lock = { 0 };
	const char *text;
	size_t len;

	commit_out[0] = '\0';
	if (recording_lock(r, &lock, err) || put_in_place(r, err))
		return -1;
	if (xlcfg_edits_empty(&r->plan.edits))
		return 0;
	text = xlcfg_text(r->doc, &len);
	return recording_commit(r, text, len, r->message, commit_out, err);
}

int record_find_live(struct live *live, const char *name, const char *uuid, struct live_domain *out,
		     struct sx_err *err)
{
	LIVE_DOMAINS all = { 0 };
	bool found = false;

	if (live_find_name(live, name, out, err) == 0 && sx_streq(out->uuid, uuid))
		return 0;
	live_domain_dispose(out);
	if (live_list(live, &all, err))
		return -1;
	for (size_t i = 0; *uuid && i < all.len && !found; i++) {
		found = sx_streq(all.items[i].uuid, uuid);
		if (found)
			*out = sx_steal(&all.items[i]);
	}
	if (!found)
		return sx_err_set(err, SX_ENODOMAIN, "'%s' does not run any more", name);
	sx_err_clear(err);
	return 0;
}

int record_lock(const struct flow_env *env, const char *name, const char *other,
		struct record_locks *out, struct sx_err *err)
{
	bool other_first = other && strcmp(other, name) < 0;

	if (flow_lock(env, "domain", other_first ? other : name, &out->first, err))
		return -1;
	if (!other || sx_streq(other, name))
		return 0;
	return flow_lock(env, "domain", other_first ? name : other, &out->second, err);
}

void record_unlock(struct record_locks *locks)
{
	lock_release(&locks->second);
	lock_release(&locks->first);
}
