/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Configurations that only the last commit still has: see drift.h. */
#include "base/path.h"
#include "domain/resolve.h"
#include "view/drift.h"

#include <errno.h>
#include <sys/stat.h>

static bool is_gone(const char *path)
{
	SX_FREE char *base = sx_path_base(path);
	struct stat st;

	return !index_ignores(base) && lstat(path, &st) && errno == ENOENT;
}

/* The domain's name in the file's last commit, else the path. Heap string. */
static char *name_in(struct repo *repo, const char *path)
{
	XLCFG_DOC *doc = NULL;
	SX_ERR none = { 0 };
	SX_STR text = { 0 };
	char *name = NULL;
	bool found;

	if (repo_head_file(repo, path, &found, &text, &none) == 0 &&
	    xlcfg_parse(sx_str_text(&text), text.len, path, &doc, &none) == 0)
		name = xlcfg_get_string(doc, "name");
	return name ? name : sx_strdup(path);
}

static int add_of(struct repo *repo, const char *dir, struct drifts *out, struct sx_err *err)
{
	SX_WORDS files = { 0 };

	if (repo_head_files(repo, dir, &files, err))
		return -1;
	for (size_t i = 0; i < files.len; i++) {
		struct drift d = { .in_history = true, .deleted = true };

		if (!is_gone(files.items[i]))
			continue;
		d.name = name_in(repo, files.items[i]);
		d.uuid = sx_strdup("");
		d.path = sx_strdup(files.items[i]);
		sx_vec_push(out, d);
	}
	return 0;
}

int drift_add_deleted(const struct flow_env *env, struct drifts *out, struct sx_err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < env->settings.config_dirs.len; i++) {
		SX_FREE char *dir = realpath(env->settings.config_dirs.items[i], NULL);
		struct repo *repo = NULL;

		if (!dir)
			continue;
		r = repo_open(dir, &repo, err);
		if (!r && repo)
			r = add_of(repo, dir, out, err);
		repo_close(repo);
	}
	return r;
}
