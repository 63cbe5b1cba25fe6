/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The intent records of changes: see journal.h. */
#include "change/journal.h"
#include "host/file.h"
#include "host/json.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

static const long long format_version = 1;
/* Leaves room for planning again after xl has run, on a file that grew meanwhile. */
static const size_t most_at_first = FILE_LARGEST / 4 * 3;

static const struct json_field fields[] = {
	{ "family", JSON_TEXT, offsetof(struct journal_entry, family), false },
	{ "cwd", JSON_TEXT, offsetof(struct journal_entry, cwd), false },
	{ "name", JSON_TEXT, offsetof(struct journal_entry, name), false },
	{ "uuid", JSON_TEXT, offsetof(struct journal_entry, uuid), false },
	{ "path", JSON_TEXT, offsetof(struct journal_entry, path), false },
	{ "old_text", JSON_TEXT, offsetof(struct journal_entry, old_text), false },
	{ "staged", JSON_TEXT, offsetof(struct journal_entry, staged), false },
	{ "message", JSON_TEXT, offsetof(struct journal_entry, message), false },
	{ "author_name", JSON_TEXT, offsetof(struct journal_entry, author.name), false },
	{ "author_email", JSON_TEXT, offsetof(struct journal_entry, author.email), false },
	{ "command", JSON_TEXT, offsetof(struct journal_entry, command), false },
	{ "boot_id", JSON_TEXT, offsetof(struct journal_entry, boot_id), false },
	{ "words", JSON_WORDS, offsetof(struct journal_entry, words), false },
	{ "facts", JSON_WORDS, offsetof(struct journal_entry, facts), false },
	{ "pid", JSON_PID, offsetof(struct journal_entry, owner.pid), false },
	{ "pid_start", JSON_NUMBER, offsetof(struct journal_entry, owner.start), false },
	{ 0 },
};

static const struct json_member members[] = {
	{ "version", JSON_NUMBER, false, NULL },
	{ "config_only", JSON_BOOL, false, NULL },
	{ "new_text", JSON_TEXT, true, NULL },
	{ 0 },
};

void journal_entry_dispose(struct journal_entry *e)
{
	json_free_fields(e, fields);
	free(e->file);
	free(e->damage);
	free(e->new_text);
	*e = (struct journal_entry){ 0 };
}

void journal_entries_dispose(struct journal_entries *e)
{
	sx_vec_dispose(e, journal_entry_dispose);
}

static struct json *entry_to_json(struct journal_entry *e)
{
	struct json *j = json_new();

	json_fill_fields(e, fields);
	json_put_fields(j, e, fields);
	json_set_number(j, "version", format_version);
	json_set_bool(j, "config_only", e->scope == FLOW_CONFIG);
	json_set_string(j, "new_text", e->new_text);
	return j;
}

/* Read what can be read: after an error, too, the owner is used. */
static int entry_from_json(const struct json *j, struct journal_entry *e, struct sx_err *err)
{
	const char *new_text = json_get_string(j, "new_text");

	e->scope = json_get_bool(j, "config_only") ? FLOW_CONFIG : FLOW_BOTH;
	e->new_text = new_text ? sx_strdup(new_text) : NULL;
	return json_get_fields(j, e, fields, err);
}

static char *journal_dir(const struct flow_env *env)
{
	return sx_path_join(env->paths.state, "journal");
}

/* Write the entry and sync it together with the staged file it names. */
static int write_entry(struct journal_entry *e, size_t most, struct sx_err *err)
{
	JSON_DOC *j = entry_to_json(e);
	SX_FREE char *text = json_text(j);

	if (strlen(text) > most)
		return sx_err_set(err, SX_ECANTWRITE,
				  "what is kept of the change, the texts of %s among it, would be "
				  "%zu bytes, and %zu can be read back",
				  e->path, strlen(text), most);
	return file_write_durable_with(e->file, text, strlen(text), *e->staged ? e->staged : NULL,
				       err);
}

/* The file's name contains the domain's, for when the entry itself cannot be read. */
int journal_write(const struct flow_env *env, struct journal_entry *e, struct sx_err *err)
{
	SX_FREE char *dir = journal_dir(env);
	SX_FREE char *safe = sx_path_escape(e->name);
	struct timespec now;

	if (sx_path_mkdirs(env->paths.state, 0700, err) || sx_path_mkdirs(dir, 0700, err))
		return -1;
	clock_gettime(CLOCK_REALTIME, &now);
	if (!proc_identify(getpid(), &e->owner))
		return sx_err_set(err, SX_EFAIL, "cannot find this process in /proc");
	e->boot_id = proc_boot_id();
	e->file = sx_format("%s/%lld.%09ld-%ld-%s.json", dir, (long long)now.tv_sec, now.tv_nsec,
			    (long)getpid(), safe);
	return write_entry(e, most_at_first, err);
}

int journal_replan(struct journal_entry *e, const char *old_text, const char *new_text,
		   const char *staged, struct sx_err *err)
{
	sx_set(&e->old_text, old_text);
	sx_set(&e->new_text, new_text);
	sx_set(&e->staged, staged);
	return write_entry(e, FILE_LARGEST, err);
}

static char *child_file(const struct journal_entry *e)
{
	return sx_format("%s.child", e->file);
}

