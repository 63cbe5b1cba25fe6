/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What xl silently reads differently than a person would: assignments that a later one replaces,
 * numeric escapes that yield nothing, an illegal last byte that xl ignores.
 */
#include "xlcfg/doc.h"

static size_t line_of(const struct xlcfg *doc, uint32_t token)
{
	return xlcfg_line_at(&doc->text, xlcfg_start(doc, token));
}

/*
 * `now` assigns with '=': its key's statements since the last '=' have no effect. before[i]: the
 * previous statement of the same key.
 */
static void add_void(const struct xlcfg *doc, uint32_t now, const uint32_t *before,
		     struct xlcfg_odds *out)
{
	const struct xlcfg_stmt *stmts = doc->stmts.items;

	for (uint32_t i = before[now]; i != XLCFG_NONE; i = before[i]) {
		struct xlcfg_odd odd = {
			.kind = XLCFG_ODD_VOID,
			.key = doc->names.data + doc->keys.items[stmts[i].key].name,
			.line = line_of(doc, stmts[i].first),
			.other = line_of(doc, stmts[now].first),
		};

		sx_vec_push(out, odd);
		if (xlcfg_kind_at(doc, stmts[i].op) == TOK_ASSIGN)
			return;
	}
}

static void find_void(const struct xlcfg *doc, struct xlcfg_odds *out)
{
	SX_FREE uint32_t *before = sx_alloc((doc->stmts.len + 1) * sizeof(*before));
	SX_FREE uint32_t *last = sx_alloc((doc->keys.len + 1) * sizeof(*last));

	for (size_t k = 0; k < doc->keys.len; k++)
		last[k] = XLCFG_NONE;
	for (uint32_t i = 0; i < doc->stmts.len; i++) {
		const struct xlcfg_stmt *stmt = &doc->stmts.items[i];

		before[i] = last[stmt->key];
		last[stmt->key] = i;
		if (xlcfg_kind_at(doc, stmt->op) == TOK_ASSIGN)
			add_void(doc, i, before, out);
	}
}

static bool has_swallowed(const struct xlcfg *doc, uint32_t token)
{
	const char *p = doc->text.data + xlcfg_start(doc, token) + 1;
	const char *end = doc->text.data + xlcfg_end(doc, token) - 1;
	int byte = 0;

	while (p < end) {
		if (*p++ != '\\')
			continue;
		p += xlcfg_escape(p, (size_t)(end - p), &byte);
		if (byte < 0)
			return true;
	}
	return false;
}

void xlcfg_odds_find(const struct xlcfg *doc, struct xlcfg_odds *out)
{
	find_void(doc, out);
	for (uint32_t i = 0; i < doc->tokens.len; i++) {
		enum xlcfg_token_kind kind = xlcfg_kind_at(doc, i);
		struct xlcfg_odd odd = {
			.kind = kind == TOK_STRAY ? XLCFG_ODD_STRAY : XLCFG_ODD_ESCAPE,
		};

		if (kind != TOK_STRAY && (kind != TOK_STRING || !has_swallowed(doc, i)))
			continue;
		odd.line = line_of(doc, i);
		sx_vec_push(out, odd);
	}
}
