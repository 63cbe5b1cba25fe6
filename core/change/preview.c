/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a change would do, for --dry-run: see change.h. */
#include "change/private.h"

void change_preview_dispose(struct change_preview *p)
{
	free(p->diff);
	free(p->message);
	free(p->path);
	sx_words_dispose(&p->extra_args);
	sx_words_dispose(&p->notices);
	*p = (struct change_preview){ 0 };
}

/* Would the commit be refused? Other obstacles in the repository may be gone by the real run. */
static int check_commit(struct walk *w, struct sx_err *err)
{
	if (xlcfg_edits_empty(&w->r.plan.edits))
		return 0;
	if (recording_open(&w->r, err)) {
		sx_err_clear(err);
		return 0;
	}
	if (!w->r.repo || recording_admit(&w->r, err) == 0)
		return 0;
	change_hint_live(&w->c, err);
	return sx_err_wrap(err, "%s: nothing would be changed", w->c.domain.name);
}

static int show(struct walk *w, struct change_preview *out, struct sx_err *err)
{
	const struct file_image *old = &w->r.image;
	size_t len;
	const char *new = xlcfg_text(w->r.doc, &len);

	out->path = sx_strdup(old->path);
	out->message = change_message(&w->c, &w->r.plan);
	out->notices = sx_steal(&w->r.plan.edits.notices);
	if (w->c.scope == FLOW_BOTH)
		out->extra_args = sx_steal(&w->c.extra_args);
	return repo_diff(old->path, sx_str_text(&old->text), old->text.len, new, len, &out->diff,
			 err);
}

int change_preview(const struct flow_env *env, const char *command, char *const *words,
		   enum flow_scope scope, struct change_preview *out, struct sx_err *err)
{
	WALK w = { .c = { .env = env, .scope = scope, .words = words },
		   .command = command,
		   .preview = true };
	int r = change_walk(&w, change_look, err);

	out->lists = r > 0 && !w.c.said.domain;
	if (r)
		return r < 0 ? -1 : 0;
	return check_commit(&w, err) || show(&w, out, err) ? -1 : 0;
}
