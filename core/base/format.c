/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* printf with two more conversions, %pQ and %pS: see str.h. */
#include "base/str.h"

#include <stdint.h>
#include <string.h>

/* A piece of a format is no literal. The compiler has checked the whole where it stands. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/* Add a piece with printf's own conversions; leaves the caller's `ap` unchanged. */
static void add_plain(struct sx_str *s, const char *fmt, size_t len, va_list ap)
{
	SX_FREE char *piece = sx_strndup(fmt, len), *text = NULL;
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, piece, again);
	va_end(again);
	/* More than INT_MAX bytes: end the process as out of memory. */
	text = sx_alloc(n < 0 ? SIZE_MAX : (size_t)n + 1);
	va_copy(again, ap);
	vsnprintf(text, (size_t)n + 1, piece, again);
	va_end(again);
	sx_str_addn(s, text, (size_t)n);
}

#pragma GCC diagnostic pop

/* Skip the conversion at p, which is after its '%', and consume its arguments. */
static const char *skip(const char *p, va_list *ap)
{
	unsigned longs = 0;
	bool is_size = false;

	for (; *p && strchr("-+ #0123456789.*hlz", *p); p++) {
		longs += *p == 'l';
		is_size = is_size || *p == 'z';
		if (*p == '*')
			(void)va_arg(*ap, int);
	}
	if (*p == 's' || *p == 'p')
		(void)va_arg(*ap, void *);
	else if (*p == 'f' || *p == 'g')
		(void)va_arg(*ap, double);
	else if (is_size)
		(void)va_arg(*ap, size_t);
	else if (longs)
		(void)(longs > 1 ? va_arg(*ap, long long) : va_arg(*ap, long));
	else if (*p != '%' && *p != 'm')
		(void)va_arg(*ap, int);
	return p + (*p != '\0');
}

void sx_str_addv(struct sx_str *s, const char *fmt, va_list ap)
{
	const char *p = fmt;
	va_list from, now;

	va_copy(from, ap);
	va_copy(now, ap);
	while ((p = strchr(p, '%'))) {
		bool quoted = sx_starts_with(p, "%pQ");

		if (!quoted && !sx_starts_with(p, "%pS")) {
			p = skip(p + 1, &now);
			continue;
		}
		add_plain(s, fmt, (size_t)(p - fmt), from);
		(quoted ? sx_str_add_quoted : sx_str_add_shown)(s, va_arg(now, const char *));
		va_end(from);
		va_copy(from, now);
		fmt = p += strlen("%pQ");
	}
	add_plain(s, fmt, strlen(fmt), from);
	va_end(now);
	va_end(from);
}

void sx_str_addf(struct sx_str *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	sx_str_addv(s, fmt, ap);
	va_end(ap);
}

char *sx_format(const char *fmt, ...)
{
	SX_STR s = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sx_str_addv(&s, fmt, ap);
	va_end(ap);
	return sx_str_take(&s);
}

void sx_print(FILE *to, const char *fmt, ...)
{
	SX_STR s = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sx_str_addv(&s, fmt, ap);
	va_end(ap);
	fputs(sx_str_text(&s), to);
}
