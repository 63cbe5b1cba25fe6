/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The edits: each makes a plan for the current text and applies it to a copy, which must parse
 * before it replaces the document. layout.c and line.c decide the layout.
 */
#include "xlcfg/plan.h"

#include <string.h>

/* Apply a plan, or leave the document unchanged. */
static int edit_commit(struct xlcfg *doc, const struct xlcfg_plan *plan, struct sx_err *err)
{
	XLCFG_DOC *fresh = NULL;
	SX_STR text = { 0 };
	SX_ERR why = { 0 };
	struct xlcfg old;

	xlcfg_plan_apply(plan, &doc->text, &text);
	if (xlcfg_parse(sx_str_text(&text), text.len, doc->name, &fresh, &why))
		return sx_err_set(err, SX_ECONFLICT, "the edit cannot be written: %s", why.msg);
	old = *doc;
	*doc = *fresh;
	*fresh = old;
	return 0;
}

int xlcfg_set_text(struct xlcfg *doc, const char *text, size_t len, struct sx_err *err)
{
	XLCFG_DOC *fresh = NULL;
	struct xlcfg old;

	if (xlcfg_parse(text, len, doc->name, &fresh, err))
		return -1;
	old = *doc;
	*doc = *fresh;
	*fresh = old;
	return 0;
}

