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

/* Without this check the compiler warns about sizes that no object can have. */
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

/* Make room for `more` bytes and the NUL. */
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
	/* `len` does not count the NULL after the last word. */
	sx_vec_push(w, text);
	sx_vec_push(w, NULL);
	w->len--;
}

void sx_words_add(struct sx_words *w, const char *text)
{
	sx_words_give(w, sx_strdup(text));
}

void sx_words_add_all(struct sx_words *w, char *const *words)
{
	for (size_t i = 0; words && words[i]; i++)
		sx_words_add(w, words[i]);
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

	for (size_t i = 0; i < w->len; i++) {
		sx_str_add(&s, i ? between : "");
		sx_str_add(&s, w->items[i]);
	}
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
