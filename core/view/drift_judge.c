/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who moved, the file or the running domain? The text that the domain was started from proves it.
 * For a domain that was not started through safexl, the history tells, as far as it goes: the
 * file's version at the start, and the commits since that changed file and domain together. Where
 * that is silent, libxl may know what the domain was made with.
 */
#include "device/device.h"
#include "history/entry.h"
#include "view/drift.h"

/* A difference to judge, against the oldest version looked at so far. */
struct question {
	struct view_difference *about; /* NULL: already judged */
	bool edited; /* the file was changed there since the start */
	bool sure; /* ... by a commit that safexl marked as a change of the file alone */
	bool as_file, as_running; /* that version has what the file, the running domain has now */
	bool had; /* before the start, the file had what runs now, and lost it */
};

struct questions {
	SX_VEC_OF(struct question);
	const struct view *file;
};

static enum view_state state_by(const struct question *q)
{
	return q->as_file ? VIEW_UNRECORDED : q->as_running ? VIEW_WAITING : VIEW_UNCLEAR;
}

static void look(const struct drift *d, const struct questions *all, struct question *q,
		 const struct view *version)
{
	q->as_file = !view_texts_differ(q->about, version, all->file);
	q->as_running = view_text_runs(q->about, version, &d->views[VIEW_RUNNING]);
}

/* Judge by one change of the text, newest first: of the file alone, or of file and domain. */
static void judge_change(const struct drift *d, struct questions *all, const struct view *before,
			 const struct view *after, enum history_reach reach)
{
	sx_each(struct question, q, all) {
		if (!q->about || !view_texts_differ(q->about, before, after))
			continue;
		/* A change of both gave the domain what the file got. */
		look(d, all, q, reach == HISTORY_BOTH ? after : before);
		q->edited = true;
		q->sure = reach == HISTORY_FILE;
		if (reach != HISTORY_BOTH)
			continue;
		q->about->state = state_by(q);
		q->about = NULL;
	}
}

/*
 * A change from before the start: a guest that rebooted keeps what it had, so the change may still
 * wait. But the domain can also have got the old value in another way.
 */
static void judge_old_change(const struct drift *d, struct questions *all,
			     const struct view *before, const struct view *after)
{
	sx_each(struct question, q, all) {
		if (q->about && !q->edited && view_texts_differ(q->about, before, after))
			q->had =
				q->had || view_text_runs(q->about, before, &d->views[VIEW_RUNNING]);
	}
}

/* Can a commit still decide something? An old one only where the file was not changed since. */
static bool is_open(const struct questions *all, bool old)
{
	for (size_t i = 0; i < all->len; i++)
		if (all->items[i].about && !(old && (all->items[i].edited || all->items[i].had)))
			return true;
	return false;
}

/* View one side of a commit; *usable false: the commit has no such file, or it cannot be read. */
static int read_side(const struct drift *d, struct repo *repo, const char *id, struct view *out,
		     bool *usable, struct sx_err *err)
{
	SX_STR text = { 0 };
	SX_ERR unreadable = { 0 };

	*usable = *usable && *id;
	if (!*usable)
		return 0;
	if (repo_content(repo, id, &text, err))
		return -1;
	*usable = drift_view(d, sx_str_text(&text), text.len, "history", out, &unreadable) == 0;
	return 0;
}

static int judge_commit(const struct drift *d, struct questions *q, const struct history_entry *e,
			bool old, struct sx_err *err)
{
	VIEW before = { 0 };
	VIEW after = { 0 };
	bool usable = e->record.len == 1;

	if (read_side(d, e->repo, usable ? e->record.items[0].before : "", &before, &usable, err) ||
	    read_side(d, e->repo, usable ? e->record.items[0].after : "", &after, &usable, err))
		return -1;
	if (usable && old)
		judge_old_change(d, q, &before, &after);
	else if (usable)
		judge_change(d, q, &before, &after, history_reach_of(e, d->uuid));
	return 0;
}

static int walk(const struct drift *d, struct repo *repo, const char *path, struct questions *q,
		struct sx_err *err)
{
	struct repo_walk *w = NULL;
	HISTORY_ENTRY e = { 0 };
	SX_WORDS places = { 0 };
	bool found = true, old = false;
	int r = repo_walk_open(repo, &w, err);

	sx_words_add(&places, path);
	while (!r && w && is_open(q, old)) {
		history_entry_dispose(&e);
		r = repo_walk_next(w, &places, &e.record, &found, err);
		if (r || !found)
			break;
		old = e.record.time < d->started;
		history_entry_fill(&e, repo);
		/* Made while this or another domain ran: what is older does not count. */
		if (old && history_reach_of(&e, d->uuid) != HISTORY_OTHER)
			break;
		r = judge_commit(d, q, &e, old, err);
	}
	repo_walk_close(w);
	return r;
}

