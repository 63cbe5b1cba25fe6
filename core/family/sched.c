/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sched-credit, sched-credit2: the keys `cpu_weight` and `cap`; sched-rtds: `period` and
 * `extratime`. Without a domain and a value to set, these commands list or concern a pool.
 */
#include "base/num.h"
#include "change/change.h"
#include "check/bounds.h"
#include "view/view.h"

#include <getopt.h>
#include <limits.h>
#include <string.h>

struct sched {
	const char *domain;
	long weight, cap; /* -1: not given */
	long period, budget, extratime;
	size_t periods, budgets, extratimes; /* how often each was given */
	bool rtds, all, single; /* rtds: -v all, -v with one vCPU */
	bool pool, unknown; /* an option for a pool, or one that xl does not have */
};

/* Parse a value strictly: xl would stop at the first character that is no digit. */
static int take(const char *option, uint64_t least, uint64_t most, long *out, size_t *count,
		struct sx_err *err)
{
	uint64_t value;

	if (sx_num_parse(optarg, least, most, &value, err))
		return sx_err_wrap(err, "%s", option);
	/* Keep the first: -v all uses that one. */
	if (!count || !(*count)++)
		*out = (long)value;
	return 0;
}

static int credit_option(struct sched *s, int c, struct sx_err *err)
{
	switch (c) {
	case 'w':
		return take("weight", 1, 65535, &s->weight, NULL, err);
	case 'c':
		return take("cap", 0, INT_MAX, &s->cap, NULL, err);
	default:
		s->pool = true;
		return 0;
	}
}

static int rtds_option(struct sched *s, int c, struct sx_err *err)
{
	switch (c) {
	case 'p':
		return take("period", 10, INT_MAX, &s->period, &s->periods, err);
	case 'b':
		return take("budget", 10, INT_MAX, &s->budget, &s->budgets, err);
	case 'e':
		return take("extratime", 0, 1, &s->extratime, &s->extratimes, err);
	case 'v':
		if (strcmp(optarg, "all") == 0)
			s->all = true;
		else
			s->single = true;
		return 0;
	default:
		s->pool = true;
		return 0;
	}
}