int journal_child(const struct journal_entry *e, const struct proc_id *child, struct sx_err *err)
{
	SX_FREE char *file = child_file(e);
	SX_FREE char *text = sx_format("%ld %" PRIu64 "\n", (long)child->pid, child->start);

	return file_write_cache(file, text, strlen(text), err);
}

int journal_child_read(const struct journal_entry *e, bool *started, struct proc_id *child,
		       struct sx_err *err)
{
	SX_FREE char *file = child_file(e);
	FILE_IMAGE image = { 0 };
	long pid;

	*started = false;
	if (file_read(file, &image, err)) {
		if (err->code != SX_ENOCONFIG)
			return -1;
		sx_err_clear(err);
		return 0;
	}
	*started = true;
	if (sscanf(sx_str_text(&image.text), "%ld %" SCNu64, &pid, &child->start) != 2)
		return sx_err_set(err, SX_EFAIL, "%s: not a process id", file);
	child->pid = (pid_t)pid;
	return 0;
}

int journal_close(const struct journal_entry *e, struct sx_err *err)
{
	SX_FREE char *file = child_file(e);

	/* The entry first: a child file alone means nothing, an entry without it "xl never ran". */
	if (unlink(e->file) && errno != ENOENT)
		return sx_err_sys(err, SX_EFAIL, "remove %s", e->file);
	/* No child file, as xl was not run: the entry is closed, whatever unlink would say. */
	if (access(file, F_OK) == 0 && unlink(file) && errno != ENOENT)
		return sx_err_sys(err, SX_EFAIL, "remove %s", file);
	return 0;
}

bool journal_is_orphan(const struct journal_entry *e)
{
	SX_FREE char *boot_id = proc_boot_id();
	struct proc_id now;

	/* Its writer finished while we looked. */
	if (access(e->file, F_OK))
		return false;
	if (!sx_streq(boot_id, e->boot_id))
		return true;
	return !proc_identify(e->owner.pid, &now) || now.start != e->owner.start;
}

/* Refuse relative paths, and a staged file that is not beside its target: recovery acts on them. */
static int check_paths(const struct journal_entry *e, struct sx_err *err)
{
	if (e->cwd[0] != '/' || e->path[0] != '/')
		return sx_err_set(err, SX_EFAIL, "'%s' is not an absolute path",
				  e->cwd[0] == '/' ? e->path : e->cwd);
	if (*e->staged && !file_is_staged_of(e->path, e->staged))
		return sx_err_set(err, SX_EFAIL, "'%s' is no new version of %s", e->staged,
				  e->path);
	return 0;
}

/* Read an entry. After an error only its owner is valid, if it could be read. */
static int read_entry(const char *file, struct journal_entry *e, struct sx_err *err)
{
	FILE_IMAGE image = { 0 };
	JSON_DOC *j = NULL;
	int r = 0;

	if (file_read(file, &image, err) ||
	    json_parse(sx_str_text(&image.text), image.text.len, &j, err))
		return -1;
	if (entry_from_json(j, e, err) || json_check(j, members, err))
		r = -1;
	if (json_has(j, "version") && json_get_number(j, "version") != format_version)
		return sx_err_set(err, SX_EFAIL, "written by another version of safexl");
	return r || check_paths(e, err) ? -1 : 0;
}

/* NAME of "TIME-PID-NAME.json": the domain's name, escaped; "" when there is none. Heap string. */
static char *name_in(const char *file)
{
	const char *dash = strchr(file, '-');

	dash = dash ? strchr(dash + 1, '-') : NULL;
	return dash ? sx_strndup(dash + 1, strlen(dash + 1) - strlen(".json")) : sx_strdup("");
}

bool journal_is_about(const struct journal_entry *e, const char *name)
{
	SX_FREE char *safe = sx_path_escape(name);

	return sx_streq(e->name, e->damage ? safe : name);
}

static void add_entry(const char *dir, const char *name, struct journal_entries *out)
{
	struct journal_entry e = { .file = sx_path_join(dir, name) };
	SX_ERR err = { 0 };

	if (read_entry(e.file, &e, &err)) {
		sx_put(&e.name, name_in(name));
		e.damage = sx_strdup(err.msg);
	}
	if (journal_is_orphan(&e))
		sx_vec_push(out, e);
	else
		journal_entry_dispose(&e);
}

/* Remove a child file whose entry was closed. */
static void sweep(const char *dir, const char *name)
{
	SX_FREE char *file = sx_path_join(dir, name);
	SX_FREE char *entry = sx_strndup(file, strlen(file) - strlen(".child"));

	if (access(entry, F_OK))
		unlink(file);
}

int journal_orphans(const struct flow_env *env, struct journal_entries *out, struct sx_err *err)
{
	SX_FREE char *dir = journal_dir(env);
	SX_WORDS entries = { 0 }, children = { 0 };

	if (sx_path_list(dir, ".json", &entries, err) ||
	    sx_path_list(dir, ".json.child", &children, err))
		return -1;
	/* Names begin with the time: oldest first. */
	for (size_t i = 0; i < entries.len; i++)
		add_entry(dir, entries.items[i], out);
	for (size_t i = 0; i < children.len; i++)
		sweep(dir, children.items[i]);
	file_sweep(dir);
	return 0;
}
