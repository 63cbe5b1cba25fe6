/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Points in time: see date.h. Reads the parts in any order, and combines them at the end: the day,
 * then how far back from it, then the time of day.
 */
#include "spec/date.h"
#include "base/str.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum {
	UNSET = -1,
	DAY_S = 24 * 60 * 60,
	LONGEST_WORD = 16,
	MOST_MONTHS = 12 * 10000,
};

/* The parts read so far. Years and months count as in struct tm; a field may be UNSET. */
struct reading {
	const char *p;
	int year, mon, mday;
	int hour, min, sec;
	int weekday, weeks; /* the weeks-th such day before today; UNSET: the last one */
	int number; /* a number whose unit or month has not been read yet */
	long long months, seconds; /* to go back */
	int zone; /* seconds east of UTC */
	int today, yesterday; /* how often it was said */
	bool zoned, back, noon, any; /* back: by a number of days, hours, ... */
};

static const char *const months[] = { "january",   "february", "march",	   "april",
				      "may",	   "june",     "july",	   "august",
				      "september", "october",  "november", "december" };
static const char *const weekdays[] = { "sunday",   "monday", "tuesday", "wednesday",
					"thursday", "friday", "saturday" };

/* Take a run of `least` to `most` digits; false: it is shorter or longer. */
static bool take_digits(const char **p, size_t least, size_t most, int *out)
{
	size_t len = strspn(*p, "0123456789");

	if (len < least || len > most)
		return false;
	*out = 0;
	for (size_t i = 0; i < len; i++)
		*out = *out * 10 + *(*p)++ - '0';
	return true;
}

/* 2026-11-27, 2026/11/27, 2026.11.27, or 27.11.2026. */
static bool take_date(struct reading *r)
{
	const char *p = r->p, *last;
	int first, mon, third;
	char between;

	if (r->mday != UNSET || !take_digits(&p, 1, 4, &first) || !*p || !strchr("-/.", *p))
		return false;
	between = *p++;
	if (!take_digits(&p, 1, 2, &mon) || *p++ != between)
		return false;
	last = p;
	if (!take_digits(&p, 1, 4, &third))
		return false;
	if (first > 999 && p - last <= 2) {
		r->year = first - 1900;
		r->mday = third;
	} else if (first <= 31 && third > 999 && between == '.') {
		r->year = third - 1900;
		r->mday = first;
	} else {
		return false;
	}
	r->mon = mon - 1;
	r->p = p + (tolower((unsigned char)*p) == 't' && isdigit((unsigned char)p[1]));
	return true;
}

/* 18:30, 18:30:15, 18:30:15.25. */
static bool take_clock(struct reading *r)
{
	const char *p = r->p;
	int hour, min, sec = 0;

	if (r->hour != UNSET || !take_digits(&p, 1, 2, &hour) || *p++ != ':' ||
	    !take_digits(&p, 2, 2, &min))
		return false;
	if (*p == ':') {
		p++;
		if (!take_digits(&p, 2, 2, &sec))
			return false;
		if (*p == '.')
			p += 1 + strspn(p + 1, "0123456789");
	}
	r->hour = hour;
	r->min = min;
	r->sec = sec;
	r->p = p;
	return true;
}

/* +0100, +01:00, +01, after a time of day. */
static bool take_zone(struct reading *r)
{
	const char *p = r->p + 1;
	int hours, minutes = 0;

	if ((*r->p != '+' && *r->p != '-') || r->hour == UNSET || r->zoned)
		return false;
	if (take_digits(&p, 4, 4, &hours)) {
		minutes = hours % 100;
		hours /= 100;
	} else if (!take_digits(&p, 2, 2, &hours) ||
		   (*p == ':' && (p++, !take_digits(&p, 2, 2, &minutes)))) {
		return false;
	}
	r->zone = (hours * 60 + minutes) * (*r->p == '-' ? -60 : 60);
	r->zoned = true;
	r->p = p;
	return hours < 24 && minutes < 60;
}

/* Use a number without a unit as the day or the year of a named month. */
static bool settle_number(struct reading *r)
{
	int number = r->number;

	r->number = UNSET;
	if (number == UNSET)
		return true;
	if (r->mon == UNSET)
		return false;
	if (r->mday == UNSET && number <= 31)
		r->mday = number;
	else if (r->year == UNSET && number > 999)
		r->year = number - 1900;
	else
		return false;
	return true;
}

/* Take the pending number; `otherwise` if there is none. */
static int take_number(struct reading *r, int otherwise)
{
	int number = r->number;

	r->number = UNSET;
	return number == UNSET ? otherwise : number;
}

