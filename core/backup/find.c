/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the backups of a guest by its name, in backup_dir of the settings. */
#include "backup/private.h"

#include <string.h>
#include <sys/stat.h>

bool backup_is_one(const char *dir)
{
	SX_FREE char *manifest = sx_path_join(dir, "manifest.json");
	SX_FREE char *sums = sx_path_join(dir, "SHA256SUMS");

	return access(manifest, F_OK) == 0 || access(sums, F_OK) == 0;
}

/*
 * When it was made: the names are local time, which jumps. If the manifest cannot be read, when
 * the directory was filled: a damaged backup must not make room for an older one.
 */
static time_t made_at(const char *dir)
{
	SNAPSHOT s = { 0 };
	SX_ERR ignored = { 0 };
	time_t then = backup_read(dir, &s, &ignored) ? 0 : flow_time_of(s.taken_at);
	struct stat st;

	return !then && stat(dir, &st) == 0 ? st.st_mtime : then;
}

/* Incomplete ones have hidden names, which are not listed. */
static char *newest_in(const char *dir)
{
	SX_FREE char *newest = NULL;
	time_t last = 0;
	SX_WORDS paths = { 0 };
	SX_ERR ignored = { 0 };

	if (sx_path_list_in(dir, "", &paths, &ignored))
		return NULL;
	for (size_t i = 0; i < paths.len; i++) {
		const char *path = paths.items[i];
		time_t then = backup_is_one(path) ? made_at(path) : -1;
		bool later =
			!newest || then > last || (then == last && strverscmp(newest, path) < 0);

		if (then < 0 || !later)
			continue;
		last = then;
		sx_set(&newest, path);
	}
	return sx_steal(&newest);
}

char *backup_newest(const struct flow_env *env, const char *guest)
{
	SX_FREE char *safe = sx_path_escape(guest), *all = NULL, *dir = NULL;
	SX_ERR ignored = { 0 };

	if (sx_path_absolute(env->cwd, env->settings.backup_dir, &all, &ignored))
		return NULL;
	dir = sx_path_join(all, safe);
	return newest_in(dir);
}

int backup_find(const struct flow_env *env, const char *word, char **dir, struct sx_err *err)
{
	SX_FREE char *path = NULL, *newest = NULL;

	if (sx_path_absolute(env->cwd, word, &path, err))
		return -1;
	if (!backup_is_one(path) && !strchr(word, '/'))
		newest = backup_newest(env, word);
	*dir = newest ? sx_steal(&newest) : sx_steal(&path);
	return 0;
}

void backup_hint_newest(const char *dir, struct sx_err *err)
{
	SX_FREE char *newest = newest_in(dir);

	if (newest)
		sx_err_hint(err, "the newest of those in it: safexl verify %pQ", newest);
}
