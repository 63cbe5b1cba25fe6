/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patches to a text, and the look-ups that layout.c and line.c share: see plan.h. */
#include "xlcfg/plan.h"

void xlcfg_plan_dispose(struct xlcfg_plan *plan)
{
	for (size_t i = 0; i < plan->len; i++)
		free(plan->items[i].text);
	sx_vec_free(plan);
}

void xlcfg_plan_put(struct xlcfg_plan *plan, size_t start, size_t end, char *text)
{
	struct xlcfg_patch patch = { .start = start, .end = end, .text = text };

	sx_vec_push(plan, patch);
}

void xlcfg_plan_drop(struct xlcfg_plan *plan, size_t start, size_t end)
{
	xlcfg_plan_put(plan, start, end, NULL);
}

void xlcfg_plan_apply(const struct xlcfg_plan *plan, const struct sx_str *text, struct sx_str *out)
{
	size_t at = 0;

	sx_each(const struct xlcfg_patch, patch, plan) {
		if (patch->start > at)
			sx_str_addn(out, text->data + at, patch->start - at);
		if (patch->text)
			sx_str_add(out, patch->text);
		if (patch->end > at)
			at = patch->end;
	}
	sx_str_addn(out, text->data + at, text->len - at);
}

uint32_t xlcfg_line_first(const struct xlcfg *doc, uint32_t token)
{
	while (token > 0 && !xlcfg_is_eol(doc, token - 1))
		token--;
	return token;
}

uint32_t xlcfg_past_blank(const struct xlcfg *doc, uint32_t token)
{
	return xlcfg_kind_at(doc, token) == TOK_BLANK ? token + 1 : token;
}

size_t xlcfg_start_with_blank(const struct xlcfg *doc, uint32_t token)
{
	bool blank = token > 0 && xlcfg_kind_at(doc, token - 1) == TOK_BLANK;

	return xlcfg_start(doc, blank ? token - 1 : token);
}

char *xlcfg_slice(const struct xlcfg *doc, uint32_t from, uint32_t to)
{
	size_t start = xlcfg_start(doc, from);

	return sx_strndup(doc->text.data + start, xlcfg_start(doc, to) - start);
}
