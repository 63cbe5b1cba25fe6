/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blame: who added, changed or removed each item of a domain's configuration. */
#include "core.h"
#include "history.h"
#include "output.h"
#include "pager.h"

#include "base/fill.h"
#include "history/blame.h"

#include <stdio.h>
#include <string.h>

static const char *const kinds[] = {
	[BLAME_ADDED] = "added",
	[BLAME_CHANGED] = "changed",
	[BLAME_REMOVED] = "removed",
};

static const struct blame_event *last_event(const struct blame_item *item)
{
	return &item->items[item->len - 1];
}

/* "disk xvdb", or "memory". */
static char *name_of(const struct blame_item *item)
{
	return *item->label ? sx_format("%s %s", item->key, item->label) : sx_strdup(item->key);
}

static void add_commit(struct sx_str *s, const struct history_entry *e, bool colour)
{
	SX_FREE char *when = e ? history_time(e, TIME_SHORT) : sx_strdup("");

	history_column(s, "\033[33m", e ? e->short_id : "-", 7, colour);
	history_column(s, "", when, 16, false);
	history_column(s, "", e ? e->record.author : "not committed", 12, false);
}

/* One line: the item's last commit, its line in the file, its name and value. */
static void print_line(const struct blame_item *item, size_t names, const struct pager *pager)
{
	const struct blame_event *event = last_event(item);
	SX_FREE char *name = name_of(item);
	SX_FREE char *line = item->line ? sx_format("%zu", item->line) : sx_strdup("gone");
	SX_FREE char *value = sx_shown(strcmp(event->value, item->label) ? event->value : "");
	SX_STR s = { 0 };

	add_commit(&s, event->entry, pager->colour);
	history_column(&s, "", line, 4, false);
	history_column(&s, "\033[1m", name, names, pager->colour);
	history_text(&s, value, pager->width);
	puts(sx_str_text(&s));
}

/* Print a line of text below an event, escaped. `width` 0: do not wrap. */
static void print_shown(const char *before, const char *text, size_t width)
{
	static const size_t indent = 11;
	SX_FREE char *line = sx_format("%s%s", before, text), *shown = NULL;
	SX_STR s = { 0 };

	for (char *p = line; (p = strchr(p, '\n'));)
		*p = ' ';
	shown = sx_shown(line);
	sx_fill(&s, shown, indent, indent, width ? width : SIZE_MAX);
	printf("%*s%s\n", (int)indent, "", sx_str_text(&s));
}

static void print_place(const struct blame_item *item, const char *path, const struct pager *pager)
{
	SX_FREE char *name = name_of(item);
	SX_FREE char *place = item->line ? sx_format("%pS:%zu", path, item->line)
					 : sx_format("not in %pS any more", path);
	SX_FREE char *line = sx_format("%s%pS%s: %s", pager->colour ? "\033[1m" : "", name,
				       pager->colour ? "\033[m" : "", place);
	SX_STR s = { 0 };

	sx_fill(&s, line, 0, 2, pager->width ? pager->width : SIZE_MAX);
	puts(sx_str_text(&s));
}

static void print_story(const struct blame_item *item, const char *path, const struct pager *pager)
{
	bool colour = pager->colour;

	print_place(item, path, pager);
	sx_each(const struct blame_event, event, item) {
		const struct history_entry *e = event->entry;
		SX_FREE char *value = sx_shown(event->value);
		SX_STR s = { 0 };

		sx_str_add(&s, "  ");
		history_column(&s, "", kinds[event->kind], 8, false);
		add_commit(&s, e, colour);
		history_text(&s, value, pager->width);
		puts(sx_str_text(&s));
		if (!e)
			continue;
		/* Do not wrap a command: it can be pasted. */
		print_shown("", *e->command ? e->command : e->subject, 0);
		if (*e->reason)
			print_shown("because: ", e->reason, pager->width);
	}
}

/* A commit and its effect; if the change is not committed yet, the commit's members are null. */
static int event_json(const struct blame_event *event, struct json **out, struct sx_err *err)
{
	static const char *const unknown[] = { "commit",  "time",   "author",  "email",	 "domain",
					       "subject", "reason", "command", "undoes", "diff" };
	JSON_DOC *j = json_new();

	output_text(j, "change", kinds[event->kind]);
	output_text(j, "value", event->value);
	for (size_t i = 0; !event->entry && i < SX_COUNT(unknown); i++)
		json_set_null(j, unknown[i]);
	if (!event->entry)
		json_set_words(j, "configs", (char *[]){ NULL });
	else if (output_commit(j, event->entry, false, err))
		return -1;
	*out = sx_steal(&j);
	return 0;
}

static int item_json(const struct blame_item *item, struct json **out, struct sx_err *err)
{
	JSON_DOC *j = json_new();

	output_text(j, "key", item->key);
	output_text(j, "device", item->label);
	output_number(j, "line", item->line > 0, (long long)item->line);
	json_set_words(j, "events", (char *[]){ NULL });
	for (size_t i = 0; i < item->len; i++) {
		struct json *event;

		if (event_json(&item->items[i], &event, err))
			return -1;
		json_append(j, "events", event);
	}
	*out = sx_steal(&j);
	return 0;
}

static int print_json(const struct sx_invocation *inv, const struct blame *b, struct sx_err *err)
{
	JSON_DOC *all = output_new();

	output_text(all, "config", b->path);
	json_set_words(all, "items", (char *[]){ NULL });
	for (size_t i = 0; i < b->len; i++) {
		struct json *j;

		if (item_json(&b->items[i], &j, err))
			return -1;
		json_append(all, "items", j);
	}
	outcome_print(inv->outcome, all);
	return 0;
}

static int by_line(const void *a, const void *b)
{
	const struct blame_item *x = a, *y = b;

	if (!x->line || !y->line)
		return !x->line - !y->line;
	return (x->line > y->line) - (x->line < y->line);
}

/* The width of the longest name, capped so that one long name does not move all values. */
static size_t names_width(const struct blame *b)
{
	static const size_t widest = 14;
	size_t width = 0;

	for (size_t i = 0; i < b->len; i++) {
		SX_FREE char *name = name_of(&b->items[i]);
		size_t len = sx_fill_width(name);

		if (len > width)
			width = len < widest ? len : widest;
	}
	return width;
}

static void print_all(struct blame *b, bool story, const struct pager *pager)
{
	size_t names = names_width(b);

	/* In file order; then removed items, in the order of the history. */
	qsort(b->items, b->len, sizeof(b->items[0]), by_line);
	for (size_t i = 0; i < b->len; i++) {
		if (story)
			print_story(&b->items[i], b->path, pager);
		else
			print_line(&b->items[i], names, pager);
	}
}

int cmd_blame(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	BLAME b = { 0 };
	struct pager pager;

	if (inv->argc < 2 || inv->argc > 3 || !*inv->argv[1])
		return sx_err_set(err, SX_EUSAGE,
				  "blame: one domain is needed, and at most one device or key");
	if (blame_read(env, inv->argv[1], inv->argv[2], &b, err))
		return -1;
	if (inv->options->json)
		return print_json(inv, &b, err) ? -1 : EXIT_SUCCESS;
	pager_start(&pager, true);
	print_all(&b, inv->argc == 3, &pager);
	pager_end(&pager);
	return EXIT_SUCCESS;
}
