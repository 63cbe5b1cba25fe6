/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lossless xl.cfg document. The text is the truth, the tree a view of byte ranges; it accepts
 * exactly what libxlutil accepts (libxlu_cfg_l.l, libxlu_cfg_y.y), a NUL apart, and an edit changes
 * nothing but the bytes it must. Knows nothing of what the keys mean.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

struct xlcfg;

enum xlcfg_kind {
	XLCFG_ABSENT,
	XLCFG_SCALAR, /* string or number */
	XLCFG_LIST,
};

/*
 * Parse a copy of the text. `name` is the file's, for messages. SX_ESYNTAX "name:line: reason".
 * The caller frees the document with xlcfg_free, which accepts NULL.
 */
int xlcfg_parse(const char *text, size_t len, const char *name, struct xlcfg **out,
		struct sx_err *err) SX_MUST;
void xlcfg_free(struct xlcfg *doc);
#define XLCFG_DOC SX_CLEANUP(xlcfg_cleanup) struct xlcfg
static inline void xlcfg_cleanup(struct xlcfg **doc)
{
	xlcfg_free(*doc);
}

/* Of the file, as it was given for messages; borrowed. */
const char *xlcfg_name(const struct xlcfg *doc);
/* The text as it is now, with all edits; borrowed until the next edit. */
const char *xlcfg_text(const struct xlcfg *doc, size_t *len);

/* ---- reading: values as libxlutil has them (last one wins, += joined, escapes resolved) ---- */

enum xlcfg_kind xlcfg_key_kind(const struct xlcfg *doc, const char *key);
/* Line (from 1) of the statement that decides the key, 0 when absent. */
size_t xlcfg_key_line(const struct xlcfg *doc, const char *key);
/* "FILE:LINE" of it, for messages; "FILE" when absent. Heap string. */
char *xlcfg_place(const struct xlcfg *doc, const char *key);
/* The value of a scalar as a heap string; NULL when absent or a list. */
char *xlcfg_get_string(const struct xlcfg *doc, const char *key);
/* The value as xlu_cfg_get_long reads it (strtol base 0, whole text, not after +=); false: none. */
bool xlcfg_get_long(const struct xlcfg *doc, const char *key, long *out);
/* Number of elements of the effective list; 0 when absent or a scalar. */
size_t xlcfg_list_len(const struct xlcfg *doc, const char *key);
/* One element's text as a heap string; NULL when it is itself a list or out of range. */
char *xlcfg_list_get(const struct xlcfg *doc, const char *key, size_t index);
/* The texts of an element that is itself a list; false when it is none, or holds another. */
bool xlcfg_list_get_list(const struct xlcfg *doc, const char *key, size_t index,
			 struct sx_words *out);
/* The line (from 1) on which an element starts; 0 when out of range. */
size_t xlcfg_list_line(const struct xlcfg *doc, const char *key, size_t index);
/* The i-th distinct key in order of first mention, borrowed until the next edit; NULL: no more. */
const char *xlcfg_key_at(const struct xlcfg *doc, size_t index);

/* ---- editing: each call leaves a document that parses, or fails and leaves it as it was ---- */

/*
 * Give a key a number (decimal, unquoted unless the old value was quoted) or a string. Edits the
 * assignment that decides the value in place; absent, or last joined by +=: a new line at the
 * end. SX_ECONFLICT when the value is a list, the text cannot be written (control characters
 * without an escape of their own), or nothing can be added at the end (see the stray byte below).
 */
int xlcfg_set_number(struct xlcfg *doc, const char *key, long value, struct sx_err *err) SX_MUST;
int xlcfg_set_string(struct xlcfg *doc, const char *key, const char *value,
		     struct sx_err *err) SX_MUST;
/*
 * Give a key a list of texts, on one line, in place of what it is assigned; else as xlcfg_set_string.
 * A list that is there already is better changed element by element: its layout goes.
 */
int xlcfg_set_list(struct xlcfg *doc, const char *key, char *const *items,
		   struct sx_err *err) SX_MUST;
/* Remove every assignment of a key, each with its line when it stands alone there. None: fine. */
int xlcfg_unset(struct xlcfg *doc, const char *key, struct sx_err *err) SX_MUST;
/*
 * Append, replace, remove one element of the effective list, in the layout of its neighbours.
 * Append then remove of the last element gives back the same bytes. A key that is absent is
 * added as `key += [ 'text' ]` at the end; a line of exactly that form goes when its only element
 * goes. SX_ECONFLICT when the key is no list, the text cannot be written, the index is out of
 * range, or a line would have to follow the one illegal last byte that xl overlooks (except '#').
 */
