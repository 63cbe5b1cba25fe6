/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: whatever line is typed, in our shell or at the completion of another, splitting it
 * ends and never crashes; words that are quoted are split to the same words; what completion puts in
 * is what the shell reads.
 */
#include "../../cmd/complete_line.h"
#include "../../cmd/shell.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void fail(const char *what, const char *text)
{
	fprintf(stderr, "words_read: %s: %s\n", what, text);
	abort();
}

static bool same(const struct sx_words *a, const struct sx_words *b)
{
	for (size_t i = 0; i < a->len && i < b->len; i++)
		if (!sx_streq(a->items[i], b->items[i]))
			return false;
	return a->len == b->len;
}

/* Our own quoting, of words that were read, is read as the same words, in one line. */
static void quote_again(const struct sx_words *words)
{
	SX_STR quoted = { 0 };
	SX_WORDS again = { 0 };
	SX_ERR err = { 0 };
	const char *text;
	size_t lines;
	bool open;

	for (size_t i = 0; i < words->len; i++) {
		sx_str_add(&quoted, i ? " " : "");
		sx_str_add_quoted(&quoted, words->items[i]);
	}
	text = sx_str_text(&quoted);
	if (shell_take_command(&text, &again, &lines, &open, &err) || open || *text)
		fail("quoted words are refused", sx_str_text(&quoted));
	if (!same(words, &again))
		fail("quoted words are others", sx_str_text(&quoted));
}

static void read_script(const char *text)
{
	while (*text) {
		SX_WORDS words = { 0 };
		SX_ERR err = { 0 };
		const char *before = text;
		size_t lines;
		bool open;

		if (shell_take_command(&text, &words, &lines, &open, &err)) {
			if (err.code != SX_EUSAGE || !err.msg)
				fail("refused without a reason", before);
		} else if (!open) {
			quote_again(&words);
		}
		if (text == before)
			fail("no end", text);
	}
}

/* The candidate is the last word so far and something more. */
static void complete(const char *line)
{
	COMMAND_LINE at = { 0 };
	SX_FREE char *candidate = NULL;
	SX_FREE char *insert = NULL;
	const char *last;

	command_line_read(line, "\"'><=;|&(:", &at);
	if (!at.words.len)
		fail("no word at the cursor", line);
	last = at.words.items[at.words.len - 1];
	if (at.fixed > strlen(last))
		fail("more is fixed than there is", line);
	candidate = sx_format("%s x'\"$\n", last);
	insert = command_line_insert(&at, candidate, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	SX_FREE char *text = sx_strndup((const char *)data, len);

	read_script(text);
	complete(text);
	return 0;
}
