/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files that are added or removed with their commit: see deed.h. First comes a note of the deed
 * (STATE/deed), then the commit, then the files; the note is removed last. After a kill, git tells
 * the next safexl whether the deed counts: it does once it is in the index.
 */
#include "managed/deed.h"
#include "change/record.h"
#include "host/json.h"
#include "host/sync.h"
#include "managed/private.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const long long format_version = 1;

static const struct json_member file_members[] = {
	{ "path", JSON_TEXT, false, NULL },    { "before", JSON_TEXT, true, NULL },
	{ "after", JSON_TEXT, true, NULL },    { "mode", JSON_NUMBER, false, NULL },
	{ "ignored", JSON_BOOL, false, NULL }, { NULL, JSON_TEXT, false, NULL },
};

static const struct json_member members[] = {
	{ "version", JSON_NUMBER, false, NULL },	{ "domain", JSON_TEXT, false, NULL },
	{ "command", JSON_TEXT, false, NULL },		{ "message", JSON_TEXT, false, NULL },
	{ "author_name", JSON_TEXT, false, NULL },	{ "author_email", JSON_TEXT, false, NULL },
	{ "files", JSON_OBJECTS, false, file_members }, { NULL, JSON_TEXT, false, NULL },
};

#define RECORDING SX_CLEANUP(recording_dispose) struct recording

void deed_dispose(struct deed *d)
{
	for (size_t i = 0; i < d->len; i++) {
		free(d->items[i].path);
		free(d->items[i].before);
		free(d->items[i].after);
	}
	sx_vec_free(d);
	free(d->subject);
	free(d->trailers);
	*d = (struct deed){ 0 };
}

void deed_add(struct deed *d, char *path, char *before, char *after, unsigned mode)
{
	struct deed_file f = { .path = path, .before = before, .after = after, .mode = mode };

	sx_vec_push(d, f);
}

char *deed_config(const struct deed *d)
{
	const struct deed_file *first = &d->items[0];
	const char *target = first->after ? first->after : first->before;
	SX_FREE char *dir = sx_path_dir(first->path), *path = NULL;
	char *real;

	if (!S_ISLNK(first->mode))
		return sx_strdup(first->path);
	path = *target == '/' ? sx_strdup(target) : sx_path_join(dir, target);
	real = realpath(path, NULL);
	return real ? real : sx_steal(&path);
}

/* ---- the note of a deed ---- */

static char *note_path(const struct flow_env *env)
{
	return sx_path_join(env->paths.state, "deed");
}

static int write_note(const struct flow_env *env, const struct deed *d, const char *message,
		      struct sx_err *err)
{
	SX_FREE char *path = note_path(env), *text = NULL;
	JSON_DOC *j = json_new();

	if (sx_path_mkdirs(env->paths.state, 0700, err))
		return -1;
	json_set_number(j, "version", format_version);
	json_set_string(j, "domain", d->domain);
	json_set_string(j, "command", env->command);
	json_set_string(j, "message", message);
	json_set_string(j, "author_name", env->author.name);
	json_set_string(j, "author_email", env->author.email);
	for (size_t i = 0; i < d->len; i++) {
		struct json *file = json_new();

		json_set_string(file, "path", d->items[i].path);
		json_set_string(file, "before", d->items[i].before);
		json_set_string(file, "after", d->items[i].after);
		json_set_number(file, "mode", d->items[i].mode);
		json_set_bool(file, "ignored", d->items[i].ignored);
		json_append(j, "files", file);
	}
	text = json_text(j);
	return file_write_durable(path, text, strlen(text), err);
}

static char *copy_of(const struct json *j, const char *key)
{
	const char *text = json_get_string(j, key);

	return text ? sx_strdup(text) : NULL;
}

