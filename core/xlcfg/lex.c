/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cut the text into tokens that cover every byte, by the rules of libxlu_cfg_l.l, quirks included:
 * it refuses what xl refuses and nothing else, NUL bytes excepted. tree.c judges the tokens' order.
 */
#include "xlcfg/doc.h"

#include <string.h>

size_t xlcfg_line_at(const struct sx_str *text, size_t offset)
{
	size_t line = 1;
	const char *p = text->data, *end = p + offset;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		line++;
		p++;
	}
	return line;
}

int xlcfg_fault(const struct sx_str *text, const char *name, size_t offset, struct sx_err *err,
		const char *fmt, ...)
{
	SX_STR reason = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sx_str_addv(&reason, fmt, ap);
	va_end(ap);
	return sx_err_set(err, SX_ESYNTAX, "%s:%zu: %s", name, xlcfg_line_at(text, offset),
			  sx_str_text(&reason));
}

static bool is_ident_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
}

static bool is_number_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == 'x';
}

/*
 * A backslash and a digit from 0 to 7: libxlutil means an octal character but reads up to three
 * bytes *after* that digit with strtoul in base 10 (so blanks and a sign are taken as well), wants
 * at least two of them, and drops the result.
 */
static size_t escape_numeric(const char *p, size_t len)
{
	size_t end = len < 4 ? len : 4;
	size_t i = 1, digits;

	while (i < end && (p[i] == ' ' || (p[i] >= '\t' && p[i] <= '\r')))
		i++;
	if (i < end && (p[i] == '+' || p[i] == '-'))
		i++;
	digits = i;
	while (i < end && p[i] >= '0' && p[i] <= '9')
		i++;
	return i > digits && i >= 3 ? i : 0;
}

size_t xlcfg_escape(const char *p, size_t len, int *byte)
{
	static const char names[] = "\"'\\abfnrtv";
	static const char values[] = "\"'\\\a\b\f\n\r\t\v";
	const char *found;

	*byte = -1;
	if (len == 0 || !p[0])
		return 0;
	if (p[0] >= '0' && p[0] <= '7')
		return escape_numeric(p, len);
	found = strchr(names, p[0]);
	if (!found)
		return 0;
	*byte = values[found - names];
	return 1;
}

struct lexer {
	const struct sx_str *text;
	const char *name;
	struct sx_err *err;
};

/* The length of the string whose quote is at `at`; 0 with the error set, also for a bad escape. */
static size_t lex_string(const struct lexer *lx, size_t at)
{
	const char *p = lx->text->data + at;
	size_t len = lx->text->len - at, i = 1, end, step;
	int byte;

	while (i < len && p[i] != p[0] && p[i] != '\n')
		i += p[i] == '\\' && i + 1 < len && p[i + 1] != '\n' ? 2 : 1;
	if (i >= len || p[i] != p[0]) {
		xlcfg_fault(lx->text, lx->name, at, lx->err, "unterminated string");
		return 0;
	}
	for (end = i, i = 1; i < end; i++) {
		if (p[i] != '\\')
			continue;
		step = xlcfg_escape(p + i + 1, end - i - 1, &byte);
		if (!step) {
			xlcfg_fault(lx->text, lx->name, at + i, lx->err,
				    "'\\%c' in a string is not an escape that xl can read",
				    p[i + 1]);
			return 0;
		}
		i += step;
	}
	return end + 1;
}

/* A byte that begins no token: libxlutil ignores it at the very end of the text. */
static size_t lex_illegal(const struct lexer *lx, size_t at, uint32_t *kind)
{
	unsigned char c = (unsigned char)lx->text->data[at];

	*kind = TOK_STRAY;
	if (at + 1 == lx->text->len || !c)
		return 1;
	if (c == '#')
		xlcfg_fault(lx->text, lx->name, at, lx->err,
			    "a comment on the last line needs a newline at its end");
	else if (c == '\r')
		xlcfg_fault(lx->text, lx->name, at, lx->err, "carriage return (DOS line end?)");
	else if (c > 0x20 && c < 0x7f)
		xlcfg_fault(lx->text, lx->name, at, lx->err,
			    "'%c' outside a string (names are in lower case, text needs quotes)",
			    c);
	else
		xlcfg_fault(lx->text, lx->name, at, lx->err, "byte 0x%02x outside a string", c);
	return 0;
}

static size_t lex_span(const char *p, const char *end, bool (*is_part)(char c))
{
	const char *q = p + 1;

	while (q < end && is_part(*q))
		q++;
	return (size_t)(q - p);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Kind and length of the token at an offset; 0 with the error set if there is none. */
static size_t lex_one(const struct lexer *lx, size_t at, uint32_t *kind)
{
	static const char punctuation[] = "=[],;\n";
	static const uint32_t kinds[] = { TOK_ASSIGN, TOK_OPEN,	     TOK_CLOSE,
					  TOK_COMMA,  TOK_SEMICOLON, TOK_NEWLINE };
	const char *p = lx->text->data + at, *end = lx->text->data + lx->text->len, *found;

	if (is_blank(*p)) {
		*kind = TOK_BLANK;
		return lex_span(p, end, is_blank);
	}
	if (*p >= 'a' && *p <= 'z') {
		*kind = TOK_IDENT;
		return lex_span(p, end, is_ident_char);
	}
	if (*p >= '0' && *p <= '9') {
		*kind = TOK_NUMBER;
		return lex_span(p, end, is_number_char);
	}
	if (*p && (found = strchr(punctuation, *p))) {
		*kind = kinds[found - punctuation];
		return 1;
	}
	if (*p == '+' && p + 1 < end && p[1] == '=') {
		*kind = TOK_ADD;
		return 2;
	}
	if (*p == '#' && (found = memchr(p, '\n', (size_t)(end - p)))) {
		*kind = TOK_COMMENT;
		return (size_t)(found - p) + 1;
	}
	if ((*p == '\'' || *p == '"') && p + 1 < end) {
		*kind = TOK_STRING;
		return lex_string(lx, at);
	}
	return lex_illegal(lx, at, kind);
}

void xlcfg_lex(const struct sx_str *text, const char *name, struct xlcfg_tokens *out,
	       struct sx_err *broken)
{
	const struct lexer lx = { .text = text, .name = name, .err = broken };
	size_t at = 0;

	while (at < text->len) {
		struct xlcfg_token token = { .start = (uint32_t)at };
		size_t len = lex_one(&lx, at, &token.kind);
		const char *nul = memchr(text->data + at, '\0', len);

		/* libxlutil aborts at a NUL in a string, ignores one in a comment: refuse both. */
		if (nul) {
			xlcfg_fault(text, name, (size_t)(nul - text->data), broken,
				    "a NUL byte in the text");
			len = 0;
		}
		if (!len)
			token.kind = TOK_BROKEN;
		sx_vec_push(out, token);
		if (!len)
			break;
		at += len;
	}
	sx_vec_push(out, ((struct xlcfg_token){ .start = (uint32_t)at, .kind = TOK_END }));
}