/* "days" of "3 days". */
static bool take_unit(struct reading *r, const char *word)
{
	static const struct {
		const char *name;
		int seconds, months;
	} units[] = {
		{ "second", 1, 0 },  { "minute", 60, 0 },      { "hour", 60 * 60, 0 },
		{ "day", DAY_S, 0 }, { "week", 7 * DAY_S, 0 }, { "month", 0, 1 },
		{ "year", 0, 12 },
	};

	for (size_t i = 0; i < SX_COUNT(units); i++) {
		size_t len = strlen(units[i].name);

		if (strncmp(word, units[i].name, len) != 0 ||
		    (word[len] && strcmp(word + len, "s") != 0))
			continue;
		if (r->number == UNSET)
			return false;
		r->seconds += (long long)units[i].seconds * r->number;
		r->months += (long long)units[i].months * r->number;
		r->number = UNSET;
		r->back = true;
		return true;
	}
	return false;
}

/* The index of the name that the word is or abbreviates, with three letters at least; -1: none. */
static int find_name(const char *const *names, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(word) >= 3 && sx_starts_with(names[i], word))
			return (int)i;
	return -1;
}

/* "friday" or "last friday" is the last one before today; also "2 fridays ago". */
static bool take_weekday(struct reading *r, const char *word)
{
	SX_FREE char *one = sx_strdup(word);
	int day;

	if (strlen(word) > strlen("friday") - 1 && sx_ends_with(word, "s"))
		one[strlen(one) - 1] = '\0';
	day = find_name(weekdays, SX_COUNT(weekdays), one);
	if (day < 0 || r->weekday != UNSET)
		return false;
	r->weekday = day;
	r->weeks = take_number(r, UNSET);
	return true;
}

/* "27 November". */
static bool take_month(struct reading *r, const char *word)
{
	int mon = find_name(months, SX_COUNT(months), word);

	if (mon < 0 || r->mon != UNSET)
		return false;
	r->mon = mon;
	r->mday = take_number(r, UNSET);
	return true;
}

/* "am" or "pm", after a number or a time of day. */
static bool take_half(struct reading *r, bool after_noon)
{
	if (r->number != UNSET && r->hour == UNSET) {
		r->hour = take_number(r, UNSET);
		r->min = r->sec = 0;
	}
	if (r->hour < 1 || r->hour > 12)
		return false;
	r->hour = r->hour % 12 + (after_noon ? 12 : 0);
	return true;
}

static bool take_hour(struct reading *r, int hour)
{
	if (r->hour != UNSET)
		return false;
	r->hour = hour;
	r->min = r->sec = 0;
	return true;
}

static bool take_day(struct reading *r, const char *word)
{
	bool today = sx_streq(word, "today"), yesterday = sx_streq(word, "yesterday");

	r->today += today;
	r->yesterday += yesterday;
	return today || yesterday || sx_streq(word, "now");
}

static bool take_time_of_day(struct reading *r, const char *word)
{
	if (sx_streq(word, "midnight"))
		return take_hour(r, 0);
	r->noon |= sx_streq(word, "noon");
	if (sx_streq(word, "noon"))
		return take_hour(r, 12);
	if (sx_streq(word, "am") || sx_streq(word, "pm"))
		return take_half(r, *word == 'p');
	return false;
}

static bool take_universal(struct reading *r, const char *word)
{
	if (r->hour == UNSET || r->zoned)
		return false;
	r->zoned = sx_streq(word, "z") || sx_streq(word, "utc") || sx_streq(word, "gmt");
	return r->zoned;
}

/* Words that change nothing. */
static bool take_filler(const struct reading *r, const char *word)
{
	return r->number == UNSET &&
	       (sx_streq(word, "ago") || sx_streq(word, "at") || sx_streq(word, "on"));
}

static bool take_count(struct reading *r, const char *word)
{
	static const struct {
		const char *word;
		int number;
	} counts[] = {
		{ "last", 1 },	{ "a", 1 },    { "an", 1 },   { "one", 1 }, { "two", 2 },
		{ "three", 3 }, { "four", 4 }, { "five", 5 }, { "six", 6 }, { "seven", 7 },
		{ "eight", 8 }, { "nine", 9 }, { "ten", 10 },
	};

	for (size_t i = 0; r->number == UNSET && i < SX_COUNT(counts); i++) {
		if (sx_streq(word, counts[i].word)) {
			r->number = counts[i].number;
			return true;
		}
	}
	return false;
}

static bool take_word(struct reading *r)
{
	char word[LONGEST_WORD];
	size_t len = 0;

	while (isalpha((unsigned char)r->p[len]) && len < sizeof(word) - 1) {
		word[len] = (char)tolower((unsigned char)r->p[len]);
		len++;
	}
	word[len] = '\0';
	r->p += len;
	return take_day(r, word) || take_time_of_day(r, word) || take_universal(r, word) ||
	       take_filler(r, word) || take_unit(r, word) || take_count(r, word) ||
	       take_month(r, word) || take_weekday(r, word);
}