static int parse_note(const struct file_image *note, struct json **out, struct sx_err *err)
{
	if (json_parse(sx_str_text(&note->text), note->text.len, out, err) ||
	    json_check(*out, members, err))
		return -1;
	if (json_get_number(*out, "version") != format_version)
		return sx_err_set(err, SX_EFAIL, "it is of another version of safexl");
	return json_count(*out, "files") ? 0 : sx_err_set(err, SX_EFAIL, "it names no file");
}

/* *found false: nothing was interrupted. d->domain is borrowed from `j`. */
static int read_note(const struct flow_env *env, struct json **j, struct deed *d, bool *found,
		     struct sx_err *err)
{
	SX_FREE char *path = note_path(env);
	FILE_IMAGE note = { 0 };

	*found = access(path, F_OK) == 0;
	if (!*found)
		return 0;
	if (file_read(path, &note, err) || parse_note(&note, j, err)) {
		sx_err_wrap(err, "%s: what an interrupted command meant cannot be read", path);
		return sx_err_hint(err,
				   "look at it, and remove it when git says that all is well: "
				   "less %pQ",
				   path);
	}
	d->domain = json_get_string(*j, "domain");
	for (size_t i = 0; i < json_count(*j, "files"); i++) {
		const struct json *f = json_at(*j, "files", i);

		deed_add(d, copy_of(f, "path"), copy_of(f, "before"), copy_of(f, "after"),
			 (unsigned)json_get_number(f, "mode"));
		d->items[i].ignored = json_get_bool(f, "ignored");
	}
	return 0;
}

static int remove_note(const struct flow_env *env, struct sx_err *err)
{
	SX_FREE char *path = note_path(env);

	return file_remove_durable(path, err);
}

/* ---- doing it ---- */

/* Change all files, then sync their directories. */
static int apply(const struct deed *d, struct sx_err *err)
{
	SX_WORDS dirs = { 0 };

	for (size_t i = 0; i < d->len; i++) {
		SX_FREE char *dir = sx_path_dir(d->items[i].path);

		if (deed_file_apply(&d->items[i], err))
			return -1;
		if (!sx_words_have(&dirs, dir))
			sx_words_add(&dirs, dir);
	}
	return sync_paths(sx_words_argv(&dirs), err);
}

static int check_before(const struct deed *d, struct sx_err *err)
{
	sx_each(const struct deed_file, f, d) {
		SX_FREE char *now = NULL;

		if (deed_file_look(f, &now, err))
			return -1;
		if (f->before ? !sx_streq(now, f->before) : now != NULL) {
			sx_err_set(err, SX_ECHANGED, "%s %s: nothing was changed", f->path,
				   now && !f->before ? "is there already"
						     : "has changed meanwhile");
			return sx_err_hint(err, "look at it, and try again: ls -l %pQ", f->path);
		}
	}
	return 0;
}

/* All files must be in one repository, as one commit records them. */
static int check_repository(const struct flow_env *env, struct repo *repo, struct deed *d,
			    struct sx_err *err)
{
	SX_FREE char *top = sx_format("%s/", repo_workdir(repo));

	sx_each(struct deed_file, f, d) {
		if (!sx_starts_with(f->path, top)) {
			sx_err_set(err, SX_ECONFLICT, "%s is not in the repository of %s", f->path,
				   d->items[0].path);
			return sx_err_hint(err,
					   "take it away by itself: safexl autostart %pQ --off",
					   d->domain);
		}
		f->ignored = S_ISLNK(f->mode) && repo_ignores(repo, f->path);
		if (f->ignored)
			flow_notice(env, "%s is not in history: git is told to ignore it", f->path);
	}
	return 0;
}

/* The domain, if Xen has it: the deed's own, or *found. NULL: it does not run. Borrowed. */
static const struct live_domain *look(const struct deed *d, struct live_domain *found)
{
	LIVE *live = NULL;
	SX_ERR no_xen = { 0 };

	if (d->live)
		return d->live;
	if (live_open(&live, &no_xen) || live_find_name(live, d->domain, found, &no_xen))
		return NULL;
	return found;
}

