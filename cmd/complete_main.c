/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * safexl __complete, called by the completion of a shell:
 *   __complete CWORD WORD...       for each candidate three texts, each ended by a NUL: the
 *                                  candidate, its description, and flags: f a file; n no blank
 *                                  after it; , a comma after it; o keep the order
 *   __complete --bash BREAKS LINE [WIDTH]
 *                                  LINE is the line up to the cursor. First the options of compopt
 *                                  for readline, then each candidate as readline inserts it; with
 *                                  WIDTH, as listed in that many columns
 * It prints nothing else, even on failure; the status is 0.
 */
#include "complete_main.h"
#include "complete_line.h"

#include "base/num.h"

#include <string.h>

static void put(const char *text)
{
	fwrite(text, 1, strlen(text) + 1, stdout);
}

static void print_words(const struct candidates *all)
{
	sx_each(const struct candidate, c, all) {
		SX_FREE char *shown = sx_shown(c->description ? c->description : "");

		put(c->text);
		put(shown);
		printf("%s%s%s", all->ordered ? "o" : "", c->file ? "f" : "",
		       c->after == ',' ? ","
		       : c->after      ? ""
				       : "n");
		putchar('\0');
	}
}

/* Print at most `width` characters of it. */
static void put_cut(const char *text, uint64_t width)
{
	const char *p = text;

	for (; *p && width; width--) {
		p++;
		while (((unsigned char)*p & 0xc0) == 0x80)
			p++;
	}
	printf("%.*s%c", (int)(p - text), text, '\0');
}

/*
 * A listed commit needs its subject. readline inserts the common start of the listed texts: the
 * subject comes after the commit's id, and as ids differ it never becomes part of that.
 */
static void put_listed(const char *text, const struct candidate *c, uint64_t width)
{
	SX_FREE char *line = sx_format("%s  %pS", text, c->description ? c->description : "");

	put_cut(line, width);
}

/* readline treats candidates as files only if all of them are. `width` 0: not for a list. */
static void print_bash(const struct command_line *line, const struct candidates *all,
		       uint64_t width)
{
	bool files = all->len, goes_on = all->len;

	for (size_t i = 0; i < all->len; i++) {
		files = files && all->items[i].file;
		goes_on = goes_on && all->items[i].after != ' ';
	}
	printf("%s %s %s", files ? "filenames" : "", goes_on ? "nospace" : "",
	       all->ordered ? "nosort" : "");
	putchar('\0');
	sx_each(const struct candidate, c, all) {
		SX_FREE char *text = command_line_insert(line, c->text, !files);

		if (text && width && all->ordered && all->len > 1)
			put_listed(text, c, width);
		else if (text)
			printf("%s%s%c", text, all->len == 1 && c->after == ',' ? "," : "", '\0');
	}
}

static bool run_bash(const char *breaks, const char *typed, uint64_t width,
		     const struct complete_finder *finder)
{
	COMMAND_LINE line = { 0 };
	CANDIDATES all = { 0 };
	char **words;
	size_t count;

	command_line_read(typed, breaks, &line);
	words = sx_words_argv(&line.words);
	count = line.words.len;
	if (line.redirected) {
		put("default");
		return true;
	}
	/* Skip assignments NAME=VALUE before the command. */
	for (; count > 1 && strchr(words[0], '='); count--)
		words++;
	if (count < 2)
		return true;
	if (!finder->find(finder->arg, words, count - 1, &all))
		return false;
	print_bash(&line, &all, width);
	return true;
}

bool complete_main(int argc, char *const *argv, const struct complete_finder *finder)
{
	CANDIDATES all = { 0 };
	SX_WORDS words = { 0 };
	uint64_t cword = 0, width = 0;
	SX_ERR ignored = { 0 };

	if ((argc == 4 || argc == 5) && sx_streq(argv[1], "--bash")) {
		if (argc == 5 && sx_num_parse(argv[4], 1, UINT16_MAX, &width, &ignored))
			width = 0;
		return run_bash(argv[2], argv[3], width, finder);
	}
	if (argc < 3 || sx_num_parse(argv[1], 1, (uint64_t)argc, &cword, &ignored))
		return true;
	for (int i = 2; i < argc && (uint64_t)i <= cword + 2; i++)
		sx_words_add(&words, argv[i]);
	while (words.len <= cword)
		sx_words_add(&words, "");
	if (!finder->find(finder->arg, sx_words_argv(&words), cword, &all))
		return false;
	print_words(&all);
	return true;
}
