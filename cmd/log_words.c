/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parses the options of log, which follow git log: see log_words.h. */
#include "log_words.h"

#include "spec/date.h"

#include <errno.h>
#include <limits.h>

static int take_limit(const char *text, long *out, struct sx_err *err)
{
	char *end;

	errno = 0;
	*out = strtol(text, &end, 10);
	if (errno || *end || end == text || *out < 0)
		return sx_err_set(err, SX_EUSAGE, "log: '%s' is not a number of commits", text);
	return 0;
}

static int take_date(const char *option, const char *text, long long *out, struct sx_err *err)
{
	time_t t;

	if (date_read(text, time(NULL), &t, err))
		return sx_err_wrap(err, "log: --%s", option);
	*out = t;
	return 0;
}

static int take_author(const char *text, struct log_words *w, struct sx_err *err)
{
	regex_t pattern;
	char why[256];
	int r = regcomp(&pattern, text, REG_NOSUB);

	if (r) {
		regerror(r, &pattern, why, sizeof(why));
		sx_err_set(err, SX_EUSAGE, "log: --author: '%s' is not a pattern: %s", text, why);
		return sx_err_hint(err, "a part of the name or address: --author=anna");
	}
	sx_vec_push(&w->authors, pattern);
	return 0;
}

static int take_option(const struct sx_given *g, struct log_words *w, struct sx_err *err)
{
	if (!g->name) {
		w->patch |= g->letter == 'p';
		return g->letter == 'n' ? take_limit(g->value, &w->limit, err) : 0;
	}
	if (sx_streq(g->name, "author"))
		return take_author(g->value, w, err);
	if (sx_streq(g->name, "since") || sx_streq(g->name, "after"))
		return take_date("since", g->value, &w->since, err);
	return take_date("until", g->value, &w->until, err);
}

static int read_options(const struct sx_invocation *inv, struct log_words *w, struct sx_err *err)
{
	for (size_t i = 0; i < inv->options->own.len; i++)
		if (take_option(&inv->options->own.items[i], w, err))
			return -1;
	if (inv->argc > 2 || (inv->argc > 1 && !*inv->argv[1]))
		return sx_err_set(err, SX_EUSAGE,
				  "log: at most one domain, and it must not be "
				  "empty");
	w->domain = inv->argv[1];
	return 0;
}

int log_words_read(const struct sx_invocation *inv, struct log_words *out, struct sx_err *err)
{
	LOG_WORDS w = { .limit = -1, .since = LLONG_MIN, .until = LLONG_MAX };

	if (read_options(inv, &w, err))
		return -1;
	*out = sx_steal(&w);
	return 0;
}

void log_words_dispose(struct log_words *w)
{
	sx_vec_dispose(&w->authors, regfree);
}

static bool is_by(const struct repo_record *r, const struct log_words *w)
{
	SX_FREE char *author = sx_format("%s <%s>", r->author, r->email);

	for (size_t i = 0; i < w->authors.len; i++)
		if (!regexec(&w->authors.items[i], author, 0, NULL, 0))
			return true;
	return !w->authors.len;
}

int log_next(struct history *h, const struct log_words *w, struct history_entry *out, bool *found,
	     struct sx_err *err)
{
	do {
		if (history_next(h, out, found, err))
			return -1;
	} while (*found && (out->record.time < w->since || out->record.time > w->until ||
			    !is_by(&out->record, w)));
	return 0;
}

bool log_is_narrow(const struct log_words *w)
{
	return !w->limit || w->since != LLONG_MIN || w->until != LLONG_MAX || w->authors.len;
}