static char *message_of(const struct flow_env *env, const struct deed *d,
			const struct live_domain *running)
{
	struct change about = { .env = env, .running = running != NULL };
	struct change_plan plan = { .subject = d->subject, .trailers = d->trailers };
	SX_FREE char *name = sx_strdup(d->domain);

	if (running)
		about.domain = *running;
	if (running && !d->live)
		about.scope = FLOW_CONFIG;
	about.domain.name = name;
	return change_message(&about, &plan);
}

/* May return 1, see repo_commit. */
static int commit(struct recording *r, const struct deed *d, const char *message,
		  char commit_out[65], struct sx_err *err)
{
	SX_FREE struct repo_file *files = sx_alloc((d->len + 1) * sizeof(*files));
	size_t count = 0;

	sx_each(const struct deed_file, f, d) {
		if (!f->ignored)
			files[count++] = (struct repo_file){ .path = f->path,
							     .bytes = f->after,
							     .len = f->after ? strlen(f->after) : 0,
							     .mode = f->mode };
	}
	commit_out[0] = '\0';
	return count ? recording_commit_files(r, files, count, message, commit_out, err) : 0;
}

static int err_unfinished(const char *domain, struct sx_err *err)
{
	sx_err_wrap(err, "%s: the change is begun, and could not be finished", domain);
	err->code = SX_EPARTIAL;
	return sx_err_hint(err, "to finish it: safexl recover");
}

/* `uuid`: "" if it does not run. */
static int open_recording(const struct flow_env *env, const struct deed *d, const char *uuid,
			  const struct repo_person *author, struct recording *r, struct sx_err *err)
{
	const struct deed_file *first = &d->items[0];

	*r = (struct recording){
		.env = env, .path = first->path, .domain = d->domain, .uuid = uuid, .author = author
	};
	if (first->before && S_ISREG(first->mode) && access(first->path, F_OK) == 0)
		return file_read(first->path, &r->image, err);
	r->image.path = sx_strdup(first->path);
	r->about = deed_config(d);
	r->image.st.st_mode = d->published ? 0644 : first->mode;
	return 0;
}

/* Commit, then change the files. On an error the note stays, unless git has nothing of the deed. */
static int do_noted(struct recording *r, const struct deed *d, const char *message,
		    char commit_out[65], struct sx_err *err)
{
	int failed = commit(r, d, message, commit_out, err);
	SX_ERR kept = { 0 };

	if (failed < 0) {
		if (remove_note(r->env, &kept))
			flow_notice(r->env, "%s", kept.msg);
		return -1;
	}
	if (failed || apply(d, err))
		return err_unfinished(d->domain, err);
	return remove_note(r->env, err);
}

/* ---- after a crash ---- */

/* Is all of it in HEAD? In the index, where an interrupted commit has put it? */
static int ask_git(const struct deed *d, struct repo *repo, bool *head, bool *index,
		   struct sx_err *err)
{
	*head = *index = true;
	sx_each(const struct deed_file, f, d) {
		size_t len = f->after ? strlen(f->after) : 0;
		SX_STR text = { 0 };
		bool found = false, same = false;

		if (f->ignored)
			continue;
		if (repo_head_file(repo, f->path, &found, &text, err) ||
		    repo_index_matches(repo, f->path, f->after, len, &same, err))
			return -1;
		*head &= f->after ? found && sx_streq(sx_str_text(&text), f->after) : !found;
		*index &= same;
	}
	return 0;
}

/* Is each file as before or after the deed? Somebody may have changed them since. */
static bool can_follow(const struct deed *d)
{
	sx_each(const struct deed_file, f, d) {
		SX_FREE char *now = NULL;
		SX_ERR ignored = { 0 };

		if (deed_file_look(f, &now, &ignored))
			return false;
		if (now ? !sx_streq(now, f->before) && !sx_streq(now, f->after)
			: f->before && f->after)
			return false;
	}
	return true;
}

