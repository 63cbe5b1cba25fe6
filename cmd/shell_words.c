/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Splits a line of the shell into words, by a POSIX shell's rules for blanks, quotes, backslashes
 * and comments, and bash's for $'...'. Nothing is expanded: `$`, `*` and `~` are ordinary
 * characters. Operators (`|`, `>`, `;`) are refused: nobody means to pass them to a command as
 * words.
 */
#include "complete_line.h"
#include "shell.h"

#include <string.h>

static const char operators[] = "|&;<>()";

struct reader {
	const char *p;
	struct sx_str word;
	bool in_word;
	size_t lines;
	bool open;
};

/* Take text from after the opening quote to after the closing one. */
static void take_quoted(struct reader *r, char quote)
{
	for (; *r->p && *r->p != quote; r->p++) {
		r->lines += *r->p == '\n';
		/* In double quotes a backslash quotes only characters that are special there. */
		if (quote == '"' && *r->p == '\\' && r->p[1] && strchr("\"\\$`\n", r->p[1])) {
			r->p++;
			if (*r->p == '\n') {
				r->lines++;
				continue;
			}
		}
		sx_str_addc(&r->word, *r->p);
	}
	if (*r->p)
		r->p++;
	else
		r->open = true;
}

/* Take the rest of $'...', the form in which completion and messages show control characters. */
static void take_escapes(struct reader *r)
{
	const char *start = r->p;

	command_line_take_escapes(&r->p, &r->word);
	for (; start < r->p; start++)
		r->lines += *start == '\n';
	r->open = !*r->p;
	r->p += !r->open;
}

/* Take a backslash outside quotes. */
static void take_escaped(struct reader *r)
{
	r->p++;
	if (!*r->p) {
		r->open = true;
		return;
	}
	if (*r->p == '\n') {
		r->lines++;
		r->open = !r->p[1];
	} else {
		sx_str_addc(&r->word, *r->p);
		r->in_word = true;
	}
	r->p++;
}

static void end_word(struct reader *r, struct sx_words *words)
{
	if (r->in_word)
		sx_words_give(words, sx_str_take(&r->word));
	r->in_word = false;
}

static int refuse(char c, struct sx_err *err)
{
	sx_err_set(err, SX_EUSAGE, "'%c' has no special meaning in this shell", c);
	return sx_err_hint(err,
			   "quote it to mean the character, '\\%c'; or let your shell run the "
			   "line: !safexl ...",
			   c);
}

static int take_words(struct reader *r, struct sx_words *words, struct sx_err *err)
{
	while (*r->p && *r->p != '\n') {
		char c = *r->p;

		if (c == ' ' || c == '\t') {
			end_word(r, words);
			r->p++;
		} else if (c == '#' && !r->in_word) {
			r->p += strcspn(r->p, "\n");
		} else if (c == '\\') {
			take_escaped(r);
		} else if (c == '\'' || c == '"') {
			r->p++;
			r->in_word = true;
			take_quoted(r, c);
		} else if (c == '$' && r->p[1] == '\'') {
			r->p += 2;
			r->in_word = true;
			take_escapes(r);
		} else if (strchr(operators, c)) {
			return refuse(c, err);
		} else {
			sx_str_addc(&r->word, c);
			r->in_word = true;
			r->p++;
		}
	}
	end_word(r, words);
	return 0;
}

int shell_take_command(const char **text, struct sx_words *words, size_t *lines, bool *open,
		       struct sx_err *err)
{
	struct reader r = { .p = *text };
	int result = take_words(&r, words, err);

	/* Skip the whole line: nothing of a refused line is run. */
	if (result)
		r.p += strcspn(r.p, "\n");
	if (*r.p == '\n') {
		r.p++;
		r.lines++;
	}
	*text = r.p;
	*lines = r.lines;
	*open = !result && r.open;
	sx_str_dispose(&r.word);
	return result;
}
