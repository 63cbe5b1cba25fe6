/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the file of an edit, judges its private copy and records it: see edit.h. */
#include "domain/domain.h"
#include "domain/resolve.h"
#include "family/edit_private.h"
#include "git/log.h"
#include "host/file.h"

#include <errno.h>
#include <string.h>

void edit_dispose(struct edit *e)
{
	free(e->domain);
	free(e->path);
	free(e->dir);
	free(e->copy);
	sx_words_dispose(&e->words);
	if (e->held > 0)
		close(e->held);
	*e = (struct edit){ 0 };
}

/* ---- which file ---- */

static bool is_running(const struct flow_env *env, const char *name)
{
	LIVE_DOMAIN d = { 0 };
	SX_ERR ignored = { 0 };

	return domain_look(env, name, &d, &ignored) == 0 && !domain_has_ended(d.state);
}

/* Find the file by its path. The domain is its `name`, else the file's own name. */
static int find_by_path(const struct flow_env *env, const char *word, struct edit *e,
			struct sx_err *err)
{
	SX_FREE char *joined = NULL;
	FILE_IMAGE image = { 0 };
	XLCFG_DOC *doc = NULL;
	SX_ERR ignored = { 0 };

	if (sx_path_absolute(env->cwd, word, &joined, err) || file_read(joined, &image, err))
		return -1;
	e->path = sx_strdup(image.path);
	if (xlcfg_parse(sx_str_text(&image.text), image.text.len, e->path, &doc, &ignored) == 0)
		e->domain = xlcfg_get_string(doc, "name");
	if (!e->domain || !*e->domain) {
		free(e->domain);
		e->domain = sx_path_base(e->path);
	}
	e->running = is_running(env, e->domain);
	return 0;
}

static int find_by_domain(const struct flow_env *env, const char *word, struct edit *e,
			  struct sx_err *err)
{
	LIVE_DOMAIN d = { 0 };
	RESOLVED resolved = { 0 };
	SX_ERR ignored = { 0 };
	int r;

	e->running = domain_look(env, word, &d, &ignored) == 0;
	e->domain = sx_strdup(e->running ? d.name : word);
	/* A domain that has ended does not count as running: it gets the file at its next start. */
	e->running = e->running && !domain_has_ended(d.state);
	r = resolve_domain(env, e->domain, d.uuid, &resolved, err);
	if (!r)
		e->path = realpath(resolved.path, NULL);
	if (!r && !e->path)
		r = sx_err_sys(err, SX_ENOCONFIG, "%s", resolved.path);
	return r ? sx_err_wrap(err, "%s", e->domain) : 0;
}

/* ---- the copy ---- */

static void note_words(struct edit *e)
{
	sx_words_add(&e->words, "edit");
	sx_words_add(&e->words, e->domain);
	sx_words_add(&e->words, e->dir);
	sx_words_add(&e->words, e->path);
}

int edit_begin(const struct flow_env *env, const char *word, struct edit *out, struct sx_err *err)
{
	EDIT e = { 0 };

	if ((strchr(word, '/') ? find_by_path(env, word, &e, err)
			       : find_by_domain(env, word, &e, err)) ||
	    edit_copy_make(env, &e, err)) {
		if (e.dir)
			edit_discard(env, &e);
		return -1;
	}
	note_words(&e);
	*out = sx_steal(&e);
	return 0;
}

/* The configuration is gone or unreadable: hint at the copy, which is all there is. */
static int lost(const char *name, const char *copy, struct sx_err *err)
{

	return sx_err_hint(err, "the text is kept: %s\nto remove it: safexl edit --drop %pQ", copy,
			   name);
}

int edit_resume(const struct flow_env *env, const char *name, struct edit *out, struct sx_err *err)
{
	EDIT e = { 0 };
	SX_FREE char *path = NULL;

	if (edit_open(env, name, &e, err))
		return -1;
	path = sx_steal(&e.path);
	if (find_by_path(env, path, &e, err))
		return lost(name, e.copy, err);
	note_words(&e);
	*out = sx_steal(&e);
	return 0;
}

/* ---- the judgement ---- */

void edit_judgement_dispose(struct edit_judgement *j)
{
	sx_str_dispose(&j->keys);
	sx_str_dispose(&j->diff);
	inspect_report_dispose(&j->report);
}

static int inspect_text(const struct flow_env *env, const char *path, const struct sx_str *text,
			struct inspect_report *out, struct sx_err *err)
{
	SX_FREE char *copy = sx_strdup(path);
	char *paths[] = { copy, NULL };
	struct inspect_options options = { .paths = paths, .text = text };