static int withdraw(const struct flow_env *env, const struct deed *d, const char *command,
		    const char *why, struct sx_err *err)
{
	if (remove_note(env, err))
		return -1;
	flow_notice(env, "%s: withdrew an interrupted '%s'%s", d->domain, command, why);
	return 0;
}

static int settle_in(const struct json *note, const struct deed *d, struct recording *r,
		     struct sx_err *err)
{
	const char *command = json_get_string(note, "command");
	bool head = false, index = false;
	char id[65];

	if (ask_git(d, r->repo, &head, &index, err))
		return -1;
	if (!head && !index)
		return withdraw(r->env, d, command, ": nothing was changed", err);
	if (!can_follow(d))
		return withdraw(
			r->env, d, command,
			": its files are others by now, and what git has of them may not be "
			"true",
			err);
	if (commit(r, d, json_get_string(note, "message"), id, err) || apply(d, err) ||
	    remove_note(r->env, err))
		return err_unfinished(d->domain, err);
	flow_notice(r->env, "%s: finished an interrupted '%s'", d->domain, command);
	return 0;
}

static int settle(const struct flow_env *env, struct sx_err *err)
{
	struct repo_person author = { 0 };
	SX_LOCK lock = { 0 };
	RECORDING r = { 0 };
	JSON_DOC *j = NULL;
	DEED d = { 0 };
	bool found = false;
	int result;

	if (read_note(env, &j, &d, &found, err) || !found)
		return found ? -1 : 0;
	author.name = copy_of(j, "author_name");
	author.email = copy_of(j, "author_email");
	result = open_recording(env, &d, "", &author, &r, err) || recording_ready(&r, 0, &lock, err)
			 ? -1
			 : settle_in(j, &d, &r, err);
	repo_person_dispose(&author);
	return result;
}

int deed_settle(const struct flow_env *env, struct sx_err *err)
{
	SX_FREE char *path = note_path(env);
	SX_LOCK lock = { 0 };

	if (access(path, F_OK))
		return 0;
	return flow_lock(env, "deeds", "", &lock, err) ? -1 : settle(env, err);
}

/* ---- do it ---- */

int deed_run(const struct flow_env *env, struct deed *d, char commit_out[65], struct sx_err *err)
{
	const struct deed_file *first = &d->items[0];
	LIVE_DOMAIN found = { 0 };
	const struct live_domain *running = look(d, &found);
	SX_FREE char *message = message_of(env, d, running);
	size_t len = first->after ? strlen(first->after) : 0;
	SX_LOCK deeds = { 0 }, lock = { 0 };
	RECORDING r = { 0 };

	commit_out[0] = '\0';
	if (flow_lock(env, "deeds", "", &deeds, err) || settle(env, err) ||
	    open_recording(env, d, running ? running->uuid : "", &env->author, &r, err) ||
	    recording_ready(&r, len, &lock, err) ||
	    (S_ISREG(first->mode) && recording_take_in(&r, first->after, len, err)) ||
	    check_repository(env, r.repo, d, err) || check_before(d, err) ||
	    write_note(env, d, message, err))
		return -1;
	return do_noted(&r, d, message, commit_out, err);
}

/* ---- -N ---- */

int deed_preview(const struct flow_env *env, const struct deed *d, struct change_preview *out,
		 struct sx_err *err)
{
	LIVE_DOMAIN found = { 0 };
	SX_STR all = { 0 };

	sx_each(const struct deed_file, f, d) {
		const char *before = f->before ? f->before : "", *after = f->after ? f->after : "";
		SX_FREE char *diff = NULL;

		if (repo_diff(f->path, before, strlen(before), after, strlen(after), &diff, err))
			return -1;
		sx_str_add(&all, diff);
	}
	out->path = sx_strdup(d->items[0].path);
	out->diff = sx_str_take(&all);
	out->message = message_of(env, d, look(d, &found));
	return 0;
}
