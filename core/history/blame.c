/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blame by meaning: see blame.h. Compares version after version, oldest first. */
#include "history/blame.h"
#include "device/device.h"
#include "history/entry.h"
#include "host/file.h"
#include "spec/disk.h"
#include "xlcfg/xlcfg.h"

#include <string.h>

static void item_dispose(struct blame_item *item)
{
	for (size_t i = 0; i < item->len; i++)
		free(item->items[i].value);
	sx_vec_free(item);
	free(item->key);
	free(item->label);
}

void blame_dispose(struct blame *b)
{
	sx_vec_dispose(b, item_dispose);
	sx_vec_dispose(&b->entries, history_entry_dispose);
	free(b->path);
	history_close(b->history);
	*b = (struct blame){ 0 };
}

/* The label of a list's element; if xl cannot read it, its text. Heap string. */
static char *label_of(const char *key, const char *text)
{
	const struct device_class *class = device_class_find(key);
	DISK_SPEC spec = { 0 };
	DEVICE device = { 0 };
	SX_ERR ignored = { 0 };

	if (sx_streq(key, "disk") && disk_parse(text, &spec, &ignored) == 0)
		return sx_strdup(spec.vdev);
	if (class && !class->is_nested && device_parse(class, text, &device, &ignored) == 0)
		return device_label(&device);
	return sx_strdup(text);
}

static struct blame_item *item_of(struct blame *b, const char *key, const char *label)
{
	struct blame_item item = { 0 };

	for (size_t i = 0; i < b->len; i++)
		if (sx_streq(b->items[i].key, key) && sx_streq(b->items[i].label, label))
			return &b->items[i];
	item.key = sx_strdup(key);
	item.label = sx_strdup(label);
	sx_vec_push(b, item);
	return &b->items[b->len - 1];
}

static bool is_there(const struct blame_item *item)
{
	return item->len && item->items[item->len - 1].kind != BLAME_REMOVED;
}

/* A merge has what both sides did already: only what differs from both is its own. */
static bool is_inherited(const struct blame_item *item, int kind, const char *value)
{
	if (!item->len || !is_there(item))
		return item->len && kind == BLAME_REMOVED;
	return sx_streq(item->items[item->len - 1].value, value) == (kind != BLAME_REMOVED);
}

/* Removed and added by one commit is one change, in either order. */
static void add_event(struct blame_item *item, int kind, const char *value,
		      const struct history_entry *entry)
{
	struct blame_event event = { .value = sx_strdup(value ? value : ""), .entry = entry };
	struct blame_event first = { 0 };
	struct blame_event *last = item->len ? &item->items[item->len - 1] : &first;
	bool same = item->len && last->entry == entry;

	event.kind = kind;
	if (kind == BLAME_ADDED && is_there(item))
		event.kind = BLAME_CHANGED;
	if (same && kind == BLAME_ADDED && last->kind == BLAME_REMOVED) {
		free(last->value);
		event.kind = BLAME_CHANGED;
		*last = event;
	} else if (same && kind == BLAME_REMOVED && last->kind == BLAME_CHANGED) {
		free(event.value); /* the addition before it is noted as a change */
	} else {
		sx_vec_push(item, event);
	}
}

static void note_differences(struct blame *b, const struct xlcfg *old, const struct xlcfg *new,
			     const struct history_entry *entry)
{
	XLCFG_DIFFERENCES all = { 0 };

	xlcfg_compare(old, new, &all);
	for (size_t i = 0; i < all.len; i++) {
		const struct xlcfg_intent *intent = &all.items[i].intent;
		const char *value = intent->text ? intent->text : all.items[i].old;
		bool list = intent->op == XLCFG_INSERT || intent->op == XLCFG_REMOVE;
		SX_FREE char *label = list ? label_of(intent->key, value) : sx_strdup("");
		bool removed = intent->op == XLCFG_REMOVE || intent->op == XLCFG_UNSET ||
			       (!list && xlcfg_key_kind(new, intent->key) == XLCFG_ABSENT);

		struct blame_item *item = item_of(b, intent->key, label);
		int kind = removed ? BLAME_REMOVED : BLAME_ADDED;

		if (!entry || !entry->record.is_merge || !is_inherited(item, kind, value))
			add_event(item, kind, value, entry);
	}
}

/* The domain's file as the commit left it. */
static int content_after(const struct history_entry *e, struct sx_str *out, struct sx_err *err)
{
	const char *id = "";

	for (size_t i = 0; i < e->record.len; i++)
		if (*e->record.items[i].after)
			id = e->record.items[i].after;
	return repo_content(e->repo, id, out, err);
}

/*
 * Between parallel branches, the version compared last is of the other branch: take the commit's
 * own parent's. A merge, with several, is compared with the one before it.
 */