int xlcfg_list_append(struct xlcfg *doc, const char *key, const char *text,
		      struct sx_err *err) SX_MUST;
/* The same with an element that is a list of these texts (NULL-terminated), written on one line. */
int xlcfg_list_append_list(struct xlcfg *doc, const char *key, char *const *texts,
			   struct sx_err *err) SX_MUST;
int xlcfg_list_replace(struct xlcfg *doc, const char *key, size_t index, const char *text,
		       struct sx_err *err) SX_MUST;
int xlcfg_list_remove(struct xlcfg *doc, const char *key, size_t index, struct sx_err *err) SX_MUST;
/* Another text in place of all of it. SX_ESYNTAX as xlcfg_parse. */
int xlcfg_set_text(struct xlcfg *doc, const char *text, size_t len, struct sx_err *err) SX_MUST;

/* ---- what xl reads otherwise than a person would (core/xlcfg/odd.c) ---- */

struct xlcfg_odd {
	enum {
		XLCFG_ODD_VOID, /* an assignment that counts for nothing, as a later one is there */
		XLCFG_ODD_ESCAPE, /* a numeric escape that yields no character */
		XLCFG_ODD_STRAY, /* an illegal byte at the very end, overlooked */
	} kind;
	size_t line; /* from 1 */
	const char *key; /* with VOID, borrowed; else NULL */
	size_t other; /* with VOID: the line of the later one */
};

struct xlcfg_odds {
	SX_VEC_OF(struct xlcfg_odd);
};

/* Add all of them; free with sx_vec_free. */
void xlcfg_odds_find(const struct xlcfg *doc, struct xlcfg_odds *out);

/*
 * What a text that xl cannot read assigns to the key on a line of its own, the last one counts; NULL:
 * nothing. A guess, good for naming the file (core/xlcfg/glance.c). Heap string.
 */
char *xlcfg_glance(const char *text, size_t len, const char *key);

/* ---- proof: libxlutil as the oracle (core/xlcfg/check.c) ---- */

/* One intended difference between two texts. */
struct xlcfg_intent {
	enum {
		XLCFG_SET,
		XLCFG_UNSET,
		XLCFG_APPEND,
		XLCFG_INSERT,
		XLCFG_REPLACE,
		XLCFG_REMOVE,
		XLCFG_ANYTHING, /* whatever it is now: what no other can say (lists within lists) */
	} op;
	const char *key;
	const char *text; /* new value or element (SET of a number: in decimal); borrowed */
	size_t index; /* of the element, with INSERT, REPLACE and REMOVE */
};

/* Would xl read this text? SX_ESYNTAX with libxlutil's own words when not. Never aborts (NUL). */
int xlcfg_check(const char *text, size_t len, const char *name, struct sx_err *err) SX_MUST;
/*
 * Prove with libxlutil that the new text means the old one plus exactly these changes (applied in
 * order): every other key of either text has the same value. SX_EFAIL names the first key that
 * does not.
 */
int xlcfg_prove(const char *old, size_t old_len, const char *new, size_t new_len, const char *name,
		const struct xlcfg_intent *intents, size_t count, struct sx_err *err) SX_MUST;

/* ---- comparing two documents (core/xlcfg/compare.c) ---- */

/* One difference: applied in order, the intents make the new meaning of the old one. */
struct xlcfg_difference {
	struct xlcfg_intent intent;
	const char *old; /* the value or element it was, NULL: none; borrowed */
};

struct xlcfg_differences {
	SX_VEC_OF(struct xlcfg_difference);
	struct sx_words texts; /* what the differences borrow */
};

#define XLCFG_DIFFERENCES SX_CLEANUP(xlcfg_differences_dispose) struct xlcfg_differences

void xlcfg_differences_dispose(struct xlcfg_differences *d);
/* What the new document says otherwise than the old one: scalars SET or UNSET, elements of lists
 * INSERT or REMOVE; key by key, the new one's first. */
void xlcfg_compare(const struct xlcfg *old, const struct xlcfg *new, struct xlcfg_differences *out);
/*
 * The keys whose meaning differs between two texts, "memory, disk", added to `keys`. SX_ESYNTAX
 * when one of them cannot be read.
 */
int xlcfg_differing_keys(const char *old, const char *new, struct sx_str *keys,
			 struct sx_err *err) SX_MUST;
