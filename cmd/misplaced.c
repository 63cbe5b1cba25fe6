/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds options of safexl's after a command of xl's: see misplaced.h. */
#include "misplaced.h"

#include <string.h>

/* Is the next word the value of this option, as in "-m TEXT"? */
static bool takes_next(const struct sx_option *option, const char *word)
{
	return option->value && (word[1] == '-' ? !strchr(word, '=') : !word[2]);
}

char *misplaced_line(char *const *typed, char *const *argv)
{
	SX_WORDS before = { 0 }, behind = { 0 };
	bool moved = false, ended = false;
	SX_STR line = { 0 };

	for (char *const *p = typed; *p && p[0] != argv[0]; p++)
		sx_words_add(&before, *p);
	for (char *const *p = argv; *p; p++) {
		const struct sx_option *option = ended ? NULL : sx_option_of(*p);

		ended |= sx_streq(*p, "--");
		moved |= option != NULL;
		sx_words_add(option ? &before : &behind, *p);
		if (option && takes_next(option, *p) && p[1])
			sx_words_add(&before, *++p);
	}
	sx_str_add_words(&line, sx_words_argv(&before));
	sx_str_addc(&line, ' ');
	sx_str_add_words(&line, sx_words_argv(&behind));
	return moved ? sx_str_take(&line) : NULL;
}

const char *misplaced_find(char *const *argv)
{
	static const char *const ours[] = { "config", "message", "dry-run", "discard-marker",
					    "json" };

	for (char *const *p = argv + 1; argv[0] && *p && !sx_streq(*p, "--"); p++) {
		const struct sx_option *option = sx_option_of(*p);

		for (size_t k = 0; option && (*p)[1] == '-' && k < SX_COUNT(ours); k++)
			if (sx_streq(option->name, ours[k]))
				return *p;
	}
	return NULL;
}
