/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits of a document, each with its intent: see edits.h. */
#include "xlcfg/edits.h"

#include <string.h>

static void note(struct xlcfg_edits *edits, int op, const char *key, const char *text, size_t index)
{
	struct xlcfg_intent intent = { 0 };

	sx_words_add(&edits->texts, text ? text : "");
	intent.op = op;
	intent.key = key;
	intent.text = text ? edits->texts.items[edits->texts.len - 1] : NULL;
	intent.index = index;
	sx_vec_push(edits, intent);
}

int xlcfg_edits_append(struct xlcfg_edits *edits, struct xlcfg *doc, const char *key,
		       const char *text, struct sx_err *err)
{
	if (xlcfg_list_append(doc, key, text, err))
		return -1;
	note(edits, XLCFG_APPEND, key, text, 0);
	return 0;
}

int xlcfg_edits_append_list(struct xlcfg_edits *edits, struct xlcfg *doc, const char *key,
			    char *const *texts, struct sx_err *err)
{
	SX_WORDS back = { 0 };
	size_t count = xlcfg_list_len(doc, key), i = 0;

	if (xlcfg_list_append_list(doc, key, texts, err))
		return -1;
	/* No intent can describe a nested list, so check the element here. */
	if (xlcfg_list_get_list(doc, key, count, &back))
		while (i < back.len && sx_streq(texts[i], back.items[i]))
			i++;
	if (i != back.len || texts[i])
		return sx_err_set(err, SX_EFAIL, "'%s' would not get the element it should", key);
	note(edits, XLCFG_ANYTHING, key, NULL, 0);
	return 0;
}

int xlcfg_edits_remove(struct xlcfg_edits *edits, struct xlcfg *doc, const char *key, size_t index,
		       struct sx_err *err)
{
	if (xlcfg_list_remove(doc, key, index, err))
		return -1;
	note(edits, XLCFG_REMOVE, key, NULL, index);
	return 0;
}

int xlcfg_edits_set_number(struct xlcfg_edits *edits, struct xlcfg *doc, const char *key,
			   long value, struct sx_err *err)
{
	SX_FREE char *text = sx_format("%ld", value);

	if (xlcfg_set_number(doc, key, value, err))
		return -1;
	note(edits, XLCFG_SET, key, text, 0);
	return 0;
}

int xlcfg_edits_set_string(struct xlcfg_edits *edits, struct xlcfg *doc, const char *key,
			   const char *value, struct sx_err *err)
{
	if (xlcfg_set_string(doc, key, value, err))
		return -1;
	note(edits, XLCFG_SET, key, value, 0);
	return 0;
}

int xlcfg_edits_set_list(struct xlcfg_edits *edits, struct xlcfg *doc, const char *key,
			 char *const *items, struct sx_err *err)
{
	if (xlcfg_set_list(doc, key, items, err))
		return -1;
	note(edits, XLCFG_UNSET, key, NULL, 0);
	for (size_t i = 0; items[i]; i++)
		note(edits, XLCFG_APPEND, key, items[i], 0);
	return 0;
}

int xlcfg_edits_unset(struct xlcfg_edits *edits, struct xlcfg *doc, const char *key,
		      struct sx_err *err)
{
	if (xlcfg_unset(doc, key, err))
		return -1;
	note(edits, XLCFG_UNSET, key, NULL, 0);
	return 0;
}

int xlcfg_edits_replace(struct xlcfg_edits *edits, struct xlcfg *doc, const char *key, size_t index,
			const char *text, struct sx_err *err)
{
	if (xlcfg_list_replace(doc, key, index, text, err))
		return -1;
	note(edits, XLCFG_REPLACE, key, text, index);
	return 0;
}

int xlcfg_edits_set_text(struct xlcfg_edits *edits, struct xlcfg *doc, const char *text, size_t len,
			 struct sx_err *err)
{
	XLCFG_DIFFERENCES all = { 0 };
	XLCFG_DOC *old = NULL;
	size_t old_len;
	const char *old_text = xlcfg_text(doc, &old_len);

	edits->rewritten |= len != old_len || memcmp(text, old_text, len) != 0;
	if (xlcfg_parse(old_text, old_len, "the file", &old, err) ||
	    xlcfg_set_text(doc, text, len, err))
		return -1;
	xlcfg_compare(old, doc, &all);
	for (size_t i = 0; i < all.len; i++) {
		const struct xlcfg_intent *intent = &all.items[i].intent;

		sx_words_add(&edits->texts, intent->key);
		note(edits, intent->op, edits->texts.items[edits->texts.len - 1], intent->text,
		     intent->index);
	}
	return 0;
}

void xlcfg_edits_dispose(struct xlcfg_edits *edits)
{
	sx_words_dispose(&edits->texts);
	sx_words_dispose(&edits->notices);
	sx_vec_free(edits);
}
