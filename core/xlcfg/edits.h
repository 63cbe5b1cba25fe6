/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits of a document with what each was meant to do, which the proof compares with what became of it. */
#pragma once

#include "base/vec.h"
#include "xlcfg/xlcfg.h"

struct xlcfg_edits {
	SX_VEC_OF(struct xlcfg_intent); /* their texts are in `texts` */
	struct sx_words texts;
	bool rewritten; /* the text is another one, though it may mean the same */
	struct sx_words notices; /* for the person */
};

/* Edit the document and note the intent for the proof. The text is copied. */
int xlcfg_edits_append(struct xlcfg_edits *edits, struct xlcfg *doc, const char *key,
		       const char *text, struct sx_err *err) SX_MUST;
/* The element is a list of these texts. */
int xlcfg_edits_append_list(struct xlcfg_edits *edits, struct xlcfg *doc, const char *key,
			    char *const *texts, struct sx_err *err) SX_MUST;
int xlcfg_edits_remove(struct xlcfg_edits *edits, struct xlcfg *doc, const char *key, size_t index,
		       struct sx_err *err) SX_MUST;
/* Another text altogether: what it means otherwise is noted as the intent. */
int xlcfg_edits_set_text(struct xlcfg_edits *edits, struct xlcfg *doc, const char *text, size_t len,
			 struct sx_err *err) SX_MUST;
int xlcfg_edits_set_number(struct xlcfg_edits *edits, struct xlcfg *doc, const char *key,
			   long value, struct sx_err *err) SX_MUST;
int xlcfg_edits_set_string(struct xlcfg_edits *edits, struct xlcfg *doc, const char *key,
			   const char *value, struct sx_err *err) SX_MUST;
int xlcfg_edits_set_list(struct xlcfg_edits *edits, struct xlcfg *doc, const char *key,
			 char *const *items, struct sx_err *err) SX_MUST;
int xlcfg_edits_unset(struct xlcfg_edits *edits, struct xlcfg *doc, const char *key,
		      struct sx_err *err) SX_MUST;
int xlcfg_edits_replace(struct xlcfg_edits *edits, struct xlcfg *doc, const char *key, size_t index,
			const char *text, struct sx_err *err) SX_MUST;
void xlcfg_edits_dispose(struct xlcfg_edits *edits);
/* Is there nothing to be edited? */
static inline bool xlcfg_edits_empty(const struct xlcfg_edits *edits)
{
	return !edits->len && !edits->rewritten;
}
