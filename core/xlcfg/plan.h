/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A planned edit: ranges of the text to replace. layout.c (list elements) and line.c (statements)
 * plan it, edit.c applies it. Private to this directory.
 */
#pragma once

#include "xlcfg/doc.h"

struct xlcfg_patch {
	size_t start, end; /* the bytes to remove */
	char *text; /* their replacement, a heap string; NULL: nothing */
};

/* In ascending order of start; a patch that only deletes may overlap the one before. */
struct xlcfg_plan {
	SX_VEC_OF(struct xlcfg_patch);
};

#define XLCFG_PLAN SX_CLEANUP(xlcfg_plan_dispose) struct xlcfg_plan

/* ---- plan.c ---- */

void xlcfg_plan_dispose(struct xlcfg_plan *plan);
void xlcfg_plan_drop(struct xlcfg_plan *plan, size_t start, size_t end);
/* Replace a range by a heap string; the plan takes ownership. */
void xlcfg_plan_put(struct xlcfg_plan *plan, size_t start, size_t end, char *text);
/* Append to `out` the text with the plan applied. */
void xlcfg_plan_apply(const struct xlcfg_plan *plan, const struct sx_str *text, struct sx_str *out);

static inline bool xlcfg_is_eol(const struct xlcfg *doc, uint32_t token)
{
	enum xlcfg_token_kind kind = xlcfg_kind_at(doc, token);

	return kind == TOK_NEWLINE || kind == TOK_COMMENT;
}

/* The first token of the line that a token starts on. */
uint32_t xlcfg_line_first(const struct xlcfg *doc, uint32_t token);
/* The token itself, or the next one if it is a blank. */
uint32_t xlcfg_past_blank(const struct xlcfg *doc, uint32_t token);
/* The offset of a token, or of the blank directly before it. */
size_t xlcfg_start_with_blank(const struct xlcfg *doc, uint32_t token);
/* The text from the start of one token to the start of another, as a heap string. */
char *xlcfg_slice(const struct xlcfg *doc, uint32_t from, uint32_t to);

/* ---- quote.c ---- */

/*
 * Write text as a scalar that xl reads back as this text. `quote` is the preferred one ('\'' or
 * '"'; 0: none for a number). Never writes a numeric escape: libxlutil drops those. SX_ECONFLICT:
 * xl.cfg cannot express the text.
 */
int xlcfg_write_scalar(const char *text, char quote, struct sx_str *out,
		       struct sx_err *err) SX_MUST;

/* ---- layout.c ---- */

/*
 * Plan to append an element, already written as a scalar, to a list, or to remove one. Removing
 * what was appended gives back the same bytes. `adds`: the list is that of a += statement.
 */
void xlcfg_plan_append(const struct xlcfg *doc, const struct xlcfg_node *list, bool adds,
		       const char *item, struct xlcfg_plan *plan);
void xlcfg_plan_remove(const struct xlcfg *doc, const struct xlcfg_node *list, uint32_t index,
		       struct xlcfg_plan *plan);

/* ---- line.c ---- */

/* Plan to add a line at the end of the text. The text keeps, or keeps lacking, its last newline. */
void xlcfg_plan_line(const struct xlcfg *doc, const char *line, struct xlcfg_plan *plan);
/* Plan to add "key = scalar", spaced like the last assignment. */
void xlcfg_plan_assignment(const struct xlcfg *doc, const char *key, const char *scalar,
			   struct xlcfg_plan *plan);
/* Plan to remove a statement, and its line if it is alone there. */
void xlcfg_plan_drop_stmt(const struct xlcfg *doc, const struct xlcfg_stmt *stmt,
			  struct xlcfg_plan *plan);
/* Is the statement a line `key += [ element ]`, the form that xlcfg_list_append writes? */
bool xlcfg_is_own_line(const struct xlcfg *doc, const struct xlcfg_stmt *stmt);
