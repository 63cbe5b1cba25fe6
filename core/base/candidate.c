/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completions of a word: see candidate.h. */
#include "base/candidate.h"

#include <string.h>

void candidates_add(struct candidates *c, const char *text, const char *description, char after)
{
	struct candidate one = { .text = sx_strdup(text),
				 .description = description ? sx_strdup(description) : NULL,
				 .after = after };

	sx_vec_push(c, one);
}

static void candidate_dispose(struct candidate *one)
{
	free(one->text);
	free(one->description);
}

static int compare_texts(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return strcmp(x->text, y->text);
}

void candidates_sort(struct candidates *c)
{
	size_t kept = 0;

	if (c->ordered)
		return;
	if (c->len)
		qsort(c->items, c->len, sizeof(c->items[0]), compare_texts);
	for (size_t i = 0; i < c->len; i++) {
		if (kept && sx_streq(c->items[kept - 1].text, c->items[i].text))
			candidate_dispose(&c->items[i]);
		else
			c->items[kept++] = c->items[i];
	}
	c->len = kept;
}

void candidates_dispose(struct candidates *c)
{
	sx_vec_dispose(c, candidate_dispose);
}
