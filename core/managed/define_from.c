/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes a configuration for a running domain that has none: what diff compares, until diff finds
 * no difference, and what else libxl stores, as far as xl.cfg has a key for it.
 */
#include "domain/domain.h"
#include "domain/event.h"
#include "domain/places.h"
#include "domain/resolve.h"
#include "managed/define.h"
#include "managed/private.h"
#include "view/view.h"
#include "xlcfg/edits.h"

#include <string.h>
#include <sys/stat.h>

/* More differences than a domain can have: stops when one stays although it was written. */
static const int most_writes = 1000;

/* What makes it this guest, and what it boots from, comes first. */
static int write_head(const struct live_domain *d, const struct view *running, struct xlcfg *doc,
		      struct xlcfg_edits *edits, struct sx_err *err)
{
	static const char *const keys[] = { "type", "kernel", "ramdisk", "cmdline", "bootloader" };

	if (xlcfg_edits_set_string(edits, doc, "name", d->name, err) ||
	    (*d->uuid && xlcfg_edits_set_string(edits, doc, "uuid", d->uuid, err)))
		return -1;
	for (size_t i = 0; i < SX_COUNT(keys); i++) {
		const struct view_item *item = view_find(running, keys[i]);
		const char *value = item ? view_value(item, "") : "";

		if (*value && xlcfg_edits_set_string(edits, doc, keys[i], value, err))
			return -1;
	}
	return 0;
}

/* Each with its maximum. */
static int write_numbers(const struct view *running, struct xlcfg *doc, struct xlcfg_edits *edits,
			 struct sx_err *err)
{
	static const char *const keys[] = { "memory", "vcpus" };

	for (size_t i = 0; i < SX_COUNT(keys); i++) {
		const struct view_item *item = view_find(running, keys[i]);

		if (item && item->class->write(item->class, doc, edits, NULL, item, running, err))
			return -1;
	}
	return 0;
}

/* Start with empty lists: an item added to a missing list would be written with +=. */
static int write_lists(const struct view *running, const char *path, struct xlcfg **doc,
		       struct sx_err *err)
{
	const struct view_class *last = NULL;
	SX_STR all = { 0 };
	size_t len;
	const char *text = xlcfg_text(*doc, &len);

	sx_str_addn(&all, text, len);
	for (size_t i = 0; i < running->len; i++) {
		const struct view_class *class = running->items[i].class;

		if (class->list && class != last)
			sx_str_addf(&all, "%s = [ ]\n", class->key);
		last = class;
	}
	xlcfg_free(*doc);
	*doc = NULL;
	return xlcfg_parse(sx_str_text(&all), all.len, path, doc, err);
}

/* The first difference that can be written; NULL: none. `left` (or NULL) gets those that cannot. */
static const struct view_difference *first_of(const struct view_differences *all,
					      struct sx_words *left)
{
	const struct view_difference *first = NULL;

	sx_each(const struct view_difference, d, all) {
		if (!first && d->class->write && d->running)
			first = d;
		else if (left && !d->class->write)
			sx_words_give(left, sx_format("%s of the running domain is not in the file",
						      d->what));
	}
	return first;
}

/* An attach that failed half-way, or that is under way. */
static void note_half(const struct view_difference *d, struct sx_words *notices)
{
	if (d->state == VIEW_HALF)
		sx_words_give(notices,
			      sx_format("%s is in the file, but it is half attached: the running "
					"domain cannot use it",
					d->what));
}

/* Write one difference; *done: none is left that can be written. */
static int write_next(const struct view *running, const char *path, struct xlcfg *doc,
		      struct xlcfg_edits *edits, struct sx_words *left, bool *done,
		      struct sx_err *err)
{
	VIEW file = { 0 };
	const struct view *sides[VIEW_SIDES] = { [VIEW_FILE] = &file, [VIEW_RUNNING] = running };
	SX_CLEANUP(view_differences_dispose) struct view_differences all = { 0 };
	const struct view_difference *d;

	if (view_of_doc(doc, path, &file, err))
		return -1;
	view_number(&file, running);
	view_compare(sides, &all);
	d = first_of(&all, NULL);
	*done = !d;
	if (*done) {
		first_of(&all, left);
		return 0;
	}
	note_half(d, left);
	return d->class->write(d->class, doc, edits, d->file, d->running, running, err);
}