static int take_parent(struct blame *b, struct xlcfg **doc, const struct history_entry *e,
		       struct sx_err *err)
{
	const char *id = "";
	SX_STR text = { 0 };
	struct xlcfg *before = NULL;

	for (size_t i = 0; i < e->record.len; i++)
		if (*e->record.items[i].before)
			id = e->record.items[i].before;
	if (!*id || e->record.is_merge)
		return 0;
	if (repo_content(e->repo, id, &text, err))
		return -1;
	if (xlcfg_parse(sx_str_text(&text), text.len, b->path, &before, err)) {
		sx_err_clear(err);
		return 0;
	}
	xlcfg_free(*doc);
	*doc = before;
	return 0;
}

/* Skip a version that cannot be read: the next readable one is blamed for its changes. */
static int step(struct blame *b, struct xlcfg **doc, const struct sx_str *text,
		const struct history_entry *entry, struct sx_err *err)
{
	struct xlcfg *next = NULL;

	if (xlcfg_parse(sx_str_text(text), text->len, b->path, &next, err)) {
		sx_err_clear(err);
		return 0;
	}
	note_differences(b, *doc, next, entry);
	xlcfg_free(*doc);
	*doc = next;
	return 0;
}

static int read_entries(struct blame *b, struct sx_err *err)
{
	bool found = true;

	while (found) {
		struct history_entry e = { 0 };

		if (history_next(b->history, &e, &found, err))
			return -1;
		if (found)
			sx_vec_push(&b->entries, e);
	}
	return 0;
}

/* Fill in where the present file has each item. */
static void find_lines(struct blame *b, const struct xlcfg *doc)
{
	sx_each(struct blame_item, item, b) {
		size_t count = xlcfg_list_len(doc, item->key);

		if (!is_there(item))
			continue;
		item->line = xlcfg_key_line(doc, item->key);
		for (size_t k = 0; *item->label && k < count; k++) {
			SX_FREE char *text = xlcfg_list_get(doc, item->key, k);
			SX_FREE char *label = text ? label_of(item->key, text) : NULL;

			if (sx_streq(label, item->label))
				item->line = xlcfg_list_line(doc, item->key, k);
		}
	}
}

static bool is_called(const struct blame_item *item, const char *word)
{
	SX_FREE char *mac = device_mac(word), *bdf = device_bdf(word);

	return sx_streq(item->key, word) || sx_streq(item->label, word) ||
	       (mac && sx_streq(item->label, mac)) || (bdf && sx_streq(item->label, bdf)) ||
	       (sx_streq(item->key, "disk") && disk_devid(word) >= 0 &&
		disk_devid(word) == disk_devid(item->label));
}

static int keep_called(struct blame *b, const char *domain, const char *word, struct sx_err *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->len; i++) {
		if (is_called(&b->items[i], word))
			b->items[kept++] = b->items[i];
		else
			item_dispose(&b->items[i]);
	}
	b->len = kept;
	if (kept)
		return 0;
	sx_err_set(err, SX_ENOCONFIG, "%s: neither the file nor its history has '%s'", domain,
		   word);
	return sx_err_hint(err, "to list its keys and devices: safexl blame %pQ", domain);
}

/* Compare all versions, oldest first, and then what is not committed. */
static int read_versions(struct blame *b, struct xlcfg **doc, struct sx_err *err)
{
	FILE_IMAGE image = { 0 };
	SX_STR text = { 0 };
	SX_ERR gone = { 0 };

	for (size_t i = b->entries.len; i-- > 0;)
		if (take_parent(b, doc, &b->entries.items[i], err) ||
		    content_after(&b->entries.items[i], &text, err) ||
		    step(b, doc, &text, &b->entries.items[i], err))
			return -1;
	if (file_read(b->path, &image, &gone))
		return 0;
	if (step(b, doc, &image.text, NULL, err))
		return -1;
	find_lines(b, *doc);
	return 0;
}

/* The path after the commit, for a rename the new one. */
static const char *newest_path(const struct repo_record *r)
{
	for (size_t i = 0; i < r->len; i++)
		if (*r->items[i].after)
			return r->items[i].path;
	return r->items[0].path;
}

int blame_read(const struct flow_env *env, const char *domain, const char *device,
	       struct blame *out, struct sx_err *err)
{
	BLAME b = { 0 };
	XLCFG_DOC *doc = NULL;

	if (history_open(env, domain, &b.history, err) || read_entries(&b, err) ||
	    xlcfg_parse("", 0, "nothing", &doc, err))
		return -1;
	if (!b.entries.len)
		return history_refuse_empty(b.history, domain, err);
	b.path = sx_strdup(newest_path(&b.entries.items[0].record));
	if (read_versions(&b, &doc, err) || (device && keep_called(&b, domain, device, err)))
		return -1;
	*out = sx_steal(&b);
	return 0;
}
