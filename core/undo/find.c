/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds which commit to undo, of which domain, and by which command: see undo.h. */
#include "domain/resolve.h"
#include "host/file.h"
#include "undo/inverse.h"
#include "undo/undo.h"
#include "undo/which.h"
#include "xen/live.h"

#include <string.h>

void undo_dispose(struct undo *u)
{
	history_entry_dispose(&u->entry);
	history_close(u->history);
	free(u->domain);
	sx_words_dispose(&u->words);
	free(u->note);
	*u = (struct undo){ 0 };
}

/* ---- the commit ---- */

static int refuse_file(const struct undo *u, const char *what, struct sx_err *err)
{
	sx_err_set(err, SX_ECONFLICT, "commit %s changed %s, which is %s", u->entry.short_id,
		   u->entry.record.items[0].path, what);
	return sx_err_hint(err, "what it changed: safexl show %s", u->entry.short_id);
}

/* A shallow repository does not tell what its first commit changed. */
static int refuse_first(const struct undo *u, struct sx_err *err)
{

	sx_err_set(err, SX_ECONFLICT,
		   "the history begins with commit %s, as the repository is shallow: what that one "
		   "changed is not known here",
		   u->entry.short_id);
	return sx_err_hint(err, "to get what is before it: git -C %pQ fetch --unshallow",
			   repo_workdir(u->entry.repo));
}

/* Did a command of safexl add or remove each file of the commit? */
static bool moves_files(const struct history_entry *e)
{
	const struct repo_record *r = &e->record;

	if (r->is_cut || !which_is_recorded(e))
		return false;
	for (size_t i = 0; i < r->len; i++)
		if (*r->items[i].before && *r->items[i].after)
			return false;
	return r->len > 0;
}

static int refuse_files(const struct undo *u, struct sx_err *err)
{
	const struct repo_record *r = &u->entry.record;

	sx_err_set(err, SX_ECONFLICT, "commit %s changed %zu files: safexl undoes one",
		   u->entry.short_id, r->len);
	/* To revert the commit that began the history would be to remove all configurations. */
	for (size_t i = 0; i < r->len; i++)
		if (!*r->items[i].before)
			return sx_err_hint(err, "to see it: safexl show %s", u->entry.short_id);
	return sx_err_hint(err, "use git: git -C %pQ revert %s", repo_workdir(u->entry.repo),
			   u->entry.short_id);
}

/* Refuse a commit that did not change exactly one file, or one that is gone. */
static int check_files(const struct undo *u, struct sx_err *err)
{
	const struct repo_record *r = &u->entry.record;

	if (r->is_cut)
		return refuse_first(u, err);
	if (r->len == 1 && access(r->items[0].path, F_OK) == 0)
		return 0;
	if (r->len == 1)
		return refuse_file(u, "not there any more", err);
	return refuse_files(u, err);
}

/* ---- the domain ---- */

/* Is the path the configuration of this domain? `must_run`: only if the domain runs. */
static bool is_file_of(const struct flow_env *env, struct live *live, const char *name,
		       const char *path, bool must_run)
{
	LIVE_DOMAIN d = { 0 };
	RESOLVED resolved = { 0 };
	SX_FREE char *real = NULL;
	SX_ERR ignored = { 0 };
	bool running = live && *name && live_find_name(live, name, &d, &ignored) == 0;

	sx_err_clear(&ignored);
	if (*name && (running || !must_run) &&
	    resolve_domain(env, name, running ? d.uuid : "", &resolved, &ignored) == 0)
		real = realpath(resolved.path, NULL);
	return sx_streq(real, path);
}

/*
 * Take the commit's domain if it runs: the file may have got another name since, for the next
 * start. Else the domain that the file names, else the commit's: a shared file names another one,
 * or none.
 */
static int find_domain(const struct flow_env *env, struct undo *u, struct live *live,
		       struct sx_err *err)
{
	const char *path = u->entry.record.items[0].path;
	FILE_IMAGE image = { 0 };
	XLCFG_DOC *doc = NULL;
	SX_FREE char *name = NULL;

	if (file_read(path, &image, err) ||
	    xlcfg_parse(sx_str_text(&image.text), image.text.len, path, &doc, err))
		return -1;
	name = xlcfg_get_string(doc, "name");
	if (is_file_of(env, live, u->entry.domain, path, true))
		u->domain = sx_strdup(u->entry.domain);
	else if (is_file_of(env, live, name ? name : "", path, false))
		u->domain = sx_steal(&name);
	else if (is_file_of(env, live, u->entry.domain, path, false))
		u->domain = sx_strdup(u->entry.domain);
	else
		return refuse_file(u, "not a domain's configuration", err);
	return 0;
}

/* ---- the command ---- */

/* The xl command of the original change: undoing an undo makes that change again. Heap string. */
static char *root_command(struct undo *u)
{
	SX_FREE char *command = sx_strdup(u->entry.command);
	SX_FREE char *undoes = sx_strdup(u->entry.undoes);
	char *rest, *word;

	for (int depth = 0; *undoes && depth < 100; depth++) {
		HISTORY_ENTRY e = { 0 };
		SX_ERR ignored = { 0 };

		if (history_find(u->history, undoes, &e, &ignored))
			break;
		free(command);
		free(undoes);
		command = sx_steal(&e.command);
		undoes = sx_steal(&e.undoes);
	}
	rest = command;
	while ((word = strsep(&rest, " ")))
		if (change_family_find(word))
			return sx_strdup(word);
	return sx_strdup("");
}