/* Remove the lists that are still empty. */
static int drop_empty(const struct view *running, struct xlcfg *doc, struct xlcfg_edits *edits,
		      struct sx_err *err)
{
	for (size_t i = 0; i < running->len; i++) {
		const struct view_class *class = running->items[i].class;

		if (class->list && xlcfg_key_kind(doc, class->key) == XLCFG_LIST &&
		    !xlcfg_list_len(doc, class->key) &&
		    xlcfg_edits_unset(edits, doc, class->key, err))
			return -1;
	}
	return 0;
}

/* Numbers come before lists, which are longest. */
static int write_all(struct live *live, const struct live_domain *d, const char *path,
		     struct xlcfg **doc, struct sx_words *left, struct sx_err *err)
{
	SX_CLEANUP(xlcfg_edits_dispose) struct xlcfg_edits edits = { 0 };
	SX_FREE char *stored = NULL;
	VIEW running = { 0 };
	bool done = false;

	if (view_of_live(live, d->domid, &running, err) ||
	    write_head(d, &running, *doc, &edits, err) ||
	    live_stored_get(live, d->domid, &stored, err) ||
	    define_stored(stored, *doc, &edits, left, err) ||
	    write_numbers(&running, *doc, &edits, err) || write_lists(&running, path, doc, err))
		return -1;
	for (int i = 0; !done; i++) {
		if (i == most_writes)
			return sx_err_set(err, SX_EFAIL,
					  "%s: what it has cannot be written as a configuration",
					  d->name);
		if (write_next(&running, path, *doc, &edits, left, &done, err))
			return -1;
	}
	return drop_empty(&running, *doc, &edits, err);
}

/* Refuse a domain that has a configuration, whether here or elsewhere. */
static int check_without(const struct flow_env *env, const struct live_domain *d,
			 struct sx_err *err)
{
	RESOLVED found = { 0 };
	SX_FREE char *home = NULL;
	int r = resolve_domain(env, d->name, d->uuid, &found, err);

	if (r && err->code == SX_ENOCONFIG) {
		sx_err_clear(err);
		return 0;
	}
	if (!r) {
		sx_err_set(err, SX_ECONFLICT, "%s: not defined: it has a configuration: %s",
			   d->name, found.path);
		home = place_home(env, found.path);
		if (home)
			(void)sx_err_hint(err, "what differs: safexl diff %pQ", d->name);
		else
			(void)sx_err_hint(err,
					  "what differs: safexl diff %pQ\n"
					  "to copy that file to %s: safexl define %pQ",
					  d->name, managed_dir(env), found.path);
	}
	return -1;
}

static int plan_on(const struct flow_env *env, struct live *live, const struct live_domain *d,
		   struct defining *out, struct sx_err *err)
{
	SX_CLEANUP(defined_dispose) struct defined defined = { 0 };
	XLCFG_DOC *doc = NULL;
	const char *text;
	size_t len;

	if (d->domid == 0)
		return sx_err_set(err, SX_EUSAGE, "Domain-0 has no configuration");
	defined = (struct defined){ .source = sx_strdup(""),
				    .name = sx_strdup(d->name),
				    .uuid = sx_strdup(d->uuid) };
	out->name = sx_strdup(d->name);
	event_about(env, d->name);
	if (flow_lock(env, "domain", d->name, &out->lock, err) || check_without(env, d, err) ||
	    define_check(env, &defined, true, err) ||
	    define_place(env, &defined, &out->path, err) ||
	    xlcfg_parse("", 0, out->path, &doc, err) ||
	    write_all(live, d, out->path, &doc, &out->notices, err))
		return -1;
	text = xlcfg_text(doc, &len);
	out->deed.domain = out->name;
	out->deed.subject = sx_strdup("define it as it runs");
	deed_add(&out->deed, sx_strdup(out->path), NULL, sx_strndup(text, len), S_IFREG | 0644);
	sx_words_give(&out->notices, sx_format("its configuration is %s", out->path));
	return xlcfg_check(text, len, out->path, err);
}

int define_from_plan(const struct flow_env *env, const char *word, struct defining *out,
		     struct sx_err *err)
{
	LIVE_DOMAIN d = { 0 };
	LIVE *live = NULL;
	int r = live_open(&live, err);

	if (!r)
		r = domain_find(env, live, word, &d, err) || plan_on(env, live, &d, out, err) ? -1
											      : 0;
	return r;
}
