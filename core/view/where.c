/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a domain's state is: see where.h. Read-only. */
#include "domain/disk_list.h"
#include "domain/domain.h"
#include "domain/resolve.h"
#include "guard/saved.h"
#include "history/history.h"
#include "host/file.h"
#include "view/drift.h"
#include "view/where_private.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

void where_dispose(struct where_view *v)
{
	for (size_t i = 0; i < v->len; i++) {
		free(v->items[i].vdev);
		free(v->items[i].target);
		free(v->items[i].use);
		free(v->items[i].since);
		free(v->items[i].unread);
	}
	sx_vec_free(v);
	free(v->name);
	free(v->uuid);
	free(v->image);
	free(v->saved_at);
	free(v->to_host);
	free(v->config);
	free(v->config_why);
	free(v->config_history);
	free(v->commit);
	if (v->last) {
		free(v->last->id);
		free(v->last->author);
		free(v->last->subject);
	}
	free(v->last);
	free(v->config_waiting);
	sx_words_dispose(&v->drift);
	sx_words_dispose(&v->verdict);
	*v = (struct where_view){ 0 };
}

static void look_memory(const struct flow_env *env, const char *domain, struct where_view *v)
{
	LIVE *live = NULL;
	LIVE_DOMAIN d = { 0 };
	struct live_memory memory = { 0 };
	SX_ERR ignored = { 0 };

	v->xen = live_open(&live, &ignored) == 0;
	v->running = v->xen && domain_find(env, live, domain, &d, &ignored) == 0;
	if (v->running && live_memory_get(live, d.domid, &memory, &ignored) == 0)
		v->memory_kib = memory.target_kib;
	v->domid = d.domid;
	v->state = d.state;
	v->name = sx_strdup(v->running ? d.name : domain);
	v->uuid = sx_strdup(d.uuid);
}

/* Fill in the last commit: v->commit for people, v->last in parts. */
static void look_commit(struct repo *repo, const char *path, struct where_view *v)
{
	REPO_RECORD r = { 0 };
	SX_FREE char *id = NULL;
	char when[32];
	struct tm tm;
	time_t t;

	if (!repo_last_commit(repo, path, &r))
		return;
	t = (time_t)r.time;
	localtime_r(&t, &tm);
	strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &tm);
	id = repo_abbreviate(repo, r.id);
	v->last = sx_alloc(sizeof(*v->last));
	v->last->id = sx_strdup(r.id);
	v->last->author = sx_strdup(r.author);
	v->last->subject = sx_strndup(r.message, strcspn(r.message, "\n"));
	v->last->time = r.time;
	free(v->commit);
	v->commit = sx_format("%s %s (%s, %s)", id, v->last->subject, r.author, when);
}

static void look_history(const struct flow_env *env SX_UNUSED, const struct file_image *file,
			 struct where_view *v)
{
	SX_FREE char *dir = sx_path_dir(file->path);
	struct repo *repo = NULL;
	SX_ERR ignored = { 0 };
	bool same = true;

	v->commit = sx_strdup("");
	if (repo_open(dir, &repo, &ignored) || !repo)
		return;
	if (repo_head_matches(repo, file->path, sx_str_text(&file->text), file->text.len, &same,
			      &ignored) == 0)
		v->config_edited = !same;
	look_commit(repo, file->path, v);
	repo_close(repo);
}

/* The hint to the history of a domain whose file is missing; "": it has none. Heap string. */
static char *find_history(const struct flow_env *env, const char *domain)
{
	HISTORY *history = NULL;
	HISTORY_ENTRY entry = { 0 };
	SX_ERR ignored = { 0 };
	bool found = false;

	if (history_open(env, domain, &history, &ignored) ||
	    history_next(history, &entry, &found, &ignored) || !found)
		return sx_strdup("");
	return sx_format("it is in the history: safexl log -p %pQ", domain);
}

/* Leaves the configuration's text in `file`. */
static void look_config(const struct flow_env *env, struct where_view *v, struct file_image *file)
{
	RESOLVED resolved = { 0 };
	SX_ERR err = { 0 };

	if (resolve_domain(env, v->name, v->uuid, &resolved, &err) ||
	    file_read(resolved.path, file, &err)) {
		v->config = sx_strdup("");
		v->config_why = sx_strdup(err.msg);
		v->config_history = find_history(env, v->name);
	} else {
		v->config = sx_strdup(resolved.path);
		look_history(env, file, v);
	}
}

