/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options of log, which are those of git log: see log_words.h. */
#include "log_words.h"

#include "spec/date.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>

enum log_option {
	LOG_PATCH = 'p',
	LOG_NUMBER = 'n',
	LOG_SINCE = 256,
	LOG_UNTIL,
	LOG_AUTHOR,
};

static const struct option long_options[] = {
	{ "since", required_argument, NULL, LOG_SINCE },
	{ "after", required_argument, NULL, LOG_SINCE },
	{ "until", required_argument, NULL, LOG_UNTIL },
	{ "before", required_argument, NULL, LOG_UNTIL },
	{ "author", required_argument, NULL, LOG_AUTHOR },
	{ 0 },
};

/* -5 as well: a digit is an option, and those behind it are its value. */
static const char letters[] = ":pn:0::1::2::3::4::5::6::7::8::9::";

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

static int take_option(int option, struct log_words *w, struct sx_err *err)
{
	SX_FREE char *number = NULL;

	switch (option) {
	case LOG_PATCH:
		w->patch = true;
		return 0;
	case LOG_NUMBER:
		return take_limit(optarg, &w->limit, err);
	case LOG_SINCE:
		return take_date("since", optarg, &w->since, err);
	case LOG_UNTIL:
		return take_date("until", optarg, &w->until, err);
	case LOG_AUTHOR:
		return take_author(optarg, w, err);
	default:
		number = sx_format("%c%s", option, optarg ? optarg : "");
		return take_limit(number, &w->limit, err);
	}
}

/* getopt names a letter; of a long option, the word is the last that was read. */
static int refuse_option(const struct sx_invocation *inv, bool lacks, struct sx_err *err)
{
	char letter[] = { '-', (char)optopt, '\0' };
	const char *word = optopt > 0 && optopt <= UCHAR_MAX ? letter : inv->argv[optind - 1];

	if (lacks)
		sx_err_set(err, SX_EUSAGE, "log: option '%s' needs an argument", word);
	else
		sx_err_set(err, SX_EUSAGE, "log: unknown option '%s'", word);
	return sx_err_hint(err, "see safexl help log");
}

static int read_options(const struct sx_invocation *inv, struct log_words *w, struct sx_err *err)
{
	int c;

	optind = 0;
	opterr = 0;
	while ((c = getopt_long(inv->argc, inv->argv, letters, long_options, NULL)) != -1) {
		if (c == '?' || c == ':')
			return refuse_option(inv, c == ':', err);
		if (take_option(c, w, err))
			return -1;
	}
	if (inv->argc - optind > 1 || (inv->argc > optind && !*inv->argv[optind]))
		return sx_err_set(err, SX_EUSAGE, "log: at most one domain, and not an empty word");
	w->domain = inv->argv[optind];
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
	for (size_t i = 0; i < w->authors.len; i++)
		regfree(&w->authors.items[i]);
	sx_vec_free(&w->authors);
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
