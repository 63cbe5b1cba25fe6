/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a change would do, for --dry-run: see change.h. */
#include "change/private.h"

void change_preview_dispose(struct change_preview *p)
{
	free(p->diff);
	free(p->message);
	free(p->path);
	sx_words_dispose(&p->further);
	sx_words_dispose(&p->notices);
	*p = (struct change_preview){ 0 };
}

/* A commit that would be refused. What else keeps a repository from taking it may have passed by then. */
static int check_commit(struct change *c, struct recording *r, struct sx_err *err)
{
	if (xlcfg_edits_empty(&r->plan.edits))
		return 0;
	if (recording_open(r, err)) {
		sx_err_clear(err);
		return 0;
	}
	if (!r->repo || recording_admit(r, err) == 0)
		return 0;
	change_hint_live(c, err);
	return sx_err_wrap(err, "%s: nothing would be changed", c->domain.name);
}

int change_preview(const struct flow_env *env, const char *command, char *const *words,
		   enum flow_scope scope, struct change_preview *out, struct sx_err *err)
{
	CHANGE c = { .env = env, .scope = scope, .words = words };
	SX_CLEANUP(recording_dispose) struct recording r = { 0 };
	struct live *live = NULL;
	size_t len;
	int result = change_begin(&c, command, &live, err);
	bool pass = !result && change_is_passed(&c);

	out->lists = !result && !c.said.domain;
	if (!result && !pass)
		result = change_find_file(&c, err);
	if (!result && !pass) {
		change_recording(&c, &r);
		result = change_plan_all(&c, &r, live, err) || check_commit(&c, &r, err) ? -1 : 0;
	}
	if (!result && !pass) {
		const struct change_said *by = change_by(&c.said);
		const char *new = xlcfg_text(r.doc, &len);

		out->path = sx_strdup(r.image.path);
		out->message = change_message(&c, &r.plan);
		out->notices = sx_steal(&r.plan.edits.notices);
		if (by->family->further && scope == FLOW_BOTH)
			by->family->further(by, &out->further);
		result = repo_diff(r.image.path, sx_str_text(&r.image.text), r.image.text.len, new,
				   len, &out->diff, err);
	}
	live_close(live);
	return result;
}
