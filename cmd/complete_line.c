/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parses a command line as bash does, up to the cursor, and quotes candidates for it: names may
 * hold blanks, quotes, '$' and newlines. Mirrors how readline finds the part it replaces
 * (_rl_find_completion_word): after an open quote, else after the last unquoted break.
 */
#include "complete_line.h"

#include <string.h>

struct reader {
	const char *p;
	const char *breaks;
	struct sx_str word;
	bool in_word;
	bool redirect; /* the next word is the target of a redirection */
	struct command_line *out;
};

void command_line_dispose(struct command_line *c)
{
	sx_words_dispose(&c->words);
}

static void end_word(struct reader *r)
{
	if (r->in_word && !r->redirect)
		sx_words_add(&r->out->words, sx_str_text(&r->word));
	r->redirect = r->redirect && !r->in_word;
	r->in_word = false;
	r->out->fixed = 0;
	sx_str_clear(&r->word);
}

static int digit_of(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : 16;
}

/* Up to `most` digits of this base; moves *p past them. */
static char take_code(const char **p, int base, int most)
{
	int code = 0;

	for (; most-- && digit_of(**p) < base; (*p)++)
		code = code * base + digit_of(**p);
	return (char)code;
}

/* Decode what follows a backslash; as in bash, an unknown escape stays as typed. */
static void take_escape(const char **p, struct sx_str *out)
{
	static const char from[] = "abeEfnrtv\\'\"?", to[] = "\a\b\033\033\f\n\r\t\v\\'\"?";
	const char *known = **p ? strchr(from, **p) : NULL;

	if (known) {
		sx_str_addc(out, to[known - from]);
		(*p)++;
	} else if (**p == 'x' && digit_of((*p)[1]) < 16) {
		(*p)++;
		sx_str_addc(out, take_code(p, 16, 2));
	} else if (digit_of(**p) < 8) {
		sx_str_addc(out, take_code(p, 8, 3));
	} else {
		sx_str_addc(out, '\\');
	}
}

void command_line_take_escapes(const char **p, struct sx_str *out)
{
	SX_STR part = { 0 };

	while (**p && **p != '\'') {
		char c = *(*p)++;

		if (c == '\\')
			take_escape(p, &part);
		else
			sx_str_addc(&part, c);
	}
	/* As in bash, a NUL ends the text. */
	sx_str_add(out, sx_str_text(&part));
}

/* Read from after the opening quote to after the closing one, or to the end of the line. */
static void read_quoted(struct reader *r, char quote, bool escapes)
{
	r->out->quote = escapes ? '$' : quote;
	r->out->fixed = r->word.len;
	if (escapes)
		command_line_take_escapes(&r->p, &r->word);
	while (*r->p && *r->p != quote) {
		if (*r->p == '\\' && quote == '"' && r->p[1] && strchr("\"\\$`\n", r->p[1])) {
			sx_str_addc(&r->word, r->p[1]);
			r->p += 2;
		} else {
			sx_str_addc(&r->word, *r->p++);
		}
	}
	if (!*r->p)
		return;
	r->p++;
	r->out->quote = '\0';
}

/* A closed quote does not move the last break: restore it. */
static void read_in_word(struct reader *r)
{
	size_t fixed = r->out->fixed;
	char c = *r->p++;

	r->in_word = true;
	if (c == '\\') {
		if (*r->p && *r->p != '\n')
			sx_str_addc(&r->word, *r->p);
		r->p += *r->p != '\0';
	} else if (c == '\'' || c == '"') {
		read_quoted(r, c, false);
		if (!r->out->quote)
			r->out->fixed = fixed;
	} else if (c == '$' && *r->p == '\'') {
		r->p++;
		read_quoted(r, '\'', true);
		if (!r->out->quote)
			r->out->fixed = fixed;
	} else {
		sx_str_addc(&r->word, c);
		if (strchr(r->breaks, c))
			r->out->fixed = r->word.len;
	}
}

/* The 2 of "2>" is not an argument. */
static void drop_number(struct reader *r)
{
	const char *text = sx_str_text(&r->word);

	if (r->in_word && strspn(text, "0123456789") == r->word.len)
		r->in_word = false;
}

void command_line_read(const char *line, const char *breaks, struct command_line *out)
{
	struct reader r = { .p = line, .breaks = breaks, .out = out };

	while (*r.p) {
		if (strchr(" \t\n", *r.p)) {
			end_word(&r);
			r.p++;
		} else if (strchr("<>", *r.p) || (*r.p == '&' && r.p[1] == '>')) {
			drop_number(&r);
			end_word(&r);
			r.redirect = true;
			r.p += 1 + (*r.p == '&');
		} else if (strchr(";|&()", *r.p)) {
			end_word(&r);
			/* Drop the words of another command; the & of "2>&1" ends none. */
			if (!r.redirect)
				sx_words_dispose(&out->words);
			r.p++;
		} else {
			read_in_word(&r);
		}
	}
	out->redirected = r.redirect;
	sx_words_add(&out->words, sx_str_text(&r.word));
	sx_str_dispose(&r.word);
}

static void add_quoted(struct sx_str *s, char quote, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (quote == '\'' && c == '\'')
			sx_str_add(s, "'\\''");
		else if (quote == '"' && strchr("\"\\$`", c))
			sx_str_addf(s, "\\%c", c);
		else if (quote == '$' && strchr("'\\", c))
			sx_str_addf(s, "\\%c", c);
		else if (quote == '$' && c == '\n')
			sx_str_add(s, "\\n");
		else if (quote == '$' && (c < 0x20 || c == 0x7f))
			sx_str_addf(s, "\\x%02x", c);
		else if (!quote && c == '\n')
			sx_str_add(s, "$'\\n'");
		else if (!quote && (c < 0x20 || c == 0x7f))
			sx_str_addf(s, "$'\\x%02x'", c);
		else if (!quote && strchr(" !\"#$&'()*;<>?[\\]^`{|}~", c))
			sx_str_addf(s, "\\%c", c);
		else
			sx_str_addc(s, (char)c);
	}
}

char *command_line_insert(const struct command_line *c, const char *text, bool quoted)
{
	const char *word = c->words.items[c->words.len - 1];
	SX_STR s = { 0 };

	if (strncmp(text, word, c->fixed))
		return NULL;
	text += c->fixed;
	if (!quoted)
		return sx_strdup(text);
	/* Leave "~/" unquoted, so that the shell expands it. */
	if (!c->fixed && !c->quote && sx_starts_with(text, "~/")) {
		sx_str_addc(&s, '~');
		text++;
	}
	add_quoted(&s, c->quote, text);
	return sx_str_take(&s);
}