/* Where file and running domain differ: not recorded, or waiting for a cold boot. */
static void look_drift(const struct flow_env *env, struct where_view *v)
{
	SX_CLEANUP(drifts_dispose) struct drifts all = { 0 };
	SX_FREE char *number = sx_format("%" PRIu32, v->domid);
	/* Which domain the person's word means was announced already; this number is ours. */
	struct flow_env silent = *env;
	SX_ERR ignored = { 0 };

	silent.notice = NULL;
	if (!v->running || !*v->config || drift_look(&silent, number, &all, &ignored))
		return;
	for (size_t i = 0; i < all.items[0].differences.len; i++) {
		const struct view_difference *d = &all.items[0].differences.items[i];

		if (d->state != VIEW_UNCOMMITTED)
			sx_words_give(&v->drift, drift_text(d));
	}
}

/* The marker in force for the domain: its newest open one. */
static const struct marker *find_marker(const struct markers *all, const struct where_view *v)
{
	for (size_t i = all->len; i-- > 0;) {
		const struct marker *m = all->items[i];

		if (marker_is_open(m) &&
		    (sx_streq(m->name, v->name) || (*v->uuid && sx_streq(m->uuid, v->uuid))))
			return m;
	}
	return NULL;
}

static void add_disk(struct where_view *v, const struct evidence_subject *s,
		     const struct evidence_uses *uses, const struct json *before)
{
	struct evidence_options options = { 0 };
	JSON_DOC *now = evidence_take(&options, s);
	struct where_disk d = { 0 };
	char *use = uses && !v->running ? evidence_in_use(uses, s) : NULL;

	d.vdev = sx_strdup(s->vdev ? s->vdev : "");
	d.target = sx_strdup(s->target ? evidence_path(s) : "");
	d.readwrite = s->readwrite;
	d.size = (unsigned long long)json_get_number(json_at(now, "layers", 0), "size");
	d.use = use ? use : sx_strdup("");
	if (before) {
		EVIDENCE_VERDICT verdict = { 0 };

		evidence_compare(before, now, &verdict);
		d.since = sx_strdup(verdict.what ? verdict.what : "");
	} else {
		d.since = sx_strdup("");
	}
	sx_vec_push(v, d);
}

static void add_unread(struct where_view *v, const struct disk_item *item)
{
	struct where_disk d = { .vdev = sx_strdup(""),
				.target = sx_strdup(item->text),
				.use = sx_strdup(""),
				.since = sx_strdup(""),
				.unread = sx_strdup(item->unread) };

	sx_vec_push(v, d);
}

static void look_disks(const struct marker *m, const struct file_image *file, struct where_view *v)
{
	struct evidence_options options = { 0 };
	struct evidence_uses *uses = NULL;
	struct evidence_subject s;
	DISK_ITEMS disks = { 0 };
	XLCFG_DOC *doc = NULL;
	SX_ERR ignored = { 0 };

	if (evidence_uses_take(&options, &uses, &ignored))
		uses = NULL;
	for (size_t i = 0; m && i < marker_disk_count(m); i++) {
		marker_disk(m, i, &s);
		add_disk(v, &s, uses, json_get(json_at(m->disks, "disks", i), "evidence"));
	}
	if (!m && file->path &&
	    !xlcfg_parse(sx_str_text(&file->text), file->text.len, file->path, &doc, &ignored))
		disk_items_read(doc, file->path, &disks);
	for (size_t i = 0; i < disks.len; i++) {
		disk_subject(&disks.items[i].spec, &s);
		if (disks.items[i].unread)
			add_unread(v, &disks.items[i]);
		else
			add_disk(v, &s, uses, NULL);
	}
	evidence_uses_free(uses);
}

/* Say why the restore is refused and what to do about it, other than --discard-marker. */
static void add_refusal(struct where_view *v, const struct marker *m, const char *reason,
			enum guard_way way)
{
	SX_FREE char *command = saved_command(m, "");

	sx_words_give(&v->verdict, sx_format("restoring its image is refused: %s", reason));
	if (way == GUARD_WAY_RELEASE)
		sx_words_give(&v->verdict,
			      sx_format("when nobody uses it any more (umount, or losetup -d "
					"for a loop device): %s",
					command));
	else if (way == GUARD_WAY_BRING_BACK || way == GUARD_WAY_MEND)
		sx_words_give(&v->verdict, sx_format("bring that disk back, then: %s", command));
	else if (way == GUARD_WAY_PLACE)
		sx_words_give(&v->verdict,
			      sx_format("make that path lead to the guest's disk again, then: %s",
					command));
	else if (way == GUARD_WAY_FIND)
		sx_words_add(&v->verdict, "safexl recognises a copy of that image anywhere");
}

static void add_restore(struct where_view *v, const struct marker *m)
{
	SX_FREE char *command = saved_command(m, "");
	SX_FREE char *look = saved_command(m, "-N ");

	sx_words_give(&v->verdict, sx_format("it can be restored: %s", command));
	if (marker_is_full(m))
		sx_words_give(
			&v->verdict,
			sx_format("restore first reads each disk completely (verify = \"full\"), "
				  "this was a quick check; for the full one now: %s",
				  look));
}