	return inspect_run(env, &options, out, err);
}

static int judge_change(const struct flow_env *env, const struct edit *e, const struct sx_str *base,
			const struct sx_str *copy, struct edit_judgement *out, struct sx_err *err)
{
	SX_CLEANUP(inspect_report_dispose) struct inspect_report before = { 0 };
	SX_FREE char *diff = NULL;
	XLCFG_DOC *doc = NULL;
	SX_ERR ignored = { 0 };

	if (xlcfg_check(sx_str_text(copy), copy->len, e->path, err) ||
	    xlcfg_parse(sx_str_text(copy), copy->len, e->path, &doc, err))
		return -1;
	out->was_broken = xlcfg_differing_keys(sx_str_text(base), sx_str_text(copy), &out->keys,
					       &ignored) != 0;
	if (out->was_broken)
		sx_str_add(&out->keys, "all of it");
	if (repo_diff(e->path, sx_str_text(base), base->len, sx_str_text(copy), copy->len, &diff,
		      err))
		return -1;
	sx_str_add(&out->diff, diff);
	if (inspect_text(env, e->path, copy, &out->report, err))
		return -1;
	if (out->report.len && inspect_text(env, e->path, base, &before, err))
		return -1;
	inspect_report_subtract(&out->report, &before);
	return 0;
}

int edit_judge(const struct flow_env *env, const struct edit *e, struct edit_judgement *out,
	       struct sx_err *err)
{
	SX_FREE char *base_path = edit_base_of(e->dir);
	FILE_IMAGE base = { 0 };
	FILE_IMAGE copy = { 0 };

	*out = (struct edit_judgement){ 0 };
	if (file_read(base_path, &base, err) || file_read(e->copy, &copy, err))
		return -1;
	out->changed = base.text.len != copy.text.len ||
		       memcmp(sx_str_text(&base.text), sx_str_text(&copy.text), base.text.len) != 0;
	return out->changed ? judge_change(env, e, &base.text, &copy.text, out, err) : 0;
}

/* ---- the change: words are "edit", the domain, the directory of the copy, the file ---- */

static int edited_parse(struct change_said *said, struct sx_err *err)
{
	char *const *words = said->words;

	if (!words[1] || !words[2] || !words[3])
		return sx_err_set(err, SX_EUSAGE,
				  "edit: one domain or configuration file is needed");
	said->domain = words[1];
	said->file = words[3];
	said->by_hand = true;
	return 0;
}

static char *subject_of(const struct change_plan *plan)
{
	SX_STR s = { 0 };
	const char *last = "";

	for (size_t i = 0; i < plan->edits.len; i++) {
		const char *key = plan->edits.items[i].key;

		if (!sx_streq(key, last))
			sx_str_addf(&s, "%s%s", s.len ? ", " : "edit ", key);
		last = key;
	}
	if (s.len > 60) {
		sx_str_clear(&s);
		sx_str_add(&s, "edit many keys");
	}
	return s.len ? sx_str_take(&s) : sx_strdup("edit what xl does not read");
}

/* Merge changes made to the file meanwhile; SX_ECONFLICT if they touch the same lines. */
static int edited_plan(const struct change_said *said, const char *path, struct xlcfg *doc,
		       struct change_plan *plan, struct sx_err *err)
{
	char *const *words = said->words;
	SX_FREE char *base_path = edit_base_of(words[2]);
	SX_FREE char *name = sx_path_base(words[3]), *copy_path = sx_path_join(words[2], name);
	FILE_IMAGE base = { 0 };
	FILE_IMAGE copy = { 0 };
	FILE_IMAGE now = { 0 };
	SX_STR result = { 0 };
	bool merged;

	if (file_read(base_path, &base, err) || file_read(copy_path, &copy, err) ||
	    file_read(path, &now, err) ||
	    repo_merge(&base.text, &now.text, &copy.text, &merged, &result, err))
		return -1;
	if (!merged)
		return sx_err_set(err, SX_ECONFLICT, "%s was changed meanwhile, in the same lines",
				  path);
	if (xlcfg_check(sx_str_text(&result), result.len, path, err) ||
	    xlcfg_edits_set_text(&plan->edits, doc, sx_str_text(&result), result.len, err))
		return -1;
	plan->subject = subject_of(plan);
	return 0;
}

const struct change_family edit_family = {
	.command = "edit",
	.typed = 2,
	.parse = edited_parse,
	.plan = edited_plan,
};
