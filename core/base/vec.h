/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A typed growing array: `struct things { SX_VEC_OF(struct thing); };`. A zeroed struct is a
 * valid empty vector. Only sx_vec_dispose disposes its elements.
 */
#pragma once

#include "base/str.h"

#define SX_VEC_OF(type) \
	type *items;    \
	size_t len;     \
	size_t cap

/* For each element, by its address. The vector must not change meanwhile. */
#define sx_each(type, item, v)                                                         \
	for (type *item = (v)->items, *item##_end = (v)->len ? item + (v)->len : item; \
	     item != item##_end; item++)

/* The same for a vector of pointers: each of these. */
#define sx_each_of(type, item, v)                                                                  \
	for (type * item, *const *item##_at = (type *const *)(v)->items,                           \
				 *const *item##_end = (v)->len ? item##_at + (v)->len : item##_at; \
	     item##_at != item##_end && (item = *item##_at, true); item##_at++)

/* Append one element; ends the process if memory runs out. */
#define sx_vec_push(v, item)                                                                   \
	do {                                                                                   \
		if ((v)->len == (v)->cap) {                                                    \
			(v)->cap = (v)->cap ? (v)->cap * 2 : 8;                                \
			(v)->items = sx_realloc((v)->items, (v)->cap * sizeof((v)->items[0])); \
		}                                                                              \
		(v)->items[(v)->len++] = (item);                                               \
	} while (0)

/* Free the array itself and zero the struct. */
#define sx_vec_free(v)             \
	do {                       \
		free((v)->items);  \
		(v)->items = NULL; \
		(v)->len = 0;      \
		(v)->cap = 0;      \
	} while (0)

/* As sx_vec_free, but first dispose each element, by its address. */
#define sx_vec_dispose(v, dispose)                             \
	do {                                                   \
		for (size_t sx_i = 0; sx_i < (v)->len; sx_i++) \
			dispose(&(v)->items[sx_i]);            \
		sx_vec_free(v);                                \
	} while (0)

/* A vector that owns its heap strings; a NULL follows the last: usable as an argv. */
struct sx_words {
	SX_VEC_OF(char *);
};

#define SX_WORDS SX_CLEANUP(sx_words_dispose) struct sx_words

void sx_words_dispose(struct sx_words *w);
/* Append a copy of the text. */
void sx_words_add(struct sx_words *w, const char *text);
/* Append copies of a NULL-terminated array; NULL: nothing to append. */
void sx_words_add_all(struct sx_words *w, char *const *words);
/* Append a heap string; the vector takes ownership. */
void sx_words_give(struct sx_words *w, char *text);
/* Does the vector contain this text? */
bool sx_words_have(const struct sx_words *w, const char *text);
/* All strings, joined with a text between. Heap string. */
char *sx_words_join(const struct sx_words *w, const char *between);
/* The NULL-terminated array, borrowed until the next change; never NULL. */
char **sx_words_argv(struct sx_words *w);
