/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plan of a change, the family that makes it, and what its words say: see change.h. */
#include "change/change.h"

void change_plan_dispose(struct change_plan *plan)
{
	xlcfg_edits_dispose(&plan->edits);
	free(plan->subject);
	free(plan->already);
	free(plan->instead);
	free(plan->trailers);
	*plan = (struct change_plan){ 0 };
}

const struct change_family *change_family_find(const char *command)
{
	for (const struct change_family *const *f = change_families; *f; f++)
		if (sx_streq((*f)->command, command))
			return *f;
	return NULL;
}

int change_parse(const struct change_family *family, char *const *words, const char *cwd,
		 struct change_said *out, struct sx_err *err)
{
	*out = (struct change_said){ .family = family, .kind = family };
	if (family->size)
		out->own = sx_alloc(family->size);
	out->data = out->own;
	return family->parse(words, cwd, out, err);
}

void change_said_dispose(struct change_said *said)
{
	if (said->own && said->family->dispose)
		said->family->dispose(said->own);
	free(said->own);
	*said = (struct change_said){ 0 };
}

int change_ask_facts(struct change *c, struct live *live, struct sx_err *err)
{
	const struct change_family *kind = c->said.kind;

	if (!kind->ask)
		return 0;
	if (kind->ask(c, live, &c->facts, err))
		return -1;
	kind->learn(c->said.data, sx_words_argv(&c->facts));
	return 0;
}

int change_verify(const struct change_said *said, struct live *live,
		  const struct live_domain *domain, enum change_truth *truth, struct sx_err *err)
{
	*truth = CHANGE_NOT_LIVE;
	return said->kind->verify ? said->kind->verify(said->data, live, domain, truth, err) : 0;
}
