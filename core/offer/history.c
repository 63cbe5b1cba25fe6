/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Candidates from the history: commits, authors, dates; keys of a configuration, and differences
 * that `record` can write.
 */
#include "history/history.h"
#include "offer/private.h"
#include "view/drift.h"

static const size_t newest = 50; /* commits offered; the id of an older one comes from a log */

/* Newest first, described by their subjects. */
static void offer_commits(struct offer *o)
{
	HISTORY *h = NULL;
	SX_ERR none = { 0 };

	if (history_open(o->env, NULL, &h, &none))
		return;
	/* Sort what was found before now: the commits keep their own order. */
	candidates_sort(o->out);
	o->out->ordered = true;
	for (size_t i = 0; i < newest; i++) {
		HISTORY_ENTRY e = { 0 };
		bool found;

		if (history_next(h, &e, &found, &none) || !found)
			return;
		offer_add(o, e.short_id, e.subject, ' ');
	}
}

static void offer_differences(struct offer *o)
{
	SX_CLEANUP(drifts_dispose) struct drifts all = { 0 };
	SX_ERR none = { 0 };

	if (!*offer_word(o, 0) || drift_look(o->env, offer_word(o, 0), &all, &none))
		return;
	for (size_t i = 0; i < all.len; i++) {
		const struct view_differences *d = &all.items[i].differences;

		for (size_t k = 0; k < d->len; k++) {
			SX_FREE char *text = drift_text(&d->items[k]);

			offer_add(o, d->items[k].name, text, ' ');
		}
	}
}

/* The keys in the domain's configuration. */
static void offer_keys_of_config(struct offer *o)
{
	XLCFG_DOC *doc = offer_config(o);
	const char *key;

	for (size_t i = 0; doc && (key = xlcfg_key_at(doc, i)); i++) {
		SX_FREE char *value = xlcfg_get_string(doc, key);

		offer_add(o, key, value, ' ');
	}
}

/* The authors of the newest commits. */
static void offer_authors(struct offer *o)
{
	HISTORY *h = NULL;
	SX_ERR none = { 0 };

	if (history_open(o->env, NULL, &h, &none))
		return;
	for (size_t i = 0; i < newest; i++) {
		HISTORY_ENTRY e = { 0 };
		bool found;

		if (history_next(h, &e, &found, &none) || !found)
			return;
		offer_add(o, e.record.author, e.record.email, ' ');
	}
}

/* Some forms that date.h accepts. */
static void offer_dates(struct offer *o)
{
	static const char *const dates[] = { "today",	    "yesterday",    "last friday",
					     "2 weeks ago", "3 months ago", NULL };

	offer_add_all(o, dates, ' ');
}

/* Run `find` with libgit2; its start is counted, so another user of it does not matter. */
static void with_git(struct offer *o, void (*find)(struct offer *o))
{
	SX_ERR none = { 0 };

	if (repo_library_start(&none))
		return;
	find(o);
	repo_library_stop();
}

static void offer_commits_of_git(struct offer *o)
{
	with_git(o, offer_commits);
}

static void offer_authors_of_git(struct offer *o)
{
	with_git(o, offer_authors);
}

static void offer_any_key(struct offer *o)
{
	if (sx_streq(o->q->command, "record"))
		with_git(o, offer_differences);
	else
		offer_keys_of_config(o);
}

const struct offer_kind offer_history_kinds[] = {
	{ "commit", offer_commits_of_git },
	{ "author", offer_authors_of_git },
	{ "date", offer_dates },
	{ "key", offer_any_key },
	{ NULL, NULL },
};
