/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * undo as a change: the words are "undo", the commit, the domain, and those of the command that
 * reverses the commit in the running domain, if there is one. That command's family then judges and
 * verifies the change; the file's text comes from the history.
 */
#include "history/entry.h"
#include "host/file.h"
#include "undo/refuse.h"
#include "undo/undo.h"

#include <string.h>

struct reversal {
	const char *commit;
	struct change_said inner; /* the reversing command; no family: the file only */
};

static void reversal_dispose(void *data)
{
	change_said_dispose(&((struct reversal *)data)->inner);
}

static int reversal_parse(struct change_said *said, struct sx_err *err)
{
	struct reversal *u = said->data;
	char *const *words = said->words;

	if (!words[1] || !words[2])
		return sx_err_set(err, SX_EUSAGE, "undo: a commit and a domain are needed");
	u->commit = words[1];
	said->domain = words[2];
	if (!words[3])
		return 0;
	if (!change_family_find(words[3]) ||
	    change_parse(words[3], words + 3, said->cwd, &u->inner, err) ||
	    !sx_streq(u->inner.domain, words[2])) {
		if (!err->code)
			sx_err_set(err, SX_EUSAGE, "undo: '%s' reverses no change of %s", words[3],
				   words[2]);
		return -1;
	}
	said->reverse = &u->inner;
	said->second_name = u->inner.second_name;
	said->disk_written = u->inner.disk_written;
	return 0;
}

/* ---- the text ---- */

struct texts {
	struct sx_str before, after; /* the file before and after the commit */
	struct sx_str present, result;
	struct sx_words notices; /* of the edit that made `result` */
};

static void texts_dispose(struct texts *t)
{
	sx_str_dispose(&t->before);
	sx_str_dispose(&t->after);
	sx_str_dispose(&t->present);
	sx_str_dispose(&t->result);
	sx_words_dispose(&t->notices);
}

/* Do both change the same thing in the same way? */
static bool same_difference(const struct xlcfg_difference *a, const struct xlcfg_difference *b)
{
	return a->intent.op == b->intent.op && sx_streq(a->intent.key, b->intent.key) &&
	       sx_streq(a->intent.text, b->intent.text) && sx_streq(a->old, b->old);
}

/* Do both lists hold the same differences, in any order? */
static bool same_differences(const struct xlcfg_differences *a, const struct xlcfg_differences *b)
{
	SX_FREE bool *used = sx_alloc(b->len + 1);

	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++) {
		size_t j = 0;

		while (j < b->len && (used[j] || !same_difference(&a->items[i], &b->items[j])))
			j++;
		if (j == b->len)
			return false;
		used[j] = true;
	}
	return true;
}

/* Does `result` differ from `present` exactly as `before` differs from `after`? */
static bool is_reversed(const struct texts *t, const char *path)
{
	struct xlcfg *docs[4] = { NULL };
	const struct sx_str *texts[] = { &t->after, &t->before, &t->present, &t->result };
	XLCFG_DIFFERENCES want = { 0 };
	XLCFG_DIFFERENCES is = { 0 };
	SX_ERR ignored = { 0 };
	bool good = true;

	for (size_t i = 0; good && i < SX_COUNT(docs); i++)
		good = xlcfg_parse(sx_str_text(texts[i]), texts[i]->len, path, &docs[i],
				   &ignored) == 0;
	if (good) {
		xlcfg_compare(docs[0], docs[1], &want);
		xlcfg_compare(docs[2], docs[3], &is);
		good = same_differences(&want, &is);
	}
	for (size_t i = 0; i < SX_COUNT(docs); i++)
		xlcfg_free(docs[i]);
	return good;
}

static void take(struct sx_str *to, const struct sx_str *from)
{
	sx_str_clear(to);
	sx_str_addn(to, sx_str_text(from), from->len);
}

/*
 * Make the file's new text: the old one if nothing changed since, else a merge that takes the
 * change back, else the edit that the reversing command makes. *made false: none of these fits.
 */
static int make_result(const struct reversal *u, const char *path, struct texts *t, bool *made,
		       struct sx_err *err)
{
	SX_CLEANUP(change_plan_dispose) struct change_plan plan = { 0 };
	XLCFG_DOC *doc = NULL;
	SX_ERR ignored = { 0 };
	const char *text;
	size_t len;

	*made = true;
	if (t->present.len == t->after.len &&
	    memcmp(sx_str_text(&t->present), sx_str_text(&t->after), t->after.len) == 0) {
		take(&t->result, &t->before);
		return 0;
	}
	if (repo_merge(&t->after, &t->present, &t->before, made, &t->result, err))
		return -1;
	if (*made && is_reversed(t, path))
		return 0;
	*made = false;
	if (!u->inner.family ||
	    xlcfg_parse(sx_str_text(&t->present), t->present.len, path, &doc, &ignored) ||
	    u->inner.family->plan(&u->inner, path, doc, &plan, &ignored))
		return 0;
	text = xlcfg_text(doc, &len);
	sx_str_clear(&t->result);
	sx_str_addn(&t->result, text, len);
	t->notices = sx_steal(&plan.edits.notices);
	*made = is_reversed(t, path);
	return 0;
}

