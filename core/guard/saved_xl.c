/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Run xl for a marker, and split its arguments: save and restore as main_save and main_restore in
 * xl_saverestore.c. See saved.h and guard.h.
 */
#include "domain/words.h"
#include "guard/saved.h"
#include "host/proc.h"

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

void saved_xl_words(const struct flow_env *env, char *const *words, const char *old_word,
		    const char *new_word, struct sx_words *out)
{
	sx_words_add(out, env->xl);
	sx_words_add_all(out, env->xl_options);
	for (size_t i = 0; words[i]; i++)
		sx_words_add(out, old_word && words[i] == old_word ? new_word : words[i]);
	if (!old_word && new_word)
		sx_words_add(out, new_word);
}

void saved_give_number(struct sx_words *argv, const char *word, const char *number)
{
	for (size_t i = 1; number && i < argv->len; i++) {
		if (!sx_streq(argv->items[i], word))
			continue;
		sx_set(&argv->items[i], number);
		return;
	}
}

struct started {
	const struct flow_env *env;
	struct marker *marker;
};

static int xl_started(const struct proc_id *id, void *arg, struct sx_err *err)
{
	struct started *s = arg;

	s->marker->child = *id;
	return marker_write(s->env, s->marker, err);
}

int saved_run_discarding(const struct flow_env *env, struct sx_words *argv, struct marker *m,
			 struct guard_discard *discard, int *status, struct sx_err *err)
{
	struct started started = { env, m };

	return guard_discard_run(discard, env->xl, sx_words_argv(argv), xl_started, &started,
				 status, err);
}

int saved_run_xl(const struct flow_env *env, struct sx_words *argv, struct marker *m, int *status,
		 struct sx_err *err)
{
	struct started started = { env, m };

	return proc_run(env->xl, sx_words_argv(argv), xl_started, &started, status, err);
}
