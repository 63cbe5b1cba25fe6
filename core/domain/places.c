/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Configuration directories, and files elsewhere: see places.h. Each remembered file is a symlink
 * in the state directory: created atomically, also by two processes at once.
 */
#include "domain/places.h"
#include "host/file.h"
#include "host/sync.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

static char *memory_dir(const struct flow_env *env)
{
	return sx_path_join(env->paths.state, "elsewhere");
}

/* Both are real paths. */
static bool is_below(const char *path, const char *dir)
{
	size_t len = strcmp(dir, "/") == 0 ? 0 : strlen(dir);

	return strncmp(path, dir, len) == 0 && (path[len] == '/' || !path[len]);
}

char *place_home(const struct flow_env *env, const char *path)
{
	SX_FREE char *found = NULL;

	for (size_t i = 0; i < env->settings.config_dirs.len; i++) {
		SX_FREE char *real = realpath(env->settings.config_dirs.items[i], NULL);

		/* The innermost one, if they are nested. */
		if (real && is_below(path, real) && (!found || strlen(real) > strlen(found))) {
			sx_put(&found, sx_steal(&real));
		}
	}
	return sx_steal(&found);
}

int place_refuse(const struct flow_env *env, const char *path, struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(path);

	sx_err_set(err, SX_ENOCONFIG, "%s is in no configuration directory and in no git work tree",
		   path);
	return sx_err_hint(err, "add \"%s\" to config_dirs in %s, or run: git init %pQ", dir,
			   env->paths.conf, dir);
}

int place_remember(const struct flow_env *env, const struct repo *repo, const char *path,
		   struct sx_err *err)
{
	SX_FREE char *home = place_home(env, path), *dir = memory_dir(env);
	SX_FREE char *name = sx_path_escape(path), *link = sx_path_join(dir, name);

	/* No other repository lies between the two, otherwise it would be the file's repository. */
	if (home && is_below(home, repo_workdir(repo)))
		return 0;
	if (sx_path_mkdirs(env->paths.state, 0700, err) || sx_path_mkdirs(dir, 0700, err))
		return -1;
	if (symlink(path, link) == 0)
		return sync_paths((char *[]){ dir, NULL }, err);
	return errno == EEXIST ? 0 : sx_err_sys(err, SX_ECANTWRITE, "%s", link);
}

int place_adopt(const struct flow_env *env, const char *path, struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(path), *home = place_home(env, path);
	FILE_IMAGE image = { 0 };
	struct repo *repo = NULL;
	int r;

	if (file_read(path, &image, err) || repo_open(dir, &repo, err))
		return -1;
	if (!repo)
		return home ? 0 : place_refuse(env, path, err);
	r = repo_prepare(repo, path, 0, err) ||
			    repo_admit(repo, path, 0, &image.text, NULL, 0, err) ||
			    place_remember(env, repo, path, err)
		    ? -1
		    : 0;
	repo_close(repo);
	return r;
}

void places_elsewhere(const struct flow_env *env, struct sx_words *out)
{
	SX_FREE char *dir = memory_dir(env);
	DIR *d = opendir(dir);
	struct dirent *de;

	while (d && (de = readdir(d))) {
		char path[PATH_MAX];
		ssize_t n = readlinkat(dirfd(d), de->d_name, path, sizeof(path));

		if (n > 0 && path[0] == '/' && (size_t)n < sizeof(path))
			sx_words_give(out, sx_strndup(path, (size_t)n));
	}
	if (d)
		closedir(d);
}
