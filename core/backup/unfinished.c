/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Backups and restores under way: one small file per guest in the state directory, written before
 * anything else, by which the next safexl finds what a killed one left.
 */
#include "backup/private.h"
#include "host/file.h"

#include <errno.h>
#include <string.h>

static const struct json_field fields[] = {
	{ "name", JSON_TEXT, offsetof(struct unfinished, guest), false },
	{ "directory", JSON_TEXT, offsetof(struct unfinished, dir), false },
	{ "place", JSON_TEXT, offsetof(struct unfinished, place), false },
	{ "snapshot", JSON_TEXT, offsetof(struct unfinished, snapshot), false },
	{ "restores", JSON_BOOL, offsetof(struct unfinished, restores), true },
	{ "as", JSON_TEXT, offsetof(struct unfinished, as), true },
	{ "no_memory", JSON_BOOL, offsetof(struct unfinished, no_memory), true },
	{ "disks", JSON_WORDS, offsetof(struct unfinished, disks), true },
	{ "done", JSON_BOOL, offsetof(struct unfinished, done), true },
	{ "image", JSON_TEXT, offsetof(struct unfinished, image), true },
	{ 0 },
};

void unfinished_dispose(struct unfinished *u)
{
	json_free_fields(u, fields);
	*u = (struct unfinished){ 0 };
}

static char *unfinished_dir(const struct flow_env *env)
{
	return sx_path_join(env->paths.state, "unfinished");
}

static char *unfinished_file(const struct flow_env *env, const char *guest)
{
	SX_FREE char *safe = sx_path_escape(guest);

	return sx_format("%s/unfinished/%s.json", env->paths.state, safe);
}

int unfinished_write(const struct flow_env *env, const struct unfinished *u, struct sx_err *err)
{
	SX_FREE char *dir = unfinished_dir(env), *path = unfinished_file(env, u->guest);
	SX_FREE char *text = NULL;
	JSON_DOC *j = json_new();

	json_put_fields(j, u, fields);
	text = json_text(j);
	return sx_path_mkdirs(dir, 0700, err) || file_sync_dir(env->paths.state, err) ||
			       file_write_durable(path, text, strlen(text), err)
		       ? -1
		       : 0;
}

int unfinished_end(const struct flow_env *env, const char *guest, struct sx_err *err)
{
	SX_FREE char *path = unfinished_file(env, guest), *config = unfinished_config(env, guest);

	return file_remove_durable(config, err) || file_remove_durable(path, err) ? -1 : 0;
}

char *unfinished_config(const struct flow_env *env, const char *guest)
{
	SX_FREE char *safe = sx_path_escape(guest);

	return sx_format("%s/unfinished/%s.cfg", env->paths.state, safe);
}

int unfinished_write_config(const struct flow_env *env, const char *guest,
			    const struct sx_str *text, struct sx_err *err)
{
	SX_FREE char *dir = unfinished_dir(env), *path = unfinished_config(env, guest);

	return sx_path_mkdirs(dir, 0700, err) ||
			       file_write_durable(path, sx_str_text(text), text->len, err)
		       ? -1
		       : 0;
}

int backup_lock(const struct flow_env *env, const char *guest, struct sx_lock *lock,
		struct sx_err *err)
{
	SX_FREE char *safe = sx_path_escape(guest);

	return flow_lock(env, "backup", safe, lock, err);
}

/* ---- removing what is left of one ---- */

/* ".NAME.safexl-PID": nothing else is ever removed. */
static bool is_hidden_name(const char *dir)
{
	SX_FREE char *base = sx_path_base(dir);

	return dir[0] == '/' && base[0] == '.' && strstr(base, ".safexl-");
}

static int remove_files(const char *dir, struct sx_err *err)
{
	SX_WORDS names = { 0 };

	file_sweep(dir);
	if (sx_path_list(dir, "", &names, err))
		return -1;
	for (size_t i = 0; i < names.len; i++) {
		SX_FREE char *path = sx_path_join(dir, names.items[i]);

		if (!sx_streq(names.items[i], "disks") && unlink(path))
			return sx_err_sys(err, SX_ECANTWRITE, "remove %s", path);
	}
	return 0;
}

/* A symlink or a file is not ours: what it leads to must stay. */
static bool is_link(const char *path)
{
	return access(path, F_OK) == 0 && !backup_is_dir(path);
}

static int remove_hidden(const char *dir, struct sx_err *err)
{
	SX_FREE char *disks = sx_path_join(dir, "disks"), *above = sx_path_dir(dir);

	if (!is_hidden_name(dir) || is_link(dir) || is_link(disks) ||
	    (access(dir, F_OK) && (errno == ENOENT || errno == ENOTDIR)))
		return 0;
	if (remove_files(disks, err) || (rmdir(disks) && errno != ENOENT) ||
	    remove_files(dir, err) || rmdir(dir))
		return err->code ? -1 : sx_err_sys(err, SX_ECANTWRITE, "remove %s", dir);
	if (rmdir(above) == 0)
		return 0;
	return file_sync_dir(above, err);
}

int backup_withdraw(const struct flow_env *env, const struct unfinished *u, struct sx_err *err)
{
	/* First remove what keeps the guest from being started. */
	if (backup_source_release(env, u->guest, u->snapshot, u->dir, err) ||
	    remove_hidden(u->dir, err))
		return -1;
	return unfinished_end(env, u->guest, err);
}

int unfinished_read(const char *path, struct unfinished *out, struct sx_err *err)
{
	FILE_IMAGE image = { 0 };
	JSON_DOC *j = NULL;

	if (file_read(path, &image, err) ||
	    json_parse(sx_str_text(&image.text), image.text.len, &j, err) ||
	    json_get_fields(j, out, fields, err))
		return sx_err_wrap(err, "%s", path);
	return 0;
}

int unfinished_of(const struct flow_env *env, const char *guest, struct unfinished *out,
		  struct sx_err *err)
{
	SX_FREE char *path = unfinished_file(env, guest);

	return access(path, F_OK) ? 0 : unfinished_read(path, out, err);
}

int unfinished_refuse(const struct unfinished *u, const char *what, struct sx_err *err)
{
	sx_err_set(err, SX_EGUARD, "%s: %s: %s was interrupted, and is not settled yet", u->guest,
		   what, u->restores ? "its restore" : "its last backup");
	if (!u->restores)
		return sx_err_hint(err, "to remove what is left of it: safexl recover");
	return sx_err_hint(err,
			   "to go on with it: safexl recover\n"
			   "if the backup in %s is lost, put another one back with restore "
			   "--overwrite\n"
			   "to give it up, and leave its disks as they are: safexl recover "
			   "--give-up %pQ",
			   u->dir, u->guest);
}

int unfinished_list(const struct flow_env *env, struct sx_words *out, struct sx_err *err)
{
	SX_FREE char *dir = unfinished_dir(env);

	file_sweep(dir);
	return sx_path_list_in(dir, ".json", out, err);
}