/* sched-credit2 lacks the first two. */
enum { CREDIT_ALONE = 2 };
static const struct option credit_longs[] = {
	{ "tslice_ms", required_argument, NULL, 't' },
	{ "migration_delay_us", required_argument, NULL, 'm' },
	{ "domain", required_argument, NULL, 'd' },
	{ "weight", required_argument, NULL, 'w' },
	{ "cap", required_argument, NULL, 'c' },
	{ "schedparam", no_argument, NULL, 's' },
	{ "ratelimit_us", required_argument, NULL, 'r' },
	{ "cpupool", required_argument, NULL, 'p' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const struct option rtds_longs[] = {
	{ "domain", required_argument, NULL, 'd' }, { "period", required_argument, NULL, 'p' },
	{ "budget", required_argument, NULL, 'b' }, { "extratime", required_argument, NULL, 'e' },
	{ "vcpuid", required_argument, NULL, 'v' }, { "cpupool", required_argument, NULL, 'c' },
	{ "help", no_argument, NULL, 'h' },	    { NULL, 0, NULL, 0 },
};

/* How xl parses each command; a mistake in xl gives the -c of sched-rtds no argument. */
static const struct reader {
	const char *command;
	const char *letters;
	const struct option *longs;
	/* Handles all options but -d and unknown ones. */
	int (*option)(struct sched *s, int c, struct sx_err *err);
} readers[] = {
	{ "sched-credit", "hd:w:c:p:t:r:m:s", credit_longs, credit_option },
	{ "sched-credit2", "hd:w:c:p:r:s", credit_longs + CREDIT_ALONE, credit_option },
	{ "sched-rtds", "hd:p:b:e:v:c", rtds_longs, rtds_option },
};

static const struct reader *find_reader(const char *command)
{
	const struct reader *reader = readers;

	while (!sx_streq(reader->command, command))
		reader++;
	return reader;
}

static int read_option(const struct reader *reader, struct sched *s, int c, struct sx_err *err)
{
	if (c == 'd')
		s->domain = optarg;
	else if (c == '?')
		s->unknown = true;
	else
		return reader->option(s, c, err);
	return 0;
}

static int read_options(char *const *words, const struct reader *reader, struct sched *s,
			struct sx_err *err)
{
	struct {
		SX_VEC_OF(char *);
	} copy = { 0 };
	int argc, c, r = 0;

	for (argc = 0; words[argc]; argc++)
		sx_vec_push(&copy, words[argc]);
	sx_vec_push(&copy, NULL);
	optind = 0;
	opterr = 0;
	while (!r &&
	       (c = getopt_long(argc, copy.items, reader->letters, reader->longs, NULL)) != -1)
		r = read_option(reader, s, c, err);
	if (!r && s->domain && !s->pool && !s->unknown && optind < argc)
		r = sx_err_set(err, SX_EUSAGE, "unexpected argument '%s'", copy.items[optind]);
	sx_vec_free(&copy);
	return r;
}

/* What xl still needs to set anything; NULL: nothing. */
static const char *sched_lacks(const struct sched *s)
{
	if (s->pool)
		return NULL;
	if (s->unknown)
		return "an option that xl does not have";
	if (!s->domain)
		return "-d is missing: the domain";
	if (!s->rtds)
		return s->weight < 0 && s->cap < 0 ? "neither -w nor -c is given" : NULL;
	if (s->all == s->single)
		return s->all ? "-v all goes with no other -v"
			      : "-v is missing: a virtual processor, or all";
	if (!s->periods || s->periods != s->budgets || s->periods != s->extratimes)
		return "xl needs -p, -b and -e together, each of them as often as the others";
	return NULL;
}

static int sched_parse(struct change_said *said, struct sx_err *err)
{
	const struct reader *reader = find_reader(said->command);
	struct sched *s = said->data;

	*s = (struct sched){ .weight = -1, .cap = -1, .period = -1, .budget = -1, .extratime = -1 };
	s->rtds = reader->option == rtds_option;
	if (read_options(said->words, reader, s, err))
		return sx_err_wrap(err, "%s", said->command);
	said->lacks = sched_lacks(s);
	/* Leave to xl what it refuses or only shows. */
	if (s->pool || said->lacks)
		return 0;
	if (!*s->domain || s->budget > s->period)
		return sx_err_set(err, SX_EUSAGE, "%s: %s", said->command,
				  *s->domain ? "the budget is more than the period"
					     : "the domain is empty (xl would take Domain-0)");
	said->domain = s->domain;
	return 0;
}

static int set_number(struct change_plan *plan, struct xlcfg *doc, const char *key, long value,
		      struct sx_err *err)
{
	SX_FREE char *text = sx_format("%ld", value);

	return value < 0 ? 0 : view_set(doc, &plan->edits, key, text, err);
}

static int credit_plan(const struct change_said *said, const char *path SX_UNUSED,
		       struct xlcfg *doc, struct change_plan *plan, struct sx_err *err)
{
	const struct sched *s = said->data;
	SX_STR subject = { 0 };

	if (s->weight >= 0)
		sx_str_addf(&subject, "set processor weight to %ld", s->weight);
	if (s->cap > 0)
		sx_str_addf(&subject, "%s cap to %ld%%", subject.len ? "," : "set processor",
			    s->cap);
	else if (s->cap == 0)
		sx_str_addf(&subject, "%s processor cap", subject.len ? ", no" : "end the");
	plan->subject = sx_str_take(&subject);
	if (set_number(plan, doc, "cpu_weight", s->weight, err))
		return -1;
	return set_number(plan, doc, "cap", s->cap, err);
}

static int credit_verify(const struct change_said *said, struct live *live,
			 const struct live_domain *domain, enum change_truth *truth,
			 struct sx_err *err)
{
	const struct sched *s = said->data;
	struct live_sched now;

	if (live_sched_get(live, domain->domid, &now, err))
		return -1;
	*truth = sx_streq(now.scheduler, said->command + strlen("sched-")) &&
				 (s->weight < 0 || s->weight == now.weight) &&
				 (s->cap < 0 || s->cap == now.cap)
			 ? CHANGE_LIVE
			 : CHANGE_NOT_LIVE;
	return 0;
}

static int rtds_plan(const struct change_said *said, const char *path SX_UNUSED, struct xlcfg *doc,
		     struct change_plan *plan, struct sx_err *err)
{
	const struct sched *s = said->data;

	if (!s->all) {
		plan->subject = sx_strdup("set real-time parameters of single virtual processors");
		plan->already = sx_strdup("xl.cfg has no keys for the parameters of single virtual "
					  "processors");
		return 0;
	}
	plan->subject =
		sx_format("set real-time period to %ld us, budget to %ld us, %s", s->period,
			  s->budget, s->extratime ? "with extra time" : "without extra time");
	if (s->budget != bounds_rtds_budget)
		sx_words_give(&plan->edits.notices,
			      sx_format("xl.cfg has no key for the budget: the next create takes "
					"Xen's %ld us",
					bounds_rtds_budget));
	if (s->period < bounds_rtds_budget)
		sx_words_give(&plan->edits.notices,
			      sx_format("the period is not recorded: with less than Xen's own "
					"budget, %ld us, the next create would fail",
					bounds_rtds_budget));
	else if (set_number(plan, doc, "period", s->period, err))
		return -1;
	return set_number(plan, doc, "extratime", s->extratime, err);
}

static int rtds_verify(const struct change_said *said, struct live *live,
		       const struct live_domain *domain, enum change_truth *truth,
		       struct sx_err *err)
{
	const struct sched *s = said->data;
	struct live_sched now;

	if (live_sched_get(live, domain->domid, &now, err))
		return -1;
	*truth = sx_streq(now.scheduler, "rtds") && now.uniform && s->period == now.period &&
				 s->budget == now.budget && s->extratime == now.extratime
			 ? CHANGE_LIVE
			 : CHANGE_NOT_LIVE;
	return 0;
}

const struct change_family sched_credit_family = {
	.command = "sched-credit",
	.size = sizeof(struct sched),
	.parse = sched_parse,
	.plan = credit_plan,
	.verify = credit_verify,
};

const struct change_family sched_credit2_family = {
	.command = "sched-credit2",
	.size = sizeof(struct sched),
	.parse = sched_parse,
	.plan = credit_plan,
	.verify = credit_verify,
};

const struct change_family sched_rtds_family = {
	.command = "sched-rtds",
	.size = sizeof(struct sched),
	.parse = sched_parse,
	.plan = rtds_plan,
	.verify = rtds_verify,
};
