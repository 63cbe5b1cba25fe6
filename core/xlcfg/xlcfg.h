/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lossless xl.cfg document. The text is the truth, the tree a view of byte ranges. It accepts
 * exactly what libxlutil accepts (libxlu_cfg_l.l, libxlu_cfg_y.y), but refuses every NUL. An edit
 * changes no byte that it need not. Knows nothing of what the keys mean.
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
 * Parse a copy of the text. `name` is the file's name for messages. SX_ESYNTAX "name:line: reason".
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

/* The name given to xlcfg_parse; borrowed. */
const char *xlcfg_name(const struct xlcfg *doc);
/* The text as it is now, with all edits; borrowed until the next edit. */
const char *xlcfg_text(const struct xlcfg *doc, size_t *len);

/* ---- reading: values as libxlutil sees them (last one wins, += joined, escapes resolved) ---- */

enum xlcfg_kind xlcfg_key_kind(const struct xlcfg *doc, const char *key);
/* Line (from 1) of the statement that decides the key, 0 when absent. */
size_t xlcfg_key_line(const struct xlcfg *doc, const char *key);
/* "FILE:LINE" of that statement; "FILE" when absent. Heap string. */
char *xlcfg_place(const struct xlcfg *doc, const char *key);
/* The value of a scalar as a heap string; NULL when absent or a list. */
char *xlcfg_get_string(const struct xlcfg *doc, const char *key);
/* The value as xlu_cfg_get_long reads it (strtol base 0, whole text, not after +=); false: none. */
bool xlcfg_get_long(const struct xlcfg *doc, const char *key, long *out);
/* Number of elements of the effective list; 0 when absent or a scalar. */
size_t xlcfg_list_len(const struct xlcfg *doc, const char *key);
/* One element's text as a heap string; NULL when it is itself a list or out of range. */
char *xlcfg_list_get(const struct xlcfg *doc, const char *key, size_t index);
/* The texts of an element that is itself a list; false: it is not, or it contains a list. */
bool xlcfg_list_get_list(const struct xlcfg *doc, const char *key, size_t index,
			 struct sx_words *out);
/* The line (from 1) on which an element starts; 0 when out of range. */
size_t xlcfg_list_line(const struct xlcfg *doc, const char *key, size_t index);
/* The i-th distinct key in order of first mention, borrowed until the next edit; NULL: no more. */
const char *xlcfg_key_at(const struct xlcfg *doc, size_t index);

/* ---- editing: the result parses, or the call fails and the document is unchanged ---- */

/*
 * Give a key a number (decimal, unquoted unless the old value was quoted) or a string. Edits the
 * assignment that decides the value in place; if the key is absent, or its last statement is a +=,
 * adds a line at the end. SX_ECONFLICT: the value is a list, xl.cfg cannot express the text
 * (control characters without a named escape), or no line can be added (the illegal byte below).
 */
int xlcfg_set_number(struct xlcfg *doc, const char *key, long value, struct sx_err *err) SX_MUST;
int xlcfg_set_string(struct xlcfg *doc, const char *key, const char *value,
		     struct sx_err *err) SX_MUST;
/*
 * Give a key a list of texts, on one line; a list or scalar that was assigned is replaced. Else as
 * xlcfg_set_string. To keep the layout of an existing list, edit its elements instead.
 */
int xlcfg_set_list(struct xlcfg *doc, const char *key, char *const *items,
		   struct sx_err *err) SX_MUST;
/* Remove every assignment of a key, and its line if it is alone there. An absent key is fine. */
int xlcfg_unset(struct xlcfg *doc, const char *key, struct sx_err *err) SX_MUST;
/*
 * Append, replace or remove one element of the effective list, in the layout of its neighbours.
 * Appending and then removing the last element gives back the same bytes. An absent key is added as
 * `key += [ 'text' ]` at the end; removing the only element of such a line removes the line.
 * SX_ECONFLICT: the key is not a list, xl.cfg cannot express the text, the index is out of range,
 * or a new line would follow an illegal last byte (except '#') that xl ignores only as the last.
 */
