/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits of a document, each noted with its intent, so that xlcfg_prove can check the result. */
#pragma once

#include "base/vec.h"
#include "xlcfg/xlcfg.h"

struct xlcfg_edits {
	SX_VEC_OF(struct xlcfg_intent); /* their texts are in `texts` */
	struct sx_words texts;
	bool rewritten; /* the whole text was replaced by a different one, even of equal meaning */
	struct sx_words notices; /* for the user */
};

/* Edit the document and note the intent. Copies the text, borrows the key. Errors as xlcfg_*. */
int xlcfg_edits_append(struct xlcfg_edits *edits, struct xlcfg *doc, const char *key,
		       const char *text, struct sx_err *err) SX_MUST;
/* Append an element that is itself a list of these texts. */
int xlcfg_edits_append_list(struct xlcfg_edits *edits, struct xlcfg *doc, const char *key,
			    char *const *texts, struct sx_err *err) SX_MUST;
int xlcfg_edits_remove(struct xlcfg_edits *edits, struct xlcfg *doc, const char *key, size_t index,
		       struct sx_err *err) SX_MUST;
/* Replace the whole text; each difference in meaning becomes an intent. */
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
/* Do the edits change nothing? */
static inline bool xlcfg_edits_empty(const struct xlcfg_edits *edits)
{
	return !edits->len && !edits->rewritten;
}
