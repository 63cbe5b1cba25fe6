/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parse tokens into values, statements and keys by the grammar of libxlu_cfg_y.y; create and free
 * documents. value.c evaluates what is parsed here.
 */
#include "xlcfg/doc.h"

#include <string.h>

/*
 * libxlutil's parser gives up when its stack holds 10,000 symbols (bison's YYMAXDEPTH), as with a
 * deeply nested list. We count the symbols that its grammar puts there: `height` is the stack index
 * of a value's first symbol.
 */
#define STACK_LIMIT 9999
/* Symbols below and in "stmts IDENT = value". */
#define STACK_OF_ASSIGNMENT 4

struct parser {
	struct xlcfg *doc;
	struct sx_err *err;
	struct sx_err broken; /* the lexer's error at TOK_BROKEN */
	bool deadly; /* libxlutil must not get this text */
	uint32_t at; /* the current token, never a blank */
	struct {
		SX_VEC_OF(uint32_t);
	} pending; /* elements of the lists that are still open */
};

static enum xlcfg_token_kind look(const struct parser *p)
{
	return xlcfg_kind_at(p->doc, p->at);
}

static void advance(struct parser *p)
{
	p->at++;
	if (look(p) == TOK_BLANK)
		p->at++;
}

/* The start of the last non-blank token before the current one: xl reports its line for the end. */
static size_t last_start(const struct parser *p)
{
	uint32_t at = p->at;

	while (at && (at == p->at || xlcfg_kind_at(p->doc, at) == TOK_BLANK))
		at--;
	return xlcfg_start(p->doc, at);
}

/* Set "expected ..., found ..." for the current token. */
static int unexpected(struct parser *p, const char *expected)
{
	const struct xlcfg *doc = p->doc;
	size_t start = xlcfg_start(doc, p->at), len = 0;
	SX_STR found = { 0 };

	switch (look(p)) {
	case TOK_BROKEN:
		return sx_err_move(p->err, &p->broken);
	case TOK_END:
	case TOK_STRAY:
		sx_str_add(&found, "the end of the file");
		start = last_start(p);
		break;
	case TOK_NEWLINE:
	case TOK_COMMENT:
		sx_str_add(&found, "the end of the line");
		break;
	case TOK_STRING:
		sx_str_add(&found, "a string");
		break;
	default:
		len = xlcfg_end(doc, p->at) - start;
		sx_str_addf(&found, "'%.*s'", len > 40 ? 40 : (int)len, doc->text.data + start);
	}
	return xlcfg_fault(&doc->text, doc->name, start, p->err, "expected %s, found %s", expected,
			   found.data);
}

static int reach(const struct parser *p, unsigned height)
{
	if (height < STACK_LIMIT)
		return 0;
	return xlcfg_fault(&p->doc->text, p->doc->name, xlcfg_start(p->doc, p->at), p->err,
			   "lists are nested too deeply for xl");
}

/* The grammar's nlok: any number of newlines and comments. */
static int skip_newlines(struct parser *p, unsigned height)
{
	if (reach(p, height))
		return -1;
	while (look(p) == TOK_NEWLINE || look(p) == TOK_COMMENT) {
		if (reach(p, height + 1))
			return -1;
		advance(p);
	}
	return 0;
}

static int parse_value(struct parser *p, unsigned height, uint32_t *out);

/* Parse the elements of a list whose '[' is at stack index `height`, up to its ']'. */
static int parse_elements(struct parser *p, unsigned height)
{
	unsigned first = height + 2, next = first;
	uint32_t node;

	if (skip_newlines(p, height + 1))
		return -1;
	while (look(p) != TOK_CLOSE) {
		if (parse_value(p, next, &node) || skip_newlines(p, next + 1))
			return -1;
		sx_vec_push(&p->pending, node);
		if (look(p) == TOK_CLOSE)
			break;
		if (look(p) != TOK_COMMA)
			return unexpected(p, "',' or ']'");
		advance(p);
		if (skip_newlines(p, first + 2))
			return -1;
		next = first + 3;
	}
	return reach(p, first + 1);
}

static int parse_value(struct parser *p, unsigned height, uint32_t *out)
{
	struct xlcfg *doc = p->doc;
	struct xlcfg_node node = { .first = p->at, .last = p->at };
	size_t mark = p->pending.len;

	if (reach(p, height))
		return -1;
	switch (look(p)) {
	case TOK_STRING:
	case TOK_NUMBER:
		break;
	case TOK_OPEN:
		advance(p);
		if (parse_elements(p, height))
			return -1;
		node.last = p->at;
		node.elems = (uint32_t)doc->elems.len;
		node.count = (uint32_t)(p->pending.len - mark);
		for (size_t i = mark; i < p->pending.len; i++)
			sx_vec_push(&doc->elems, p->pending.items[i]);
		p->pending.len = mark;
		break;
	default:
		return unexpected(p, "a string, a number or a list");
	}
	advance(p);
	*out = (uint32_t)doc->nodes.len;
	sx_vec_push(&doc->nodes, node);
	return 0;
}

