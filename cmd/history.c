/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log and show: print what was changed, by whom, when and why. */
#include "history.h"
#include "core.h"
#include "log_words.h"
#include "output.h"
#include "pager.h"

#include "base/fill.h"
#include "history/history.h"

#include <string.h>

char *history_time(const struct history_entry *e, enum time_form form)
{
	time_t t = (time_t)e->record.time;
	char text[64];
	struct tm tm;

	/* A date beyond all years, as git can store. */
	if (!localtime_r(&t, &tm))
		return sx_strdup("-");
	if (form == TIME_SHORT)
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm);
	else
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %z", &tm);
	return sx_strdup(text);
}

void history_column(struct sx_str *s, const char *on, const char *text, size_t width, bool colour)
{
	SX_FREE char *shown = sx_shown(text);
	size_t used = sx_fill_width(shown);

	if (colour)
		sx_str_add(s, on);
	sx_str_add(s, shown);
	if (colour)
		sx_str_add(s, "\033[m");
	for (sx_str_addc(s, ' '); used < width; used++)
		sx_str_addc(s, ' ');
}

void history_text(struct sx_str *s, const char *text, size_t screen)
{
	static const size_t least = 30, below_time = 8;
	size_t at = sx_fill_width(sx_str_text(s));
	size_t width = screen ? screen : SIZE_MAX;

	bool fits = at + least <= width || at + sx_fill_width(text) <= width;

	sx_fill(s, text, at, fits ? at : below_time, width);
}

static void print_entry(const struct history_entry *e, const struct pager *pager)
{
	bool colour = pager->colour;
	SX_FREE char *when = history_time(e, TIME_SHORT);
	SX_FREE char *files = sx_format("(%zu files)", e->record.len);
	SX_FREE char *reason = sx_strdup(e->reason);
	SX_STR s = { 0 }, text = { 0 };

	for (char *p = reason; (p = strchr(p, '\n'));)
		*p = ' ';
	history_column(&s, "\033[33m", e->short_id, 7, colour);
	history_column(&s, "", when, 16, false);
	history_column(&s, "", e->record.author, 12, false);
	history_column(&s, "\033[1m", *e->domain ? e->domain : files, 8, colour);
	sx_str_add_shown(&text, e->what);
	if (*reason) {
		sx_str_add(&text, colour ? "  \033[36m[" : "  [");
		sx_str_add_shown(&text, reason);
		sx_str_add(&text, colour ? "]\033[m" : "]");
	}
	history_text(&s, sx_str_text(&text), pager->width);
	puts(sx_str_text(&s));
}

static int print_log_json(const struct sx_invocation *inv, struct history *h,
			  const struct log_words *w, struct sx_err *err)
{
	JSON_DOC *all = output_new();
	HISTORY_ENTRY e = { 0 };
	bool found;

	json_set_words(all, "commits", (char *[]){ NULL });
	for (long n = 0; w->limit < 0 || n < w->limit; n++) {
		JSON_DOC *j = NULL;

		if (log_next(h, w, &e, &found, err))
			return -1;
		if (!found)
			break;
		j = json_new();
		if (output_commit(j, &e, w->patch, err))
			return -1;
		json_append(all, "commits", sx_steal(&j));
	}
	outcome_print(inv->outcome, all);
	return 0;
}

static int print_log(struct history *h, const struct log_words *w, const struct pager *pager,
		     size_t *count, struct sx_err *err)
{
	HISTORY_ENTRY e = { 0 };
	bool found;

	for (*count = 0; w->limit < 0 || (long)*count < w->limit; ++*count) {
		SX_STR diff = { 0 };

		if (log_next(h, w, &e, &found, err))
			return -1;
		if (!found)
			break;
		print_entry(&e, pager);
		if (w->patch) {
			if (history_patch(&e, &diff, err))
				return -1;
			print_diff(sx_str_text(&diff), pager->colour);
			putchar('\n');
		}
		if (!pager_alive(pager))
			break;
	}
	return 0;
}

int cmd_log(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	HISTORY *h = NULL;
	LOG_WORDS w = { 0 };
	struct pager pager;
	size_t count;
	int r;

	if (log_words_read(inv, &w, err) || history_open(env, w.domain, &h, err))
		return -1;
	if (inv->options->json)
		return print_log_json(inv, h, &w, err) ? -1 : EXIT_SUCCESS;
	pager_start(&pager, true);
	r = print_log(h, &w, &pager, &count, err);
	pager_end(&pager);
	if (r)
		return -1;
	history_tell_loose(env, h);
	if (!count && w.domain && !log_is_narrow(&w))
		return history_refuse_empty(h, w.domain, err);
	return EXIT_SUCCESS;
}

static int print_commit(const struct history_entry *e, const struct pager *pager,
			struct sx_err *err)
{
	SX_FREE char *when = history_time(e, TIME_LONG);
	SX_STR diff = { 0 };

	if (history_patch(e, &diff, err))
		return -1;
	sx_print(stdout, "%scommit %s%s\nAuthor: %pS <%pS>\nDate:   %s\n\n",
		 pager->colour ? "\033[33m" : "", e->record.id, pager->colour ? "\033[m" : "",
		 e->record.author, e->record.email, when);
	for (const char *p = e->record.message; *p;) {
		size_t len = strcspn(p, "\n");
		SX_FREE char *line = sx_strndup(p, len);

		sx_print(stdout, "%s%pS\n", len ? "    " : "", line);
		p += len + (p[len] == '\n');
	}
	putchar('\n');
	print_diff(sx_str_text(&diff), pager->colour);
	return 0;
}

int cmd_show(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	HISTORY *h = NULL;
	HISTORY_ENTRY e = { 0 };
	struct pager pager;
	int r;

	if (inv->argc > 1 && inv->argv[1][0] == '-')
		return sx_err_set(err, SX_EUSAGE, "show: '%s' is no commit", inv->argv[1]);
	if (inv->argc != 2 || !*inv->argv[1]) {
		sx_err_set(err, SX_EUSAGE, "show: one commit is needed");
		return sx_err_hint(err, "the commits: safexl log");
	}
	if (history_open(env, NULL, &h, err) || history_find(h, inv->argv[1], &e, err))
		return -1;
	if (inv->options->json) {
		JSON_DOC *j = output_new();

		if (output_commit(j, &e, true, err))
			return -1;
		output_text(j, "message", e.record.message);
		outcome_print(inv->outcome, j);
		return EXIT_SUCCESS;
	}
	pager_start(&pager, true);
	r = print_commit(&e, &pager, err);
	pager_end(&pager);
	return r ? -1 : EXIT_SUCCESS;
}
