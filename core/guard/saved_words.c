/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of save and restore, split as main_save and main_restore in xl_saverestore.c do. */
#include "domain/words.h"
#include "guard/guard.h"

#include <string.h>

static const struct option restore_longs[] = {
	{ "vncviewer", no_argument, NULL, 'V' },
	{ "vncviewer-autopass", no_argument, NULL, 'A' },
	{ NULL, 0, NULL, 0 },
};

void save_words_split(char *const *words, struct saved_words *out)
{
	struct word_list p = { 0 };
	SX_STR seen = { 0 };
	SX_ERR ignored = { 0 };

	if (words_split(words, "cpD", NULL, 1, &p, &seen, &ignored) == 0 && p.len <= 3) {
		out->valid = true;
		out->domain = p.items[0];
		out->image = p.len > 1 ? p.items[1] : NULL;
		out->config = p.len > 2 ? p.items[2] : NULL;
		out->goes_on = strpbrk(sx_str_text(&seen), "cp") != NULL;
		out->paused = strchr(sx_str_text(&seen), 'p') != NULL;
	}
	sx_vec_free(&p);
}

void restore_words_split(char *const *words, struct saved_words *out)
{
	struct word_list p = { 0 };
	SX_STR seen = { 0 };
	SX_ERR ignored = { 0 };

	if (words_split(words, "FcpdeVA", restore_longs, 1, &p, &seen, &ignored) == 0 &&
	    p.len <= 2) {
		out->valid = true;
		out->image = p.items[p.len - 1];
		out->config = p.len == 2 ? p.items[0] : NULL;
		out->stays = strpbrk(sx_str_text(&seen), "Fc") != NULL;
	}
	sx_vec_free(&p);
}