/* Take one part; r->p is not at a separator. */
static bool take_part(struct reading *r)
{
	r->any = true;
	if (isalpha((unsigned char)*r->p))
		return take_word(r);
	if (!settle_number(r))
		return false;
	return take_date(r) || take_clock(r) || take_zone(r) ||
	       take_digits(&r->p, 1, 6, &r->number);
}

/* How often the day is told. Beside a date, the name of its day of the week tells nothing new. */
static int count_days(const struct reading *r)
{
	bool weekday = r->weekday != UNSET && (r->mday == UNSET || r->weeks != UNSET);

	return (r->mon != UNSET) + weekday + r->today + r->yesterday + r->back;
}

static bool is_possible(const struct reading *r)
{
	return r->any && r->number == UNSET && r->months <= MOST_MONTHS && r->hour < 24 &&
	       r->min < 60 && r->sec <= 60 && r->mon < 12 && r->mday && r->weeks &&
	       count_days(r) <= 1;
}

static struct tm split_time(const struct reading *r, time_t t)
{
	struct tm tm;

	if (r->zoned) {
		t += r->zone;
		gmtime_r(&t, &tm);
	} else {
		localtime_r(&t, &tm);
	}
	return tm;
}

static time_t join_time(const struct reading *r, struct tm *tm)
{
	tm->tm_isdst = -1;
	return r->zoned ? timegm(tm) - r->zone : mktime(tm);
}

/* The named day, at the present time of day. *good false: there is no such day. */
static time_t named_day(const struct reading *r, const struct tm *now, bool *good)
{
	struct tm tm = *now;
	time_t t;

	if (r->mon != UNSET) {
		tm.tm_mon = r->mon;
		tm.tm_mday = r->mday == UNSET ? now->tm_mday : r->mday;
		tm.tm_year = r->year != UNSET ? r->year : now->tm_year - (r->mon > now->tm_mon);
	}
	t = join_time(r, &tm);
	*good = r->mday == UNSET ||
		(tm.tm_mday == r->mday && (r->weekday == UNSET || tm.tm_wday == r->weekday));
	return t;
}

/* How many days back the weekday is; 0 beside a date, where it adds nothing. */
static int days_back(const struct reading *r, const struct tm *from)
{
	int days;

	if (r->weekday == UNSET || r->mday != UNSET)
		return 0;
	days = (from->tm_wday - r->weekday + 7) % 7;
	return (days ? days : 7) + (r->weeks == UNSET ? 0 : 7 * (r->weeks - 1));
}

static bool put_together(const struct reading *r, time_t now, time_t *out)
{
	struct tm tm = split_time(r, now);
	bool early = tm.tm_hour < 12, good;

	tm = split_time(r, named_day(r, &tm, &good));
	tm.tm_mon -= (int)r->months;
	tm = split_time(r, join_time(r, &tm) - (time_t)r->seconds);
	tm.tm_mday -= r->yesterday + days_back(r, &tm) + (r->noon && early && !count_days(r));
	if (r->hour != UNSET || r->today) {
		tm.tm_hour = r->hour == UNSET ? 0 : r->hour;
		tm.tm_min = r->hour == UNSET ? 0 : r->min;
		tm.tm_sec = r->hour == UNSET ? 0 : r->sec;
	}
	*out = join_time(r, &tm);
	return good;
}

/* Seconds since 1970: "@1700000000", or nine digits and more, which cannot be a day. */
static bool read_seconds(const char *text, time_t *out)
{
	const char *digits = text + (*text == '@');
	size_t len = strspn(digits, "0123456789");

	if (digits[len] || len > 12 || len < (*text == '@' ? 1 : 9))
		return false;
	*out = (time_t)strtoll(digits, NULL, 10);
	return true;
}

int date_read(const char *text, time_t now, time_t *out, struct sx_err *err)
{
	struct reading r = { .p = text,
			     .year = UNSET,
			     .mon = UNSET,
			     .mday = UNSET,
			     .hour = UNSET,
			     .weekday = UNSET,
			     .weeks = UNSET,
			     .number = UNSET };
	bool good = true;

	if (read_seconds(text, out))
		return 0;
	while (good && *r.p) {
		if (isspace((unsigned char)*r.p) || (r.any && strchr(".,_", *r.p)) ||
		    (r.any && *r.p == '-' && isalpha((unsigned char)r.p[1])))
			r.p++;
		else
			good = take_part(&r);
	}
	if (good && settle_number(&r) && is_possible(&r) && put_together(&r, now, out))
		return 0;
	sx_err_set(err, SX_EUSAGE, "'%s' is not a date", text);
	return sx_err_hint(err,
			   "2026-11-27, '2026-11-27 18:30', 18:30, yesterday, '2 weeks ago' or "
			   "'last friday'");
}
