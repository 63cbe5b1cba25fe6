/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which change a person means to undo: see which.h. */
#include "undo/which.h"
#include "domain/domain.h"
#include "domain/resolve.h"
#include "history/blame.h"

#include <string.h>
#include <unistd.h>

/* Changes, newest first: those of a history, or of a list. */
struct changes {
	struct history *history; /* NULL: use the list */
	SX_VEC_OF(const struct history_entry *);
	size_t at;
	struct history_entry entry; /* the last one read from the history */
};

static void changes_dispose(struct changes *c)
{
	sx_vec_free(c);
	history_entry_dispose(&c->entry);
}

bool which_is_recorded(const struct history_entry *e)
{
	return sx_starts_with(e->command, "safexl ");
}

/*
 * *out NULL: no more. Of a history, skip what safexl did not record; but keep it in the list of a
 * device or key, where a later edit by hand stands in the way of undoing what is before it.
 */
static int next_change(struct changes *c, const struct history_entry **out, struct sx_err *err)
{
	bool found = true;

	*out = NULL;
	if (!c->history) {
		*out = c->at < c->len ? c->items[c->at++] : NULL;
		return 0;
	}
	while (found && !*out) {
		if (history_next(c->history, &c->entry, &found, err))
			return -1;
		*out = found && which_is_recorded(&c->entry) ? &c->entry : NULL;
	}
	return 0;
}

/* The last change is an undo: do not guess whether to redo that change or to undo one more. */
static int refuse_undo(struct changes *c, const struct history_entry *last, struct sx_err *err)
{
	SX_FREE char *id = sx_strdup(last->short_id), *subject = sx_strdup(last->subject);
	const struct history_entry *e = last;
	SX_WORDS undone = { 0 };
	bool known = true;

	while (e && known) {
		if (*e->undoes)
			sx_words_add(&undone, e->undoes);
		if (next_change(c, &e, err))
			return -1;
		known = e && (*e->undoes || sx_words_have(&undone, e->record.id));
	}
	sx_err_set(err, SX_ECONFLICT, "the last change is an undo itself: %s %s", id, subject);
	if (!e)
		return sx_err_hint(err, "to have that change again: safexl undo %s", id);
	return sx_err_hint(err,
			   "to have that change again: safexl undo %s\n"
			   "to undo the one before, too (%s): safexl undo %s",
			   id, e->subject, e->short_id);
}

/* The id of the last change; NULL: an error is set. Heap string. */
static char *find_last(struct changes *c, const char *word, struct sx_err *err)
{
	SX_FREE char *quoted = word ? sx_quoted(word) : NULL;
	const struct history_entry *e;

	if (next_change(c, &e, err))
		return NULL;
	if (e && !*e->undoes)
		return sx_strdup(e->record.id);
	if (e)
		(void)refuse_undo(c, e, err);
	else if (word &&
		 sx_err_set(err, SX_ECONFLICT, "safexl has recorded no change of '%s' yet", word))
		sx_err_hint(err, "what is in the history: safexl log %s", quoted);
	else if (sx_err_set(err, SX_ECONFLICT, "safexl has recorded no change yet"))
		sx_err_hint(err, "the whole history: safexl log");
	return NULL;
}

static int newest_first(const void *a, const void *b)
{
	const struct history_entry *const *x = a, *const *y = b;

	return (*x > *y) - (*x < *y);
}

/* Blame has the entries in one array, newest first: sort by address. */
static void list_changes(const struct blame *b, struct changes *out)
{
	for (size_t i = 0; i < b->len; i++)
		for (size_t k = 0; k < b->items[i].len; k++)
			if (b->items[i].items[k].entry)
				sx_vec_push(out, b->items[i].items[k].entry);
	if (out->len)
		qsort(out->items, out->len, sizeof(out->items[0]), newest_first);
}

static char *last_of_device(const struct flow_env *env, const char *word, const char *device,
			    struct sx_err *err)
{
	SX_CLEANUP(changes_dispose) struct changes c = { 0 };
	BLAME b = { 0 };

	if (blame_read(env, word, device, &b, err))
		return NULL;
	list_changes(&b, &c);
	return find_last(&c, device, err);
}