/* The number of a list's elements or of a string's bytes. */
static uint32_t size_of(const struct xlcfg *doc, const struct xlcfg_node *node)
{
	return xlcfg_is_list(doc, node)
		       ? node->count
		       : (uint32_t)(xlcfg_end(doc, node->first) - xlcfg_start(doc, node->first));
}

static int join(struct parser *p, struct xlcfg_stmt *stmt, uint32_t last)
{
	struct xlcfg *doc = p->doc;
	const struct xlcfg_node *node = &doc->nodes.items[stmt->node];
	const struct xlcfg_stmt *old = &doc->stmts.items[last];
	const struct xlcfg_node *old_node = &doc->nodes.items[old->node];
	size_t start = xlcfg_start(doc, stmt->op);

	if (xlcfg_is_list(doc, node) != xlcfg_is_list(doc, old_node))
		return xlcfg_fault(&doc->text, doc->name, start, p->err,
				   "'+=' joins a list and a string");
	stmt->joined = last;
	stmt->base = old->base + old_node->count;
	stmt->copied = old->copied + size_of(doc, old_node);
	doc->joined += stmt->copied;
	p->deadly = doc->joined > XLCFG_MAX_JOINED;
	return p->deadly ? xlcfg_fault(&doc->text, doc->name, start, p->err,
				       "more '+=' than xl has memory for: write one list")
			 : 0;
}

/* Join a += to the statement it adds to, and let this statement decide its key. */
static int settle(struct parser *p, struct xlcfg_stmt *stmt)
{
	struct xlcfg_key *key = &p->doc->keys.items[stmt->key];

	if (xlcfg_kind_at(p->doc, stmt->op) == TOK_ADD && key->last != XLCFG_NONE &&
	    join(p, stmt, key->last))
		return -1;
	key->last = (uint32_t)p->doc->stmts.len;
	return 0;
}

static int parse_assignment(struct parser *p)
{
	struct xlcfg *doc = p->doc;
	struct xlcfg_stmt stmt = { .first = p->at, .joined = XLCFG_NONE };
	size_t start = xlcfg_start(doc, p->at);

	stmt.key = xlcfg_key_intern(doc, doc->text.data + start, xlcfg_end(doc, p->at) - start);
	advance(p);
	if (look(p) != TOK_ASSIGN && look(p) != TOK_ADD)
		return unexpected(p, "'='");
	stmt.op = p->at;
	advance(p);
	if (parse_value(p, STACK_OF_ASSIGNMENT, &stmt.node) || settle(p, &stmt))
		return -1;
	sx_vec_push(&doc->stmts, stmt);
	return 0;
}

static int parse_file(struct parser *p)
{
	if (look(p) == TOK_BLANK)
		advance(p);
	while (look(p) != TOK_END && look(p) != TOK_STRAY) {
		if (look(p) == TOK_IDENT && parse_assignment(p))
			return -1;
		switch (look(p)) {
		case TOK_NEWLINE:
		case TOK_COMMENT:
		case TOK_SEMICOLON:
			advance(p);
			break;
		case TOK_END:
		case TOK_STRAY:
			break;
		default:
			return unexpected(p, "a new line and a name in lower case");
		}
	}
	return 0;
}

int xlcfg_parse_judged(const char *text, size_t len, const char *name, struct xlcfg **out,
		       bool *deadly, struct sx_err *err)
{
	XLCFG_DOC *doc = sx_alloc(sizeof(*doc));
	struct parser p = { .doc = doc, .err = err };
	int r;

	doc->name = sx_strdup(name);
	*deadly = len > XLCFG_MAX_BYTES;
	if (*deadly)
		return sx_err_set(err, SX_ESYNTAX, "%s: too large for xl", name);
	sx_str_addn(&doc->text, text, len);
	xlcfg_lex(&doc->text, name, &doc->tokens, &p.broken);
	r = parse_file(&p);
	sx_vec_free(&p.pending);
	sx_err_clear(&p.broken);
	*deadly = p.deadly || (r && memchr(text, '\0', len));
	if (!r)
		*out = sx_steal(&doc);
	return r;
}

int xlcfg_parse(const char *text, size_t len, const char *name, struct xlcfg **out,
		struct sx_err *err)
{
	bool deadly;

	return xlcfg_parse_judged(text, len, name, out, &deadly, err);
}

void xlcfg_free(struct xlcfg *doc)
{
	if (!doc)
		return;
	free(doc->name);
	sx_str_dispose(&doc->text);
	sx_vec_free(&doc->tokens);
	sx_vec_free(&doc->nodes);
	sx_vec_free(&doc->elems);
	sx_vec_free(&doc->stmts);
	sx_vec_free(&doc->keys);
	sx_str_dispose(&doc->names);
	free(doc->slots);
	free(doc);
}

const char *xlcfg_name(const struct xlcfg *doc)
{
	return doc->name;
}

const char *xlcfg_text(const struct xlcfg *doc, size_t *len)
{
	*len = doc->text.len;
	return sx_str_text(&doc->text);
}
