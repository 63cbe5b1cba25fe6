/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The document as core/xlcfg sees it: the text, tokens that cover every byte of it, and above them
 * values, statements and keys. Tokens are byte ranges, values and statements token ranges; only key
 * names are copies of text. Private to this directory.
 */
#pragma once

#include "base/vec.h"
#include "xlcfg/xlcfg.h"

#include <stdint.h>

#define XLCFG_NONE UINT32_MAX
/* libxlutil takes the length as an int, and our offsets have 32 bits. */
#define XLCFG_MAX_BYTES ((size_t)INT32_MAX - 1)
/*
 * For each += libxlutil copies the key's value so far and keeps both: 30,000 that add one element
 * each take 4 GB and most of a minute. This bound on all list elements and string bytes copied
 * keeps it to 128 MB and a second.
 */
#define XLCFG_MAX_JOINED ((uint64_t)16 << 20)

enum xlcfg_token_kind {
	TOK_BLANK, /* a run of blanks and tabs */
	TOK_NEWLINE,
	TOK_COMMENT, /* including its newline */
	TOK_IDENT,
	TOK_NUMBER,
	TOK_STRING,
	TOK_ASSIGN,
	TOK_ADD, /* += */
	TOK_OPEN,
	TOK_CLOSE,
	TOK_COMMA,
	TOK_SEMICOLON,
	TOK_STRAY, /* an illegal byte, which libxlutil ignores if it is the very last */
	TOK_BROKEN, /* the lexer cannot go on here: empty, followed by TOK_END */
	TOK_END, /* always the last token, empty */
};

/* A token ends where the next one starts. */
struct xlcfg_token {
	uint32_t start;
	uint32_t kind;
};

struct xlcfg_tokens {
	SX_VEC_OF(struct xlcfg_token);
};

/* A value. A scalar is one token; a list reaches from '[' to ']'. */
struct xlcfg_node {
	uint32_t first, last; /* tokens */
	uint32_t elems, count; /* of a list: its elements in doc->elems */
};

struct xlcfg_stmt {
	uint32_t key; /* in doc->keys */
	uint32_t first; /* token of the name */
	uint32_t op; /* token of = or += */
	uint32_t node;
	uint32_t joined; /* with +=: the earlier statement this one adds to, or XLCFG_NONE */
	uint32_t base; /* number of list elements in the statements that it adds to */
	uint32_t copied; /* list elements, or string bytes, that libxlutil copies for its += */
};

struct xlcfg_key {
	uint32_t name; /* offset in doc->names */
	uint32_t hash;
	uint32_t last; /* the statement that decides */
};

struct xlcfg {
	char *name; /* the file's name, for messages */
	struct sx_str text;
	struct xlcfg_tokens tokens;
	struct {
		SX_VEC_OF(struct xlcfg_node);
	} nodes;
	struct {
		SX_VEC_OF(uint32_t);
	} elems; /* node indexes; those of one list are contiguous */
	struct {
		SX_VEC_OF(struct xlcfg_stmt);
	} stmts;
	struct {
		SX_VEC_OF(struct xlcfg_key);
	} keys;
	struct sx_str names; /* the key names, each with its NUL */
	uint32_t *slots; /* hash table of key indexes + 1, 0 = free */
	size_t slot_count; /* a power of two */
	uint64_t joined; /* the sum of all statements' `copied` */
};

static inline enum xlcfg_token_kind xlcfg_kind_at(const struct xlcfg *doc, uint32_t token)
{
	return doc->tokens.items[token].kind;
}

static inline size_t xlcfg_start(const struct xlcfg *doc, uint32_t token)
{
	return doc->tokens.items[token].start;
}

static inline size_t xlcfg_end(const struct xlcfg *doc, uint32_t token)
{
	return doc->tokens.items[token + 1].start;
}

static inline bool xlcfg_is_list(const struct xlcfg *doc, const struct xlcfg_node *node)
{
	return xlcfg_kind_at(doc, node->first) == TOK_OPEN;
}

/* ---- lex.c ---- */

/*
 * Cut the text into tokens, the last one TOK_END. Where that is impossible: TOK_BROKEN, and the
 * reason in `broken`, SX_ESYNTAX "name:line: reason". The parser reports it only if it gets that
 * far without an error of its own.
 */
void xlcfg_lex(const struct sx_str *text, const char *name, struct xlcfg_tokens *out,
	       struct sx_err *broken);
/*
 * Read the text after a backslash as libxlutil does: returns the number of bytes it takes (0:
 * refused); *byte is the result, or -1 if it yields no byte.
 */
size_t xlcfg_escape(const char *p, size_t len, int *byte);
/* The line (from 1) of an offset. */
size_t xlcfg_line_at(const struct sx_str *text, size_t offset);
/* Set SX_ESYNTAX "name:line: ..." for an offset of the text; returns -1. */
int xlcfg_fault(const struct sx_str *text, const char *name, size_t offset, struct sx_err *err,
		const char *fmt, ...) SX_PRINTF(5, 6);

/* ---- tree.c ---- */

/* As xlcfg_parse. *deadly: refused because libxlutil would abort or run out of memory on it. */
int xlcfg_parse_judged(const char *text, size_t len, const char *name, struct xlcfg **out,
		       bool *deadly, struct sx_err *err) SX_MUST;

/* ---- key.c ---- */

/* The index of a key, XLCFG_NONE if the document does not mention it. */
uint32_t xlcfg_key_find(const struct xlcfg *doc, const char *name, size_t len);
/* The index of a key, added if missing. */
uint32_t xlcfg_key_intern(struct xlcfg *doc, const char *name, size_t len);

/* ---- value.c ---- */

/* Add the value of a scalar token, escapes resolved. */
void xlcfg_add_scalar(const struct xlcfg *doc, uint32_t token, struct sx_str *out);
/* The statement that decides a key, NULL if absent. */
const struct xlcfg_stmt *xlcfg_decider(const struct xlcfg *doc, const char *key);
/* The statement that holds an element of the effective list, and its index in it; or NULL. */
const struct xlcfg_stmt *xlcfg_holder(const struct xlcfg *doc, const char *key, size_t index,
				      uint32_t *own_index);