/* ---- the plan ---- */

/* Read the file before and after the commit. SX_ECONFLICT: the commit did not just change it. */
static int read_texts(struct repo *repo, const struct reversal *u, const char *path,
		      struct history_entry *e, struct texts *t, struct sx_err *err)
{
	const struct repo_touched *touched;
	SX_FREE char *dir = NULL;
	SX_WORDS places = { 0 };

	sx_words_add(&places, path);
	if (repo_record_find(repo, u->commit, &places, &e->record, err))
		return -1;
	if (e->record.len != 1)
		return sx_err_set(err, SX_ECONFLICT, "commit %.7s did not change %s", u->commit,
				  path);
	history_entry_fill(e, repo);
	touched = &e->record.items[0];
	if (!*touched->before || !*touched->after) {
		sx_err_set(err, SX_ECONFLICT, "commit %s %s %s: that is not undone by safexl",
			   e->short_id, *touched->before ? "removed" : "added", path);
		dir = sx_quoted(repo_workdir(repo));
		return sx_err_hint(err, "use git: git -C %s revert %s", dir, e->short_id);
	}
	if (repo_content(repo, touched->before, &t->before, err))
		return -1;
	return repo_content(repo, touched->after, &t->after, err);
}

char *undo_subject(const struct history_entry *e)
{
	if (sx_starts_with(e->what, "undo \""))
		return sx_format("redo %s", e->what + strlen("undo "));
	if (sx_starts_with(e->what, "redo \""))
		return sx_format("undo %s", e->what + strlen("redo "));
	return sx_format("undo \"%s\"", e->what);
}

static int plan_on(struct repo *repo, const struct reversal *u, const char *path, struct xlcfg *doc,
		   struct change_plan *plan, struct sx_err *err)
{
	SX_CLEANUP(texts_dispose) struct texts t = { 0 };
	HISTORY_ENTRY e = { 0 };
	SX_FREE char *name = NULL;
	struct undo_refusal refusal;
	const char *present;
	size_t len;
	bool made;

	present = xlcfg_text(doc, &len);
	sx_str_addn(&t.present, present, len);
	if (read_texts(repo, u, path, &e, &t, err) || make_result(u, path, &t, &made, err))
		return -1;
	name = xlcfg_get_string(doc, "name");
	refusal = (struct undo_refusal){ .repo = repo,
					 .commit = e.record.id,
					 .path = path,
					 .before = &t.before,
					 .after = &t.after,
					 .present = &t.present,
					 .domain = name ? name : e.domain };
	if (!made)
		return undo_refuse(&refusal, err);
	plan->subject = undo_subject(&e);
	plan->trailers = sx_format("Undoes: %s\n", e.record.id);
	plan->edits.notices = sx_steal(&t.notices);
	if (t.result.len == t.present.len &&
	    memcmp(sx_str_text(&t.result), present, t.present.len) == 0)
		return undo_refuse(&refusal, err);
	return xlcfg_edits_set_text(&plan->edits, doc, sx_str_text(&t.result), t.result.len, err);
}

static int reversal_plan(const struct change_said *said, const char *path, struct xlcfg *doc,
			 struct change_plan *plan, struct sx_err *err)
{
	const struct reversal *u = said->data;
	SX_FREE char *real = realpath(path, NULL);
	SX_FREE char *dir = sx_path_dir(real ? real : path);
	struct repo *repo = NULL;
	int r;

	if (repo_open(dir, &repo, err))
		return -1;
	if (!repo)
		return sx_err_set(err, SX_ECONFLICT, "%s has no history", path);
	r = plan_on(repo, u, real ? real : path, doc, plan, err);
	repo_close(repo);
	return r;
}

/* ---- the running domain, where no command reverses it there ---- */

static int reversal_verify(const struct change_said *said SX_UNUSED, struct live *live SX_UNUSED,
			   const struct live_domain *domain SX_UNUSED, enum change_truth *truth,
			   struct sx_err *err SX_UNUSED)
{
	*truth = CHANGE_LIVE;
	return 0;
}

const struct change_family undo_family = {
	.command = "undo",
	.typed = 2,
	.for_xl = 3,
	.size = sizeof(struct reversal),
	.parse = reversal_parse,
	.dispose = reversal_dispose,
	.plan = reversal_plan,
	.verify = reversal_verify,
};
