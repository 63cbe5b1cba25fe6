/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blame: who brought, changed or took away what a domain's configuration has or had. */
#include "core.h"
#include "history.h"
#include "output.h"
#include "pager.h"

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

/* One line: the commit it is as it is by, and what it is. */
static void print_line(const struct blame_item *item, bool colour)
{
	const struct blame_event *event = last_event(item);
	SX_FREE char *name = name_of(item);
	SX_FREE char *line = item->line ? sx_format("%zu", item->line) : sx_strdup("gone");
	SX_STR s = { 0 };

	add_commit(&s, event->entry, colour);
	history_column(&s, "", line, 4, false);
	history_column(&s, "\033[1m", name, 14, colour);
	sx_str_add_shown(&s, strcmp(event->value, item->label) ? event->value : "");
	puts(sx_str_text(&s));
}

/* On one line, whatever it holds. */
static void print_shown(const char *before, const char *text)
{
	SX_FREE char *line = sx_strdup(text), *shown = NULL;

	for (char *p = line; (p = strchr(p, '\n'));)
		*p = ' ';
	shown = sx_shown(line);
	printf("           %s%s\n", before, shown);
}

static void print_story(const struct blame_item *item, const char *path, bool colour)
{
	SX_FREE char *name = name_of(item), *shown = sx_shown(name);

	printf("%s%s%s: ", colour ? "\033[1m" : "", shown, colour ? "\033[m" : "");
	if (item->line)
		printf("%s:%zu\n", path, item->line);
	else
		printf("not in %s any more\n", path);
	for (size_t i = 0; i < item->len; i++) {
		const struct blame_event *event = &item->items[i];
		const struct history_entry *e = event->entry;
		SX_STR s = { 0 };

		sx_str_add(&s, "  ");
		history_column(&s, "", kinds[event->kind], 8, false);
		add_commit(&s, e, colour);
		sx_str_add_shown(&s, event->value);
		puts(sx_str_text(&s));
		if (!e)
			continue;
		print_shown("", *e->command ? e->command : e->subject);
		if (*e->reason)
			print_shown("because: ", e->reason);
	}
}

/* A commit, and what it did; one that is not made yet has no member that is known. */
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

static void print_all(struct blame *b, bool story, bool colour)
{
	/* As in the file; what is gone behind it, in the order it came. */
	qsort(b->items, b->len, sizeof(b->items[0]), by_line);
	for (size_t i = 0; i < b->len; i++) {
		if (story)
			print_story(&b->items[i], b->path, colour);
		else
			print_line(&b->items[i], colour);
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
	print_all(&b, inv->argc == 3, pager.colour);
	pager_end(&pager);
	return EXIT_SUCCESS;
}
