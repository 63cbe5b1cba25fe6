/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Split a command's arguments: see words.h. */
#include "domain/words.h"

static void copy_words(char *const *words, struct word_list *out)
{
	size_t n = 0;

	while (words[n])
		sx_vec_push(out, words[n++]);
	sx_vec_push(out, NULL);
}

int words_split(char *const *words, const char *letters, const struct option *longs, size_t least,
		struct word_list *positionals, struct sx_str *seen, struct sx_err *err)
{
	static const struct option none[] = { { NULL, 0, NULL, 0 } };
	struct word_list copy = { 0 };
	int argc, c;

	/* On a copy, as getopt permutes it: xl gets the arguments in the order typed. */
	copy_words(words, &copy);
	argc = (int)copy.len - 1;
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, copy.items, letters, longs ? longs : none, NULL)) != -1) {
		if (c == '?') {
			sx_err_set(err, SX_EUSAGE, "%s: unknown option '%s'", words[0],
				   copy.items[optind > 1 ? optind - 1 : 1]);
			sx_vec_free(&copy);
			return -1;
		}
		if (seen)
			sx_str_addc(seen, (char)c);
	}
	for (int i = optind; i < argc; i++)
		sx_vec_push(positionals, copy.items[i]);
	sx_vec_push(positionals, NULL);
	positionals->len--;
	sx_vec_free(&copy);
	if (positionals->len < least)
		return sx_err_set(err, SX_EUSAGE, "%s: missing argument%s", words[0],
				  least - positionals->len == 1 ? "" : "s");
	if (!*positionals->items[0])
		return sx_err_set(err, SX_EUSAGE,
				  "%s: the domain is empty (xl would take Domain-0)", words[0]);
	return 0;
}

const char *words_value(char *const *words, const char *letters, const struct option *longs,
			int wanted)
{
	struct word_list copy = { 0 };
	const char *value = NULL;
	int argc, c;

	copy_words(words, &copy);
	argc = (int)copy.len - 1;
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, copy.items, letters, longs, NULL)) != -1)
		if (c == wanted)
			value = optarg;
	sx_vec_free(&copy);
	return value;
}

int words_at_most(const char *command, const struct word_list *positionals, size_t most,
		  struct sx_err *err)
{
	return positionals->len <= most ? 0
					: sx_err_set(err, SX_EUSAGE, "%s: unexpected argument '%s'",
						     command, positionals->items[most]);
}