/* As IDENT of libxlu_cfg_l.l; anything else could smuggle in a statement. */
static bool is_key(const char *key)
{
	return key[0] >= 'a' && key[0] <= 'z' &&
	       key[strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789._")] == '\0';
}

/* Apply a plan that adds a line for a key at the end. */
static int edit_commit_line(struct xlcfg *doc, const char *key, const struct xlcfg_plan *plan,
			    struct sx_err *err)
{
	uint32_t last = (uint32_t)doc->tokens.len - 2;
	bool stray = doc->tokens.len > 1 && xlcfg_kind_at(doc, last) == TOK_STRAY;

	if (!is_key(key))
		return sx_err_set(err, SX_ECONFLICT, "%s: '%s' is not a key of xl.cfg", doc->name,
				  key);
	/* A '#' is allowed: once a line follows, it begins a comment. */
	if (stray && doc->text.data[doc->text.len - 1] != '#')
		return sx_err_set(err, SX_ECONFLICT,
				  "%s:%zu: xl overlooks the last byte (0x%02x) only as long as "
				  "nothing follows it",
				  doc->name, xlcfg_line_at(&doc->text, doc->text.len),
				  (unsigned char)doc->text.data[doc->text.len - 1]);
	return edit_commit(doc, plan, err);
}

static char quote_of(const struct xlcfg *doc, uint32_t token)
{
	return xlcfg_kind_at(doc, token) == TOK_STRING ? doc->text.data[xlcfg_start(doc, token)]
						       : '\0';
}

/* ---- scalars ---- */

/* The quote of the last string in a statement, else '"', the usual one in xl.cfg files. */
static char scalar_quote(const struct xlcfg *doc)
{
	for (size_t i = doc->stmts.len; i-- > 0;) {
		char quote = quote_of(doc, doc->nodes.items[doc->stmts.items[i].node].first);

		if (quote)
			return quote;
	}
	return '"';
}

/* `bare`: without quotes unless the old value has them. */
static int set_scalar(struct xlcfg *doc, const char *key, const char *value, bool bare,
		      struct sx_err *err)
{
	const struct xlcfg_stmt *stmt = xlcfg_decider(doc, key);
	uint32_t token = stmt ? doc->nodes.items[stmt->node].first : 0;
	bool in_place = stmt && xlcfg_kind_at(doc, stmt->op) == TOK_ASSIGN;
	char quote = in_place ? quote_of(doc, token) : '\0';
	SX_STR scalar = { 0 };
	XLCFG_PLAN plan = { 0 };

	if (stmt && xlcfg_is_list(doc, &doc->nodes.items[stmt->node]))
		return sx_err_set(err, SX_ECONFLICT, "%s:%zu: '%s' is a list", doc->name,
				  xlcfg_key_line(doc, key), key);
	if (!quote && !bare)
		quote = scalar_quote(doc);
	if (xlcfg_write_scalar(value, quote, &scalar, err))
		return sx_err_wrap(err, "%s: '%s'", doc->name, key);
	if (in_place) {
		xlcfg_plan_put(&plan, xlcfg_start(doc, token), xlcfg_end(doc, token),
			       sx_str_take(&scalar));
		return edit_commit(doc, &plan, err);
	}
	xlcfg_plan_assignment(doc, key, scalar.data, &plan);
	return edit_commit_line(doc, key, &plan, err);
}

int xlcfg_set_number(struct xlcfg *doc, const char *key, long value, struct sx_err *err)
{
	SX_FREE char *text = sx_format("%ld", value);

	return set_scalar(doc, key, text, true, err);
}

int xlcfg_set_string(struct xlcfg *doc, const char *key, const char *value, struct sx_err *err)
{
	return set_scalar(doc, key, value, false, err);
}

/* "[ 'a', 'b' ]" in this quote. */
static int write_list(const char *name, const char *key, char *const *items, char quote,
		      struct sx_str *out, struct sx_err *err)
{
	sx_str_addc(out, '[');
	for (size_t i = 0; items[i]; i++) {
		SX_STR item = { 0 };

		if (xlcfg_write_scalar(items[i], quote, &item, err))
			return sx_err_wrap(err, "%s: '%s'", name, key);
		sx_str_addf(out, "%s%s", i ? ", " : " ", item.data);
	}
	sx_str_add(out, items[0] ? " ]" : "]");
	return 0;
}

int xlcfg_set_list(struct xlcfg *doc, const char *key, char *const *items, struct sx_err *err)
{
	const struct xlcfg_stmt *stmt = xlcfg_decider(doc, key);
	const struct xlcfg_node *old = stmt ? &doc->nodes.items[stmt->node] : NULL;
	bool in_place = stmt && xlcfg_kind_at(doc, stmt->op) == TOK_ASSIGN;
	char quote = in_place ? quote_of(doc, old->first) : '\0';
	SX_STR value = { 0 };
	XLCFG_PLAN plan = { 0 };

	if (write_list(doc->name, key, items, quote ? quote : scalar_quote(doc), &value, err))
		return -1;
	if (in_place) {
		xlcfg_plan_put(&plan, xlcfg_start(doc, old->first), xlcfg_end(doc, old->last),
			       sx_str_take(&value));
		return edit_commit(doc, &plan, err);
	}
	xlcfg_plan_assignment(doc, key, value.data, &plan);
	return edit_commit_line(doc, key, &plan, err);
}

int xlcfg_unset(struct xlcfg *doc, const char *key, struct sx_err *err)
{
	uint32_t k = xlcfg_key_find(doc, key, strlen(key));
	XLCFG_PLAN plan = { 0 };

	if (k == XLCFG_NONE)
		return 0;
	for (size_t i = 0; i < doc->stmts.len; i++)
		if (doc->stmts.items[i].key == k)
			xlcfg_plan_drop_stmt(doc, &doc->stmts.items[i], &plan);
	return edit_commit(doc, &plan, err);
}

/* ---- lists ---- */

/* The quote of the nearest scalar at or before an element, in its list or one that it adds to. */
static char list_quote(const struct xlcfg *doc, const struct xlcfg_stmt *stmt, uint32_t index)
{
	for (;;) {
		const struct xlcfg_node *list = &doc->nodes.items[stmt->node];

		for (uint32_t i = index < list->count ? index + 1 : list->count; i-- > 0;) {
			uint32_t elem = doc->elems.items[list->elems + i];

			if (!xlcfg_is_list(doc, &doc->nodes.items[elem]))
				return quote_of(doc, doc->nodes.items[elem].first);
		}
		if (stmt->joined == XLCFG_NONE)
			return '\'';
		stmt = &doc->stmts.items[stmt->joined];
		index = XLCFG_NONE;
	}
}

static int no_list(const struct xlcfg *doc, const char *key, struct sx_err *err)
{
	return sx_err_set(err, SX_ECONFLICT, "%s:%zu: '%s' is not a list", doc->name,
			  xlcfg_key_line(doc, key), key);
}

static int no_element(const struct xlcfg *doc, const char *key, size_t index, struct sx_err *err)
{
	return sx_err_set(err, SX_ECONFLICT, "%s: '%s' has no element %zu", doc->name, key, index);
}

/* Append an element that is already written in xl.cfg syntax. */
static int append_written(struct xlcfg *doc, const char *key, const char *item, struct sx_err *err)
{
	const struct xlcfg_stmt *stmt = xlcfg_decider(doc, key);
	XLCFG_PLAN plan = { 0 };

	if (!stmt) {
		SX_FREE char *line = sx_format("%s += [ %s ]", key, item);

		xlcfg_plan_line(doc, line, &plan);
		return edit_commit_line(doc, key, &plan, err);
	}
	xlcfg_plan_append(doc, &doc->nodes.items[stmt->node],
			  xlcfg_kind_at(doc, stmt->op) == TOK_ADD, item, &plan);
	return edit_commit(doc, &plan, err);
}

/* Write an element in the quote of its neighbours. SX_ECONFLICT: the key is not a list. */
static int write_element(const struct xlcfg *doc, const char *key, const char *text,
			 struct sx_str *out, struct sx_err *err)
{
	const struct xlcfg_stmt *stmt = xlcfg_decider(doc, key);

	if (stmt && !xlcfg_is_list(doc, &doc->nodes.items[stmt->node]))
		return no_list(doc, key, err);
	if (xlcfg_write_scalar(text, stmt ? list_quote(doc, stmt, XLCFG_NONE) : '\'', out, err))
		return sx_err_wrap(err, "%s: '%s'", doc->name, key);
	return 0;
}

int xlcfg_list_append(struct xlcfg *doc, const char *key, const char *text, struct sx_err *err)
{
	SX_STR item = { 0 };

	if (write_element(doc, key, text, &item, err))
		return -1;
	return append_written(doc, key, item.data, err);
}

int xlcfg_list_append_list(struct xlcfg *doc, const char *key, char *const *texts,
			   struct sx_err *err)
{
	SX_STR item = { 0 };

	sx_str_addc(&item, '[');
	for (size_t i = 0; texts[i]; i++) {
		sx_str_add(&item, i ? ", " : " ");
		if (write_element(doc, key, texts[i], &item, err))
			return -1;
	}
	sx_str_add(&item, " ]");
	return append_written(doc, key, item.data, err);
}

int xlcfg_list_replace(struct xlcfg *doc, const char *key, size_t index, const char *text,
		       struct sx_err *err)
{
	uint32_t own;
	const struct xlcfg_stmt *stmt = xlcfg_holder(doc, key, index, &own);
	const struct xlcfg_node *elem;
	SX_STR item = { 0 };
	XLCFG_PLAN plan = { 0 };

	if (!stmt)
		return no_element(doc, key, index, err);
	elem = &doc->nodes.items[doc->elems.items[doc->nodes.items[stmt->node].elems + own]];
	if (xlcfg_write_scalar(text, list_quote(doc, stmt, own), &item, err))
		return sx_err_wrap(err, "%s: '%s'", doc->name, key);
	xlcfg_plan_put(&plan, xlcfg_start(doc, elem->first), xlcfg_end(doc, elem->last),
		       sx_str_take(&item));
	return edit_commit(doc, &plan, err);
}

int xlcfg_list_remove(struct xlcfg *doc, const char *key, size_t index, struct sx_err *err)
{
	uint32_t own;
	const struct xlcfg_stmt *stmt = xlcfg_holder(doc, key, index, &own);
	XLCFG_PLAN plan = { 0 };

	if (!stmt)
		return no_element(doc, key, index, err);
	if (xlcfg_is_own_line(doc, stmt))
		xlcfg_plan_drop_stmt(doc, stmt, &plan);
	else
		xlcfg_plan_remove(doc, &doc->nodes.items[stmt->node], own, &plan);
	return edit_commit(doc, &plan, err);
}
