/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xl, run for a marker: see saved.h. */
#include "guard/saved.h"
#include "host/proc.h"

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

int saved_run_ahead(const struct flow_env *env, struct sx_words *argv, struct marker *m,
		    struct guard_ahead *ahead, int *status, struct sx_err *err)
{
	struct started started = { env, m };

	return guard_ahead_run(ahead, env->xl, sx_words_argv(argv), xl_started, &started, status,
			       err);
}

int saved_run_xl(const struct flow_env *env, struct sx_words *argv, struct marker *m, int *status,
		 struct sx_err *err)
{
	struct started started = { env, m };

	return proc_run(env->xl, sx_words_argv(argv), xl_started, &started, status, err);
}
