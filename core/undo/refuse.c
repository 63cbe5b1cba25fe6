/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why an undo is refused: see refuse.h. */
#include "undo/refuse.h"
#include "history/entry.h"
#include "xlcfg/xlcfg.h"

#include <string.h>

/* How many commits the message names. */
static const size_t most_named = 4;

/* A later commit, and which one it undoes. */
struct link {
	char *id, *undoes;
};

struct obstacles {
	SX_VEC_OF(struct link); /* all that touched the file since, newest first */
	struct sx_str list;
	size_t count;
	char *newest; /* short id of the newest in the way; NULL: none */
};

static void obstacles_dispose(struct obstacles *o)
{
	for (size_t i = 0; i < o->len; i++) {
		free(o->items[i].id);
		free(o->items[i].undoes);
	}
	sx_vec_free(o);
	sx_str_dispose(&o->list);
	free(o->newest);
}

/* The commit that undid this one and was not undone itself since; NULL: none. */
static const char *undone_by(const struct obstacles *o, const char *id)
{
	for (size_t i = 0; i < o->len; i++)
		if (sx_streq(o->items[i].undoes, id) && !undone_by(o, o->items[i].id))
			return o->items[i].id;
	return NULL;
}

/* Do two lists such as "memory, disk" share a key? Search for ", memory," to match whole keys. */
static bool share_a_key(const char *a, const char *b)
{
	SX_FREE char *copy = sx_strdup(a), *list = sx_format(", %s,", b);
	char *rest = copy, *key;

	while ((key = strsep(&rest, ", "))) {
		SX_FREE char *word = sx_format(", %s,", key);

		if (*key && strstr(list, word))
			return true;
	}
	return false;
}

/* Did the commit change one of these keys in the file? True if it cannot be read. */
static bool is_in_the_way(const struct history_entry *e, const char *path, const char *keys)
{
	SX_STR before = { 0 }, after = { 0 }, changed = { 0 };
	SX_ERR ignored = { 0 };

	sx_each(const struct repo_touched, t, &e->record) {
		if (!sx_streq(t->path, path))
			continue;
		if (repo_content(e->repo, t->before, &before, &ignored) ||
		    repo_content(e->repo, t->after, &after, &ignored) ||
		    xlcfg_differing_keys(sx_str_text(&before), sx_str_text(&after), &changed,
					 &ignored))
			return true;
	}
	return share_a_key(sx_str_text(&changed), keys);
}

static void note(struct obstacles *o, const struct history_entry *e, const char *path,
		 const char *keys)
{
	struct link link = { sx_strdup(e->record.id), sx_strdup(e->undoes) };

	sx_vec_push(o, link);
	if (!is_in_the_way(e, path, keys))
		return;
	if (!o->newest)
		o->newest = sx_strdup(e->short_id);
	if (o->count++ < most_named)
		sx_str_addf(&o->list, "%s%s %s", o->count > 1 ? "; " : "", e->short_id, e->subject);
}

static int find(const struct undo_refusal *r, const char *keys, struct obstacles *o,
		struct sx_err *err)
{
	struct repo_walk *walk = NULL;
	SX_WORDS places = { 0 };
	HISTORY_ENTRY e = { 0 };
	bool found = true;
	int result;

	sx_words_add(&places, r->path);
	result = repo_walk_open(r->repo, &walk, err);
	while (!result && walk && found) {
		history_entry_dispose(&e);
		result = repo_walk_next(walk, &places, &e.record, &found, err);
		if (result || !found || sx_streq(e.record.id, r->commit))
			break;
		history_entry_fill(&e, r->repo);
		note(o, &e, r->path, keys);
	}
	repo_walk_close(walk);
	return result;
}

/* No later commit stands in the way: an uncommitted edit does, or the lines beside the change. */
static int refuse_text(const struct undo_refusal *r, const char *domain, struct sx_err *err)
{
	SX_ERR ignored = { 0 };
	bool same = true;

	if (repo_head_matches(r->repo, r->path, sx_str_text(r->present), r->present->len, &same,
			      &ignored))
		same = true;
	sx_err_set(
		err, SX_ECONFLICT,
		same ? "the lines of %s that it changed, or those beside them, read otherwise now"
		     : "edits of %s that are not committed stand in the way",
		r->path);
	return sx_err_hint(err, "edit the file: safexl edit %s", domain);
}

int undo_refuse(const struct undo_refusal *r, struct sx_err *err)
{
	SX_CLEANUP(obstacles_dispose) struct obstacles o = { 0 };
	SX_FREE char *id = repo_abbreviate(r->repo, r->commit), *by = NULL;
	SX_STR keys = { 0 }, domain = { 0 };
	SX_ERR ignored = { 0 };
	const char *undone;

	if (xlcfg_differing_keys(sx_str_text(r->after), sx_str_text(r->before), &keys, &ignored))
		sx_err_clear(&ignored);
	if (find(r, sx_str_text(&keys), &o, err))
		return -1;
	sx_str_add_quoted(&domain, r->domain);
	undone = undone_by(&o, r->commit);
	if (undone) {
		by = repo_abbreviate(r->repo, undone);
		sx_err_set(err, SX_ECONFLICT, "commit %s is undone already, by %s", id, by);
		return sx_err_hint(err, "to have that change again: safexl undo %s", by);
	}
	if (!o.count)
		return refuse_text(r, sx_str_text(&domain), err);
	sx_err_set(err, SX_ECONFLICT, "later changes of %s stand in the way of undoing %s: %s%s",
		   sx_str_text(&keys), id, sx_str_text(&o.list),
		   o.count > most_named ? "; ..." : "");
	return sx_err_hint(err,
			   "undo those first, the newest first: safexl undo %s\n"
			   "or edit the file: safexl edit %s",
			   o.newest, sx_str_text(&domain));
}
