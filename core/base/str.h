/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A growing string, and the allocators of the program. Invariants of struct sx_str: once anything
 * was added, `data` is not NULL and is NUL-terminated; `len` does not count that NUL; a zeroed
 * struct is a valid empty string. Running out of memory prints one line and ends the process: the
 * journal covers the one window where that could hurt.
 */
#pragma once

#include "base/cleanup.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sx_str {
	char *data;
	size_t len;
	size_t cap;
};

#define SX_STR SX_CLEANUP(sx_str_dispose) struct sx_str

void sx_str_dispose(struct sx_str *s);
/* Empty the string but keep its memory. */
void sx_str_clear(struct sx_str *s);
void sx_str_add(struct sx_str *s, const char *text);
void sx_str_addn(struct sx_str *s, const char *bytes, size_t len);
void sx_str_addc(struct sx_str *s, char c);
/*
 * As printf, plus two conversions of a string: %pQ adds it as sx_str_add_quoted does, %pS as
 * sx_str_add_shown does. Every function with SX_PRINTF takes them.
 */
void sx_str_addf(struct sx_str *s, const char *fmt, ...) SX_PRINTF(2, 3);
void sx_str_addv(struct sx_str *s, const char *fmt, va_list ap) SX_PRINTF(2, 0);
/* As sx_str_addf, but write to a stream. */
void sx_print(FILE *to, const char *fmt, ...) SX_PRINTF(2, 3);
/* Replace `removed` bytes at offset `at` by the given ones. */
void sx_str_splice(struct sx_str *s, size_t at, size_t removed, const char *bytes, size_t len);
/*
 * Add foreign text so that it cannot paint a terminal or forge a line: control characters (C0, DEL,
 * C1), Unicode bidirectional controls and bytes that are not UTF-8 become \n, \t, \xNN; all else
 * stays.
 */
void sx_str_add_shown(struct sx_str *s, const char *text);
/*
 * The length in bytes of the character at p, and its code point; 0: not valid UTF-8. NUL has
 * length 1.
 */
size_t sx_utf8_decode(const char *p, uint32_t *code_out);
/* Does the character move the cursor, change colours or reorder the text around it? */
bool sx_is_unsafe(uint32_t code);
/* Add one word, quoted for a shell if it needs that. */
void sx_str_add_quoted(struct sx_str *s, const char *word);
/* Add a NULL-terminated array of words, each quoted for a shell, with blanks between. */
void sx_str_add_words(struct sx_str *s, char *const *words);
/* The text as a C string, "" if nothing was added; borrowed until the next change. */
const char *sx_str_text(const struct sx_str *s) SX_NEVER_NULL;
/* Move the text out as a heap string; the caller frees it. Leaves the string empty. */
char *sx_str_take(struct sx_str *s) SX_NEVER_NULL;

/* malloc and friends that end the process instead of failing. Free with free(). */
void *sx_alloc(size_t size) SX_NEVER_NULL;
void *sx_realloc(void *old, size_t size) SX_NEVER_NULL;
char *sx_strdup(const char *text) SX_NEVER_NULL;
char *sx_strndup(const char *text, size_t len) SX_NEVER_NULL;
/* A formatted heap string; the caller frees it. */
char *sx_format(const char *fmt, ...) SX_PRINTF(1, 2) SX_NEVER_NULL;
/* sx_str_add_shown as a heap string; the caller frees it. */
char *sx_shown(const char *text) SX_NEVER_NULL;
/* sx_str_add_quoted as a heap string; the caller frees it. */
char *sx_quoted(const char *word) SX_NEVER_NULL;

/* Free *place and replace it: sx_put takes ownership of a heap string, sx_set copies. */
void sx_put(char **place, char *text);
void sx_set(char **place, const char *text);
bool sx_starts_with(const char *text, const char *prefix);
bool sx_ends_with(const char *text, const char *suffix);
/* Equality that accepts NULL: two NULLs are equal, NULL and a string are not. */
bool sx_streq(const char *a, const char *b);