int xlcfg_list_append(struct xlcfg *doc, const char *key, const char *text,
		      struct sx_err *err) SX_MUST;
/* Append an element that is itself a list of these texts (NULL-terminated), on one line. */
int xlcfg_list_append_list(struct xlcfg *doc, const char *key, char *const *texts,
			   struct sx_err *err) SX_MUST;
int xlcfg_list_replace(struct xlcfg *doc, const char *key, size_t index, const char *text,
		       struct sx_err *err) SX_MUST;
int xlcfg_list_remove(struct xlcfg *doc, const char *key, size_t index, struct sx_err *err) SX_MUST;
/* Replace the whole text. SX_ESYNTAX as xlcfg_parse. */
int xlcfg_set_text(struct xlcfg *doc, const char *text, size_t len, struct sx_err *err) SX_MUST;

/* ---- what xl silently reads differently than a person would (core/xlcfg/odd.c) ---- */

struct xlcfg_odd {
	enum {
		XLCFG_ODD_VOID, /* an assignment without effect: a later one replaces it */
		XLCFG_ODD_ESCAPE, /* a numeric escape, which yields no character */
		XLCFG_ODD_STRAY, /* an illegal byte at the very end, which xl ignores */
	} kind;
	size_t line; /* from 1 */
	const char *key; /* with VOID, borrowed; else NULL */
	size_t other; /* with VOID: the line of the later one */
};

struct xlcfg_odds {
	SX_VEC_OF(struct xlcfg_odd);
};

/* Append all of the document's; free with sx_vec_free. */
void xlcfg_odds_find(const struct xlcfg *doc, struct xlcfg_odds *out);

/*
 * Guess what a text that xl cannot read assigns to the key: the value on the last line that alone
 * is readable; NULL: none. Only for telling whose file it is (core/xlcfg/glance.c). Heap string.
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
		XLCFG_ANYTHING, /* any new value: nested lists, which the others cannot express */
	} op;
	const char *key;
	const char *text; /* new value or element (SET of a number: in decimal); borrowed */
	size_t index; /* of the element, with INSERT, REPLACE and REMOVE */
};

/* Would xl read this text? SX_ESYNTAX: no; libxlutil's message, except where it would abort. */
int xlcfg_check(const char *text, size_t len, const char *name, struct sx_err *err) SX_MUST;
/*
 * Prove with libxlutil that the new text means the old one plus exactly these intents, applied in
 * order: every other key of either text keeps its value. SX_EFAIL names the first key that fails;
 * SX_ESYNTAX: xl cannot read one of the texts.
 */
int xlcfg_prove(const char *old, size_t old_len, const char *new, size_t new_len, const char *name,
		const struct xlcfg_intent *intents, size_t count, struct sx_err *err) SX_MUST;

/* ---- comparing two documents (core/xlcfg/compare.c) ---- */

/* One difference. The intents, applied in order, turn the old meaning into the new one. */
struct xlcfg_difference {
	struct xlcfg_intent intent;
	const char *old; /* the old value or element, NULL: none; borrowed */
};

struct xlcfg_differences {
	SX_VEC_OF(struct xlcfg_difference);
	struct sx_words texts; /* what the differences borrow */
};

#define XLCFG_DIFFERENCES SX_CLEANUP(xlcfg_differences_dispose) struct xlcfg_differences

void xlcfg_differences_dispose(struct xlcfg_differences *d);
/* The differences by key, those in the new document first: scalars as SET or UNSET, list elements
 * as INSERT or REMOVE, nested lists as ANYTHING. */
void xlcfg_compare(const struct xlcfg *old, const struct xlcfg *new, struct xlcfg_differences *out);
/*
 * Append to `keys` the keys whose value differs between two texts: "memory, disk". SX_ESYNTAX: one
 * of the texts cannot be read.
 */
int xlcfg_differing_keys(const char *old, const char *new, struct sx_str *keys,
			 struct sx_err *err) SX_MUST;
