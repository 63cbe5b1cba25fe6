/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Evaluate the keys of a document by libxlutil's rules (libxlu_cfg.c): the last statement decides,
 * and += joins it to the one before. Changes nothing.
 */
#include "xlcfg/doc.h"

#include <errno.h>
#include <string.h>

void xlcfg_add_scalar(const struct xlcfg *doc, uint32_t token, struct sx_str *out)
{
	const char *p = doc->text.data + xlcfg_start(doc, token);
	const char *end = doc->text.data + xlcfg_end(doc, token);
	int byte;

	if (xlcfg_kind_at(doc, token) == TOK_NUMBER) {
		sx_str_addn(out, p, (size_t)(end - p));
		return;
	}
	p++;
	end--;
	while (p < end) {
		const char *slash = memchr(p, '\\', (size_t)(end - p));

		sx_str_addn(out, p, (size_t)((slash ? slash : end) - p));
		if (!slash)
			break;
		p = slash + 1;
		p += xlcfg_escape(p, (size_t)(end - p), &byte);
		if (byte >= 0)
			sx_str_addc(out, (char)byte);
	}
}

const struct xlcfg_stmt *xlcfg_decider(const struct xlcfg *doc, const char *key)
{
	uint32_t k = xlcfg_key_find(doc, key, strlen(key));

	return k == XLCFG_NONE ? NULL : &doc->stmts.items[doc->keys.items[k].last];
}

static const struct xlcfg_node *node_of(const struct xlcfg *doc, const struct xlcfg_stmt *stmt)
{
	return &doc->nodes.items[stmt->node];
}

enum xlcfg_kind xlcfg_key_kind(const struct xlcfg *doc, const char *key)
{
	const struct xlcfg_stmt *stmt = xlcfg_decider(doc, key);

	if (!stmt)
		return XLCFG_ABSENT;
	return xlcfg_is_list(doc, node_of(doc, stmt)) ? XLCFG_LIST : XLCFG_SCALAR;
}

size_t xlcfg_key_line(const struct xlcfg *doc, const char *key)
{
	const struct xlcfg_stmt *stmt = xlcfg_decider(doc, key);

	return stmt ? xlcfg_line_at(&doc->text, xlcfg_start(doc, stmt->first)) : 0;
}

char *xlcfg_place(const struct xlcfg *doc, const char *key)
{
	size_t line = xlcfg_key_line(doc, key);

	return line ? sx_format("%s:%zu", doc->name, line) : sx_strdup(doc->name);
}

char *xlcfg_get_string(const struct xlcfg *doc, const char *key)
{
	const struct xlcfg_stmt *stmt = xlcfg_decider(doc, key);
	struct {
		SX_VEC_OF(uint32_t);
	} tokens = { 0 };
	SX_STR value = { 0 };

	if (!stmt || xlcfg_is_list(doc, node_of(doc, stmt)))
		return NULL;
	for (;; stmt = &doc->stmts.items[stmt->joined]) {
		sx_vec_push(&tokens, node_of(doc, stmt)->first);
		if (stmt->joined == XLCFG_NONE)
			break;
	}
	while (tokens.len)
		xlcfg_add_scalar(doc, tokens.items[--tokens.len], &value);
	sx_vec_free(&tokens);
	return sx_str_take(&value);
}

bool xlcfg_get_long(const struct xlcfg *doc, const char *key, long *out)
{
	const struct xlcfg_stmt *stmt = xlcfg_decider(doc, key);
	SX_FREE char *text = xlcfg_get_string(doc, key);
	char *end;
	long value;

	if (!stmt || !text || xlcfg_kind_at(doc, stmt->op) == TOK_ADD)
		return false;
	errno = 0;
	value = strtol(text, &end, 0);
	if (errno || *end || end == text)
		return false;
	*out = value;
	return true;
}

size_t xlcfg_list_len(const struct xlcfg *doc, const char *key)
{
	const struct xlcfg_stmt *stmt = xlcfg_decider(doc, key);

	return stmt ? (size_t)stmt->base + node_of(doc, stmt)->count : 0;
}

const struct xlcfg_stmt *xlcfg_holder(const struct xlcfg *doc, const char *key, size_t index,
				      uint32_t *own_index)
{
	const struct xlcfg_stmt *stmt = xlcfg_decider(doc, key);

	if (!stmt || index >= (size_t)stmt->base + node_of(doc, stmt)->count)
		return NULL;
	while (index < stmt->base)
		stmt = &doc->stmts.items[stmt->joined];
	*own_index = (uint32_t)index - stmt->base;
	return stmt;
}

/* An element of the effective list; NULL when out of range. */
static const struct xlcfg_node *element(const struct xlcfg *doc, const char *key, size_t index)
{
	uint32_t i;
	const struct xlcfg_stmt *stmt = xlcfg_holder(doc, key, index, &i);

	return stmt ? &doc->nodes.items[doc->elems.items[node_of(doc, stmt)->elems + i]] : NULL;
}

char *xlcfg_list_get(const struct xlcfg *doc, const char *key, size_t index)
{
	const struct xlcfg_node *node = element(doc, key, index);
	SX_STR value = { 0 };

	if (!node || xlcfg_is_list(doc, node))
		return NULL;
	xlcfg_add_scalar(doc, node->first, &value);
	return sx_str_take(&value);
}

bool xlcfg_list_get_list(const struct xlcfg *doc, const char *key, size_t index,
			 struct sx_words *out)
{
	const struct xlcfg_node *list = element(doc, key, index);

	if (!list || !xlcfg_is_list(doc, list))
		return false;
	for (uint32_t i = 0; i < list->count; i++) {
		const struct xlcfg_node *node =
			&doc->nodes.items[doc->elems.items[list->elems + i]];
		SX_STR value = { 0 };

		if (xlcfg_is_list(doc, node))
			return false;
		xlcfg_add_scalar(doc, node->first, &value);
		sx_words_give(out, sx_str_take(&value));
	}
	return true;
}

size_t xlcfg_list_line(const struct xlcfg *doc, const char *key, size_t index)
{
	const struct xlcfg_node *node = element(doc, key, index);

	return node ? xlcfg_line_at(&doc->text, xlcfg_start(doc, node->first)) : 0;
}

const char *xlcfg_key_at(const struct xlcfg *doc, size_t index)
{
	return index < doc->keys.len ? doc->names.data + doc->keys.items[index].name : NULL;
}