/* `word` NULL: of all guests. */
static char *last_of_guest(const struct flow_env *env, const char *word, struct sx_err *err)
{
	SX_CLEANUP(changes_dispose) struct changes c = { 0 };
	HISTORY *h = NULL;

	if (history_open(env, word, &h, err))
		return NULL;
	c.history = h;
	return find_last(&c, word ? history_about(h, word) : NULL, err);
}

/* Does it run or have a configuration? *config: that file, "" if unknown. Heap string. */
static bool is_guest(const struct flow_env *env, struct live *live, const char *word, char **config)
{
	LIVE_DOMAIN d = { 0 };
	RESOLVED resolved = { 0 };
	SX_ERR why = { 0 };
	bool runs = live && domain_find(env, live, word, &d, &why) == 0;
	bool known;

	sx_err_clear(&why);
	known = resolve_domain(env, runs ? d.name : word, runs ? d.uuid : "", &resolved, &why) == 0;
	*config = sx_strdup(known ? resolved.path : "");
	return runs || known || why.code == SX_EAMBIGUOUS;
}

/* Does the history have it? It keeps guests that were removed. */
static bool was_guest(const struct flow_env *env, const char *word)
{
	HISTORY *h = NULL;
	HISTORY_ENTRY e = { 0 };
	SX_ERR ignored = { 0 };
	bool found = false;

	return history_open(env, word, &h, &ignored) == 0 &&
	       history_next(h, &e, &found, &ignored) == 0 && found;
}

static int refuse_both(const char *word, const char *config, const struct history_entry *e,
		       struct sx_err *err)
{

	sx_err_set(err, SX_EAMBIGUOUS, "'%s' is a guest, and the commit %s %s", word, e->short_id,
		   e->subject);
	if (!*config)
		return sx_err_hint(err, "that commit: safexl undo %s", e->record.id);
	return sx_err_hint(err,
			   "the last change of the guest: safexl undo %pQ\n"
			   "that commit: safexl undo %s",
			   config, e->record.id);
}

/* Neither a guest nor a commit; `why` says why it is no commit. */
static int refuse_neither(struct sx_err *why, struct sx_err *err)
{
	if (why->code != SX_EFAIL)
		return sx_err_move(err, why);
	sx_err_set(err, SX_ENOCONFIG, "%s, and no guest is called so", why->msg);
	return why->hint ? sx_err_hint(err, "%s", why->hint) : -1;
}

/* Find what the word means: a commit fills *out, a guest sets *id to its last change. */
static int find_meant(const struct flow_env *env, struct live *live, struct history *all,
		      const char *word, struct history_entry *out, char **id, struct sx_err *err)
{
	SX_FREE char *config = NULL;
	SX_ERR why = { 0 };
	bool guest, commit;

	/* A path that exists means a guest, not a commit. */
	if (strchr(word, '/') && access(word, F_OK) == 0)
		return (*id = last_of_guest(env, word, err)) ? 0 : -1;
	commit = history_find(all, word, out, &why) == 0;
	if (commit && sx_streq(word, out->record.id))
		return 0;
	guest = is_guest(env, live, word, &config);
	if (commit && guest)
		return refuse_both(word, config, out, err);
	if (commit)
		return 0;
	if (guest || was_guest(env, word))
		return (*id = last_of_guest(env, word, err)) ? 0 : -1;
	return refuse_neither(&why, err);
}

int which_change(const struct flow_env *env, struct live *live, struct history *all,
		 const char *word, const char *device, struct history_entry *out,
		 struct sx_err *err)
{
	HISTORY_ENTRY e = { 0 };
	SX_FREE char *id = NULL;

	if (word && !device) {
		if (find_meant(env, live, all, word, &e, &id, err))
			return -1;
	} else {
		id = device ? last_of_device(env, word, device, err)
			    : last_of_guest(env, NULL, err);
		if (!id)
			return -1;
	}
	/* A guest's history keeps only the guest's files of a commit: read the whole commit. */
	if (id && history_find(all, id, &e, err))
		return -1;
	*out = sx_steal(&e);
	return 0;
}
