/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Differences between two documents: by key, lists by element. check.c proves edits. */
#include "xlcfg/doc.h"

#include <string.h>

void xlcfg_differences_dispose(struct xlcfg_differences *d)
{
	sx_words_dispose(&d->texts);
	sx_vec_free(d);
}

static const char *keep(struct xlcfg_differences *d, const char *text)
{
	if (!text)
		return NULL;
	sx_words_add(&d->texts, text);
	return d->texts.items[d->texts.len - 1];
}

static void note(struct xlcfg_differences *out, int op, const char *key, const char *old,
		 const char *new, size_t index)
{
	struct xlcfg_difference d = { 0 };

	d.intent.op = op;
	d.intent.key = keep(out, key);
	d.intent.text = keep(out, new);
	d.intent.index = index;
	d.old = keep(out, old);
	sx_vec_push(out, d);
}

/* A list's elements; one that is itself a list is kept as it is written, and sets *nested. */
static void elements(const struct xlcfg *doc, const char *key, struct sx_words *out, bool *nested)
{
	size_t count = xlcfg_list_len(doc, key);

	for (size_t i = 0; i < count; i++) {
		char *text = xlcfg_list_get(doc, key, i);

		if (!text) {
			uint32_t own;
			const struct xlcfg_stmt *stmt = xlcfg_holder(doc, key, i, &own);
			uint32_t elem = doc->elems.items[doc->nodes.items[stmt->node].elems + own];
			const struct xlcfg_node *node = &doc->nodes.items[elem];
			size_t start = xlcfg_start(doc, node->first);

			text = sx_strndup(doc->text.data + start,
					  xlcfg_end(doc, node->last) - start);
			*nested = true;
		}
		sx_words_give(out, text);
	}
}

/* Find the longest common subsequence with the plain quadratic table: lists are short. */
static void compare_elements(const char *key, const struct sx_words *a, const struct sx_words *b,
			     struct xlcfg_differences *out)
{
	size_t width = b->len + 1, i = 0, j = 0, at = 0;
	SX_FREE size_t *common = sx_alloc((a->len + 1) * width * sizeof(*common));

	for (i = a->len + 1; i-- > 0;) {
		for (j = width; j-- > 0;) {
			size_t *cell = &common[i * width + j];

			if (i == a->len || j == b->len)
				*cell = 0;
			else if (strcmp(a->items[i], b->items[j]) == 0)
				*cell = cell[width + 1] + 1;
			else
				*cell = cell[width] > cell[1] ? cell[width] : cell[1];
		}
	}
	i = j = 0;
	while (i < a->len || j < b->len) {
		const size_t *cell = &common[i * width + j];

		if (i < a->len && j < b->len && strcmp(a->items[i], b->items[j]) == 0) {
			i++, j++, at++;
		} else if (i < a->len && (j == b->len || cell[width] >= cell[1])) {
			note(out, XLCFG_REMOVE, key, a->items[i++], NULL, at);
		} else {
			note(out, XLCFG_INSERT, key, NULL, b->items[j++], at++);
		}
	}
}

static bool same_words(const struct sx_words *a, const struct sx_words *b)
{
	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	return true;
}

static void compare_key(const struct xlcfg *old, const struct xlcfg *new, const char *key,
			struct xlcfg_differences *out)
{
	enum xlcfg_kind was = xlcfg_key_kind(old, key), is = xlcfg_key_kind(new, key);
	SX_FREE char *value = xlcfg_get_string(old, key);
	SX_FREE char *now = xlcfg_get_string(new, key);
	SX_WORDS before = { 0 }, after = { 0 };
	bool nested = false;

	elements(old, key, &before, &nested);
	elements(new, key, &after, &nested);
	if (was == is && sx_streq(value, now) && same_words(&before, &after))
		return;
	if (nested || (is == XLCFG_LIST && !after.len && was != XLCFG_LIST)) {
		note(out, XLCFG_ANYTHING, key, value, now, 0);
	} else if (is == XLCFG_SCALAR) {
		note(out, XLCFG_SET, key, value, now, 0);
	} else {
		if (was == XLCFG_SCALAR || (is == XLCFG_ABSENT && !before.len))
			note(out, XLCFG_UNSET, key, value, NULL, 0);
		compare_elements(key, &before, &after, out);
	}
}

void xlcfg_compare(const struct xlcfg *old, const struct xlcfg *new, struct xlcfg_differences *out)
{
	const char *key;

	for (size_t i = 0; (key = xlcfg_key_at(new, i)); i++)
		compare_key(old, new, key, out);
	for (size_t i = 0; (key = xlcfg_key_at(old, i)); i++)
		if (xlcfg_key_kind(new, key) == XLCFG_ABSENT)
			compare_key(old, new, key, out);
}

int xlcfg_differing_keys(const char *old, const char *new, struct sx_str *keys, struct sx_err *err)
{
	XLCFG_DOC *a = NULL;
	XLCFG_DOC *b = NULL;
	XLCFG_DIFFERENCES all = { 0 };

	if (xlcfg_parse(old, strlen(old), "before", &a, err) ||
	    xlcfg_parse(new, strlen(new), "now", &b, err))
		return -1;
	xlcfg_compare(a, b, &all);
	for (size_t i = 0; i < all.len; i++) {
		const char *key = all.items[i].intent.key;

		/* Differences of one key are adjacent. */
		if (!i || strcmp(key, all.items[i - 1].intent.key) != 0)
			sx_str_addf(keys, "%s%s", keys->len ? ", " : "", key);
	}
	return 0;
}