static int ask_history(const struct drift *d, struct questions *q, struct sx_err *err)
{
	SX_FREE char *real = realpath(d->path, NULL);
	SX_FREE char *dir = sx_path_dir(real ? real : d->path);
	struct repo *repo = NULL;
	int r;

	if (d->have[VIEW_COMMIT])
		judge_change(d, q, &d->views[VIEW_COMMIT], q->file, HISTORY_OTHER);
	if (!is_open(q, false))
		return 0;
	r = repo_open(dir, &repo, err);
	if (!r && repo)
		r = walk(d, repo, real ? real : d->path, q, err);
	repo_close(repo);
	return r;
}

/*
 * Does libxl's stored configuration decide? It tells a scalar's value at creation, and whether a
 * device that is gone ever existed.
 */
static bool is_told(const struct drift *d, const struct view_difference *diff)
{
	return d->have[VIEW_START] && view_knows(&d->views[VIEW_START], diff->class) &&
	       (!diff->class->list || !diff->running);
}

/* By the history the file was changed since the start; unclear if libxl contradicts. */
static enum view_state state_edited(const struct drift *d, const struct question *q)
{
	enum view_state state = state_by(q);

	return !q->sure && is_told(d, q->about) && state != q->about->state ? VIEW_UNCLEAR : state;
}

/* Neither history nor libxl decides: the file seems unchanged since the start. */
static enum view_state state_silent(const struct drift *d, const struct question *q,
				    const struct view *file)
{
	const struct view_difference *diff = q->about;

	if (d->has_earlier && view_text_runs(diff, &d->earlier, &d->views[VIEW_RUNNING]) &&
	    view_texts_differ(diff, &d->earlier, file))
		return VIEW_WAITING;
	/* What only the file has is not claimed to be removed from the domain. */
	return diff->running && !q->had ? VIEW_UNRECORDED : VIEW_UNCLEAR;
}

/* Judge what no commit of file and domain has settled. True: one of these states is a guess. */
static bool judge_rest(const struct drift *d, struct questions *all)
{
	bool guessed = false;

	sx_each(const struct question, q, all) {
		struct view_difference *diff = q->about;

		if (!diff)
			continue;
		if (q->edited && !q->as_file)
			diff->state = state_edited(d, q);
		else if (is_told(d, diff))
			continue;
		else
			diff->state = state_silent(d, q, all->file);
		guessed |= diff->state != VIEW_WAITING;
	}
	return guessed;
}

int drift_compare(const struct drift *d, const struct view *file, struct view_differences *out,
		  bool *guessed, struct sx_err *err)
{
	const struct view *sides[VIEW_SIDES] = { 0 };
	struct questions q = { .file = file };
	int r = 0;

	*guessed = false;
	for (size_t i = 0; i < VIEW_SIDES; i++)
		sides[i] = d->have[i] ? &d->views[i] : NULL;
	sides[VIEW_FILE] = file;
	view_compare(sides, out);
	for (size_t i = 0; !d->has_start && i < out->len; i++) {
		struct question question = { .about = &out->items[i] };

		if ((question.about->state == VIEW_UNRECORDED ||
		     question.about->state == VIEW_WAITING) &&
		    !question.about->class->cold)
			sx_vec_push(&q, question);
	}
	if (q.len)
		r = ask_history(d, &q, err);
	*guessed = judge_rest(d, &q);
	sx_vec_free(&q);
	return r;
}

char *drift_clearing(const struct view_difference *d, const char *domain)
{
	const struct device_class *class = device_class_find(d->class->key);
	SX_FREE char *quoted = sx_quoted(domain);

	if (!class)
		return sx_format("safexl block-detach %s %s", quoted, d->name);
	if (d->running->devid < 0)
		return sx_format("safexl %s %s %s", class->detach, quoted, d->name);
	return sx_format("safexl %s %s %ld", class->detach, quoted, d->running->devid);
}

int drift_view(const struct drift *d, const char *text, size_t len, const char *path,
	       struct view *out, struct sx_err *err)
{
	XLCFG_DOC *doc = NULL;
	SX_STR whole = { 0 };

	sx_str_addn(&whole, text, len);
	for (size_t i = 0; i < d->extras.len; i++)
		sx_str_addf(&whole, "\n%s\n", d->extras.items[i]);
	if (xlcfg_parse(sx_str_text(&whole), whole.len, path, &doc, err))
		return -1;
	out->host = &d->host;
	if (view_of_doc(doc, path, out, err))
		return -1;
	if (d->have[VIEW_RUNNING])
		view_number(out, &d->views[VIEW_RUNNING]);
	return 0;
}
