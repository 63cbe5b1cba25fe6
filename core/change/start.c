/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What safexl remembers of a change. The start text of a running domain is the text it was created
 * from plus each later change that both domain and file have. By it `diff` tells an edit that waits
 * for the next start from a change that bypassed the file. Nothing else depends on it.
 */
#include "change/private.h"
#include "domain/resolve.h"

#include <string.h>

static bool gives_name(const struct xlcfg_edits *edits)
{
	for (size_t i = 0; i < edits->len; i++)
		if (sx_streq(edits->items[i].key, "name"))
			return true;
	return false;
}

int act_remember(struct walk *w, struct sx_err *err)
{
	const struct change *c = &w->c;
	const struct change_said *said = &c->said, *by = change_by(said);
	const char *name =
		c->scope == FLOW_BOTH && said->second_name ? said->second_name : c->domain.name;

	if (by->family->after && by->family->after(c, err))
		return -1;
	/* Recovery has no plan when the killed process had put the edit in place already. */
	return w->recovers || gives_name(&w->r.plan.edits)
		       ? created_follow(c->env, name, c->domain.uuid, c->path, !said->file, err)
		       : 0;
}

int act_close(struct walk *w, struct sx_err *err)
{
	return journal_close(&w->entry, err);
}

/* The start text with the change made in it, NULL when that cannot be done. Heap string. */
static char *text_with(const struct change *c, const char *start)
{
	struct change_plan plan = { 0 };
	XLCFG_DOC *doc = NULL;
	SX_ERR ignored = { 0 };
	char *text = NULL;
	size_t len;

	if (xlcfg_parse(start, strlen(start), "start", &doc, &ignored) == 0 &&
	    c->said.family->plan(&c->said, c->path, doc, &plan, &ignored) == 0 &&
	    !xlcfg_edits_empty(&plan.edits))
		text = sx_strdup(xlcfg_text(doc, &len));
	change_plan_dispose(&plan);
	return text;
}

void change_note_start(const struct change *c)
{
	CREATED created = { 0 };
	SX_ERR ignored = { 0 };
	bool found = false;
	char *text = NULL;

	if (created_load(c->env, c->domain.name, &created, &found, &ignored) == 0 && found &&
	    sx_streq(created.uuid, c->domain.uuid) && created.start && *created.start)
		text = text_with(c, created.start);
	if (text) {
		sx_put(&created.start, text);
		if (created_save(c->env, &created, &ignored))
			sx_err_clear(&ignored);
	}
}
