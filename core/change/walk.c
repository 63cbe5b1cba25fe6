/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a change under way owns, and the walk through its steps: see private.h. */
#include "change/private.h"

void change_dispose(struct change *c)
{
	change_said_dispose(&c->said);
	live_domain_dispose(&c->domain);
	free(c->path);
	free(c->live_only);
	sx_words_dispose(&c->overrides);
	sx_words_dispose(&c->facts);
	sx_words_dispose(&c->extra_args);
}

void change_recording(const struct change *c, struct recording *r)
{
	r->env = c->env;
	r->said = &c->said;
	r->path = c->path;
	r->overrides = &c->overrides;
	r->domain = c->domain.name;
	r->uuid = c->domain.uuid;
	r->live_only = c->live_only;
	r->author = &c->env->author;
}

int change_walk(struct walk *w, const struct change_step *steps, struct sx_err *err)
{
	int r = 0;

	for (; !r && steps->run; steps++) {
		r = steps->run(w, err);
		if (r < 0 && steps->failed)
			r = steps->failed(&w->c, err);
	}
	return r;
}

void walk_dispose(struct walk *w)
{
	if (w->holds_signals)
		sigprocmask(SIG_SETMASK, &w->signals, NULL);
	recording_dispose(&w->r);
	journal_entry_dispose(&w->entry);
	record_unlock(&w->locks);
	live_close(w->live);
	change_dispose(&w->c);
	free(w->message);
}