static char *account(const struct where_view *v)
{
	struct live_domain d = { .domid = v->domid, .name = v->name, .state = v->state };

	return domain_account(&d, v->config);
}

/* Say what is in progress or has failed, and what to type meanwhile. */
static void add_wait(struct where_view *v, const struct marker *m)
{
	SX_FREE char *what = saved_progress(m);
	SX_FREE char *hint = m->pending_hint ? sx_strdup(m->pending_hint)
					     : sx_strdup("wait until that has ended");
	char *rest = hint, *line;

	if (v->running)
		sx_words_add(&v->verdict, m->pending ? m->pending : what);
	while ((line = strsep(&rest, "\n")))
		sx_words_add(&v->verdict, line);
}

static const char *state_word(const struct where_view *v, const struct marker *m,
			      const char *reason, enum guard_way way)
{
	/* Xen has the domain throughout a save or migration: the marker's state tells more. */
	if (v->running && !(m && m->state != MARKER_HELD && saved_in_progress(m)))
		return domain_state(v->state);
	if (!m)
		return v->xen ? "off" : "unknown";
	if (m->state == MARKER_HELD)
		return "off";
	if (m->state != MARKER_SAVED)
		return marker_state_name(m->state);
	return !reason ? "saved" : way == GUARD_WAY_NONE ? "stale" : "blocked";
}

static void look_verdict(const struct marker *m, struct where_view *v)
{
	SX_WORDS notes = { 0 };
	SX_STR shown = { 0 };
	enum guard_way way = GUARD_WAY_NONE;
	SX_FREE char *reason = m ? guard_judge_image(m, &notes, &way) : NULL;

	v->restorable = !v->running && v->xen && m && !*m->to_host && !reason;
	v->word = state_word(v, m, reason, way);
	if (v->running) {
		sx_words_give(&v->verdict, account(v));
	} else if (!v->xen) {
		sx_words_add(&v->verdict, "Xen cannot be asked: whether it runs is not known");
	} else if (m && *m->to_host) {
		sx_words_give(&v->verdict,
			      sx_format("it runs on %s: migrate it back from there", m->to_host));
	} else if (m && !reason) {
		add_restore(v, m);
	} else if (m) {
		add_refusal(v, m, reason, way);
	}
	for (size_t i = 0; i < notes.len; i++)
		sx_words_add(&v->verdict, notes.items[i]);
	if (m && saved_in_progress(m))
		add_wait(v, m);
	if (v->running || !v->xen || !*v->config || !m || saved_in_progress(m))
		return;
	sx_str_add_quoted(&shown, v->config);
	sx_words_give(&v->verdict, sx_format("%s: safexl --discard-marker create %s",
					     *m->to_host ? "if it is gone there for good"
							 : "to discard the saved state",
					     sx_str_text(&shown)));
}

/* An unreadable marker of the domain still blocks it. */
static void look_bad(const struct marker_bad *bad, struct where_view *v)
{

	sx_words_give(&v->verdict, marker_bad_text(bad));
	sx_words_give(&v->verdict, sx_format("to remove it: rm %pQ", bad->file));
}

int where_look(const struct flow_env *env, const char *domain, struct where_view *out,
	       struct sx_err *err)
{
	MARKERS all = { 0 };
	FILE_IMAGE file = { 0 };
	const struct marker_bad *bad;
	const struct marker *m;
	SX_STR keys = { 0 };
	SX_ERR ignored = { 0 };

	if (markers_load_settled(env, &all, err))
		return -1;
	look_memory(env, domain, out);
	look_config(env, out, &file);
	look_drift(env, out);
	m = find_marker(&all, out);
	bad = markers_bad_of(&all, out->name, out->uuid);
	if (!out->running && !*out->config && !m && !bad) {
		sx_err_set(err, SX_ENOCONFIG, "nothing is known of '%s': %s", domain,
			   out->config_why);
		return *out->config_history ? sx_err_hint(err, "%s", out->config_history) : -1;
	}
	out->image = sx_strdup(m ? m->image : "");
	out->saved_at = sx_strdup(m ? m->saved_at : "");
	out->to_host = sx_strdup(m ? m->to_host : "");
	if (m && file.path && *m->config_text &&
	    xlcfg_differing_keys(m->config_text, sx_str_text(&file.text), &keys, &ignored))
		sx_err_clear(&ignored);
	out->config_waiting = sx_str_take(&keys);
	look_disks(m && !*m->to_host ? m : NULL, &file, out);
	look_verdict(m, out);
	if (bad) {
		out->word = out->running ? out->word : "blocked";
		look_bad(bad, out);
	}
	if (!m && !bad && !out->running && out->xen && *out->config)
		where_look_start(env, out);
	return 0;
}