static int find_inverse(struct undo *u, struct inverse *out, struct sx_err *err)
{
	const struct repo_touched *t = &u->entry.record.items[0];
	SX_FREE char *command = root_command(u);
	SX_STR before = { 0 }, after = { 0 };
	XLCFG_DOC *old = NULL;
	XLCFG_DOC *new = NULL;

	if (repo_content(u->entry.repo, t->before, &before, err) ||
	    repo_content(u->entry.repo, t->after, &after, err) ||
	    xlcfg_parse(sx_str_text(&before), before.len, t->path, &old, err) ||
	    xlcfg_parse(sx_str_text(&after), after.len, t->path, &new, err))
		return -1;
	inverse_find(old, new, u->domain, command, out);
	return 0;
}

/* Refuse: no command changes the running domain back, or not one alone. */
static int refuse_live(const struct undo *u, const struct inverse *inverse, struct sx_err *err)
{
	SX_STR keys = { 0 };

	for (size_t i = 0; i < inverse->unknown.len; i++)
		sx_str_addf(&keys, "%s%s", i ? ", " : "", inverse->unknown.items[i]);
	if (keys.len)
		sx_err_set(err, SX_ECONFLICT,
			   "%s: what commit %s changed (%s) cannot be changed back while it runs",
			   u->domain, u->entry.short_id, sx_str_text(&keys));
	else
		sx_err_set(err, SX_ECONFLICT,
			   "%s: undoing commit %s in the running domain takes %zu commands",
			   u->domain, u->entry.short_id, inverse->commands);
	return sx_err_hint(err,
			   "to undo it in the file, for the next create: "
			   "safexl --config undo %s",
			   u->entry.short_id);
}

/* Does the running domain already show the result of the undo? Then only the file has to follow. */
static bool is_live(const struct flow_env *env, struct live *live, const struct undo *u,
		    const struct sx_words *words)
{
	enum change_truth truth = CHANGE_NOT_LIVE;
	struct sx_words copy = *words;
	CHANGE c = { .env = env, .scope = FLOW_BOTH, .running = true };
	SX_ERR ignored = { 0 };

	c.words = sx_words_argv(&copy);
	c.path = sx_strdup(u->entry.record.items[0].path);
	if (change_parse(c.words[0], c.words, env->cwd, &c.said, &ignored) || !c.said.domain ||
	    live_find_name(live, u->domain, &c.domain, &ignored))
		return false;
	if (change_discover(&c, live, &ignored))
		sx_err_clear(&ignored);
	return change_verify(&c.said, live, &c.domain, &truth, &ignored) == 0 &&
	       truth == CHANGE_LIVE;
}

static bool is_running(struct live *live, const char *name)
{
	LIVE_DOMAIN d = { 0 };
	SX_ERR ignored = { 0 };

	return live && live_find_name(live, name, &d, &ignored) == 0;
}

/*
 * Choose scope and words. The reversing command is needed for the file alone as well: its edit may
 * serve where the lines cannot be merged back. change_run refuses a domain that does not run.
 */
static int choose(const struct flow_env *env, struct undo *u, struct live *live, struct sx_err *err)
{
	bool live_too = u->scope == FLOW_BOTH && is_running(live, u->domain);
	INVERSE inverse = { 0 };
	bool possible;

	if (find_inverse(u, &inverse, err))
		return -1;
	possible = inverse.chosen || (!inverse.unknown.len && inverse.commands == 1);
	for (size_t i = 0; possible && i < inverse.words.len; i++)
		sx_words_add(&u->words, inverse.words.items[i]);
	if (!live_too)
		return 0;
	if (!inverse.unknown.len && !inverse.commands)
		u->note = sx_strdup("the running domain is not affected");
	else if (!possible)
		return refuse_live(u, &inverse, err);
	else if (is_live(env, live, u, &inverse.words))
		u->note = sx_strdup("the running domain does not have that change");
	else
		return 0;
	u->scope = FLOW_CONFIG;
	return 0;
}

/* Find the change and, unless it added or removed files, the command that reverses it. */
static int find_all(const struct flow_env *env, struct live *live, const char *word,
		    const char *device, struct undo *u, struct sx_err *err)
{
	if (which_change(env, live, u->history, word, device, &u->entry, err))
		return -1;
	u->files = moves_files(&u->entry);
	if (u->files)
		return 0;
	if (check_files(u, err) || find_domain(env, u, live, err))
		return -1;
	sx_words_add(&u->words, "undo");
	sx_words_add(&u->words, u->entry.record.id);
	sx_words_add(&u->words, u->domain);
	return choose(env, u, live, err);
}

int undo_find(const struct flow_env *env, const char *word, const char *device,
	      enum flow_scope scope, struct undo *out, struct sx_err *err)
{
	UNDO u = { .scope = scope };
	struct live *live = NULL;
	SX_ERR no_xen = { 0 };
	int r;

	if (history_open(env, NULL, &u.history, err))
		return -1;
	if (live_open(&live, &no_xen))
		live = NULL;
	r = find_all(env, live, word, device, &u, err);
	live_close(live);
	if (r)
		return -1;
	*out = sx_steal(&u);
	return 0;
}
