/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs xl, mostly with the person's own words: as a step of a change, or alone for --live. */
#include "change/private.h"
#include "domain/domain.h"

static int xl_started(const struct proc_id *id, void *arg, struct sx_err *err)
{
	return journal_child(arg, id, err);
}

/* Index of the domain in the words for xl. An undo names it twice: for itself and for xl. */
static size_t domain_place(const struct change *c)
{
	size_t for_xl = c->said.family->for_xl, i = for_xl ? for_xl + 1 : 0;

	while (c->words[i] && c->words[i] != c->said.domain &&
	       !(for_xl && sx_streq(c->words[i], c->said.domain)))
		i++;
	return i;
}

int change_xl(const struct change *c, struct journal_entry *entry, int *status, struct sx_err *err)
{
	struct {
		SX_VEC_OF(char *);
	} argv = { 0 };
	SX_FREE char *xl = sx_strdup(c->env->xl);
	SX_FREE char *number = domain_number(c->said.domain, &c->domain);
	CHANGE_ASKED asked = { 0 };
	GUARD_DISCARD discard = { .env = c->env };
	int r = 0;

	sx_vec_push(&argv, xl);
	for (size_t i = 0; c->env->xl_options[i]; i++)
		sx_vec_push(&argv, c->env->xl_options[i]);
	for (size_t i = c->said.family->for_xl; c->words[i]; i++)
		sx_vec_push(&argv, number && i == domain_place(c) ? number : c->words[i]);
	for (size_t i = 0; i < c->extra_args.len; i++)
		sx_vec_push(&argv, c->extra_args.items[i]);
	sx_vec_push(&argv, NULL);
	if (change_ask(c, &asked))
		r = guard_discard_begin(c->env, &asked.want, &discard, err);
	if (!r)
		r = guard_discard_run(&discard, c->env->xl, argv.items, entry ? xl_started : NULL,
				      entry, status, err);
	sx_vec_free(&argv);
	return r;
}

int change_live(const struct flow_env *env, const char *command, char *const *words, bool *pass,
		int *status, struct sx_err *err)
{
	CHANGE c = { .env = env, .scope = FLOW_BOTH, .words = words };
	struct live *live = NULL;
	int r;

	/* Here, too, refuse words that xl would read in another way. */
	r = change_parse(command, words, env->cwd, &c.said, err);
	if (!r && c.said.disk_written)
		r = change_find_domain(&c, &live, err);
	live_close(live);
	if (!r)
		r = change_ask_guard(&c, err);
	*pass = !c.said.disk_written || env->dry_run || !env->discard_marker;
	return r || *pass ? r : change_xl(&c, NULL, status, err);
}
