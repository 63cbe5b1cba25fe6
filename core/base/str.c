/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Growing strings and the program's allocators: see str.h. */
#include "base/str.h"
#include "base/vec.h"

#include <stdint.h>
#include <string.h>

static SX_NORETURN void out_of_memory(void)
{
	static const char text[] = "safexl: out of memory\n";
	ssize_t r = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)r;
	_exit(EXIT_FAILURE);
}

/* The compiler warns of a size that no object can have, so it is told that none gets through. */
static bool is_possible(size_t size)
{
	return size <= PTRDIFF_MAX;
}

void *sx_alloc(size_t size)
{
	void *p = is_possible(size) ? calloc(1, size ? size : 1) : NULL;

	if (!p)
		out_of_memory();
	return p;
}

void *sx_realloc(void *old, size_t size)
{
	void *p = is_possible(size) ? realloc(old, size ? size : 1) : NULL;

	if (!p)
		out_of_memory();
	return p;
}

char *sx_strndup(const char *text, size_t len)
{
	char *copy = sx_alloc(len + 1);

	memcpy(copy, text, len);
	return copy;
}

char *sx_strdup(const char *text)
{
	return sx_strndup(text, strlen(text));
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

void sx_str_dispose(struct sx_str *s)
{
	free(s->data);
	*s = (struct sx_str){ 0 };
}

void sx_str_clear(struct sx_str *s)
{
	s->len = 0;
	if (s->data)
		s->data[0] = '\0';
}

/* Room for `more` bytes and the NUL. */
static void str_reserve(struct sx_str *s, size_t more)
{
	size_t need = s->len + more + 1;
	size_t cap = s->cap ? s->cap : 64;

	if (need < more)
		out_of_memory();
	if (need <= s->cap)
		return;
	while (cap < need)
		cap *= 2;
	s->data = sx_realloc(s->data, cap);
	s->cap = cap;
}

void sx_str_addn(struct sx_str *s, const char *bytes, size_t len)
{
	str_reserve(s, len);
	if (len)
		memcpy(s->data + s->len, bytes, len);
	s->len += len;
	s->data[s->len] = '\0';
}

void sx_str_add(struct sx_str *s, const char *text)
{
	sx_str_addn(s, text, strlen(text));
}

void sx_str_addc(struct sx_str *s, char c)
{
	sx_str_addn(s, &c, 1);
}

/* What printf itself knows; the caller's `ap` is as before. */
static void add_plain(struct sx_str *s, const char *fmt, size_t len, va_list ap)
{
	SX_FREE char *piece = sx_strndup(fmt, len);
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, piece, again);
	va_end(again);
	if (n < 0)
		out_of_memory();
	str_reserve(s, (size_t)n);
	va_copy(again, ap);
	vsnprintf(s->data + s->len, (size_t)n + 1, piece, again);
	va_end(again);
	s->len += (size_t)n;
}

/* Past a conversion, from behind its '%', and past the arguments that it takes. */
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

void sx_str_splice(struct sx_str *s, size_t at, size_t removed, const char *bytes, size_t len)
{
	str_reserve(s, len > removed ? len - removed : 0);
	memmove(s->data + at + len, s->data + at + removed, s->len - at - removed);
	if (len)
		memcpy(s->data + at, bytes, len);
	s->len = s->len - removed + len;
	s->data[s->len] = '\0';
}

const char *sx_str_text(const struct sx_str *s)
{
	return s->data ? s->data : "";
}

char *sx_str_take(struct sx_str *s)
{
	char *data = s->data ? s->data : sx_strdup("");

	*s = (struct sx_str){ 0 };
	return data;
}

void sx_put(char **place, char *text)
{
	free(*place);
	*place = text;
}

void sx_set(char **place, const char *text)
{
	sx_put(place, sx_strdup(text));
}

bool sx_starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool sx_ends_with(const char *text, const char *suffix)
{
	size_t a = strlen(text), b = strlen(suffix);

	return a >= b && strcmp(text + a - b, suffix) == 0;
}

bool sx_streq(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

void sx_words_dispose(struct sx_words *w)
{
	for (size_t i = 0; i < w->len; i++)
		free(w->items[i]);
	sx_vec_free(w);
}

void sx_words_give(struct sx_words *w, char *text)
{
	/* The NULL behind the last word is kept, but not counted. */
	sx_vec_push(w, text);
	sx_vec_push(w, NULL);
	w->len--;
}

void sx_words_add(struct sx_words *w, const char *text)
{
	sx_words_give(w, sx_strdup(text));
}

bool sx_words_have(const struct sx_words *w, const char *text)
{
	for (size_t i = 0; i < w->len; i++)
		if (strcmp(w->items[i], text) == 0)
			return true;
	return false;
}

char *sx_words_join(const struct sx_words *w, const char *between)
{
	SX_STR s = { 0 };

	for (size_t i = 0; i < w->len; i++)
		sx_str_addf(&s, "%s%s", i ? between : "", w->items[i]);
	return sx_str_take(&s);
}

char **sx_words_argv(struct sx_words *w)
{
	if (!w->items) {
		*w = (struct sx_words){ 0 };
		sx_vec_push(w, NULL);
		w->len--;
	}
	return w->items;
}
