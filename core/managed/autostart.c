/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guests that start with the host: see autostart.h. */
#include "managed/autostart.h"
#include "domain/resolve.h"
#include "managed/define.h"
#include "managed/private.h"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

void autostart_links_dispose(struct autostart_links *links)
{
	for (size_t i = 0; i < links->len; i++) {
		free(links->items[i].path);
		free(links->items[i].config);
	}
	sx_vec_free(links);
}

void autostart_find(const struct flow_env *env, struct autostart_links *out)
{
	for (size_t i = 0; i < env->settings.config_dirs.len; i++) {
		SX_FREE char *dir = sx_path_join(env->settings.config_dirs.items[i], "auto");
		SX_WORDS paths = { 0 };
		SX_ERR ignored = { 0 };

		/* A directory that cannot be read has nothing that could be started. */
		if (sx_path_list_in(dir, "", &paths, &ignored))
			continue;
		for (size_t k = 0; k < paths.len; k++) {
			struct autostart_link link = { .path = sx_strdup(paths.items[k]) };

			link.config = realpath(link.path, NULL);
			sx_vec_push(out, link);
		}
	}
}

/* A path whose directory is the real one; the last component may be a link. Heap string. */
static char *in_real_dir(const char *path)
{
	SX_FREE char *dir = sx_path_dir(path), *base = sx_path_base(path);
	SX_FREE char *real = realpath(dir, NULL);

	return sx_path_join(real ? real : dir, base);
}

/* The target of a link; NULL: it is none. Heap string. */
static char *target_of(const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target));

	return n < 0 ? NULL : sx_strndup(target, (size_t)n);
}

/* Add the removal of all links to the configuration but `keep` (or NULL); returns how many. */
static size_t drop_links(const struct autostart_links *links, const char *config, const char *keep,
			 struct deed *deed)
{
	size_t dropped = 0;

	for (size_t i = 0; i < links->len; i++) {
		SX_FREE char *path = in_real_dir(links->items[i].path);
		char *target = target_of(path);

		if (!target || sx_streq(path, keep) || !sx_streq(links->items[i].config, config)) {
			free(target);
			continue;
		}
		deed_add(deed, sx_steal(&path), target, NULL, S_IFLNK | 0777);
		dropped++;
	}
	return dropped;
}

void autostart_drop(const struct flow_env *env, const char *config, struct deed *deed)
{
	SX_CLEANUP(autostart_links_dispose) struct autostart_links links = { 0 };

	autostart_find(env, &links);
	drop_links(&links, config, NULL, deed);
}

const char *managed_dir(const struct flow_env *env)
{
	const struct sx_words *dirs = &env->settings.config_dirs;

	return sx_words_have(dirs, env->paths.etc) ? env->paths.etc : dirs->items[0];
}

static int auto_dir(const struct flow_env *env, char **out, struct sx_err *err)
{
	SX_FREE char *dir = sx_path_join(managed_dir(env), "auto");

	if (!env->dry_run && sx_path_mkdirs(dir, 0755, err))
		return -1;
	*out = realpath(dir, NULL);
	if (!*out)
		*out = sx_steal(&dir);
	return 0;
}

/* Relative to the directory above, which can be mounted elsewhere; else absolute. Heap string. */
static char *target_for(const char *config, const char *dir)
{
	SX_FREE char *above = sx_path_dir(dir), *home = sx_path_dir(config);
	SX_FREE char *base = sx_path_base(config);

	return sx_streq(above, home) ? sx_format("../%s", base) : sx_strdup(config);
}

/* Refuse a configuration in auto/ itself: xendomains starts every file there, whatever its name. */
static int check_itself(const struct autostart_links *links, const struct defining *d,
			struct sx_err *err)
{
	for (size_t i = 0; i < links->len; i++) {
		SX_FREE char *path = in_real_dir(links->items[i].path);
		SX_FREE char *dir = sx_path_dir(path), *above = sx_path_dir(dir);

		if (!sx_streq(path, d->path))
			continue;
		sx_err_set(err, SX_ECONFLICT,
			   "%s: its configuration lies in auto/ itself, so it starts with the "
			   "host: %s",
			   d->name, path);
		return sx_err_hint(err, "give it a place of its own first: mv -n %pQ %pQ/", path,
				   above);
	}
	return 0;
}

static int add_link(struct defining *d, const char *dir, char **path, struct sx_err *err)
{
	struct stat st;

	if (lstat(*path, &st) == 0) {
		SX_FREE char *leads = realpath(*path, NULL);

		sx_err_set(err, SX_ECONFLICT, "%s: %s is there, and leads %s%s", d->name, *path,
			   leads ? "to " : "nowhere", leads ? leads : "");
		return sx_err_hint(err, "if it is not wanted: rm %pQ", *path);
	}
	deed_add(&d->deed, sx_steal(path), NULL, target_for(d->path, dir), S_IFLNK | 0777);
	return 0;
}

static int plan_on(const struct autostart_links *links, const char *dir, struct defining *d,
		   struct sx_err *err)
{
	SX_FREE char *path = sx_path_join(dir, d->name);
	bool has = false;

	for (size_t i = 0; i < links->len; i++) {
		SX_FREE char *at = in_real_dir(links->items[i].path);

		has |= sx_streq(at, path) && sx_streq(links->items[i].config, d->path);
	}
	if (!has) {
		SX_FREE char *wanted = sx_strdup(path);

		if (add_link(d, dir, &wanted, err))
			return -1;
	}
	if (drop_links(links, d->path, path, &d->deed))
		sx_words_add(&d->notices,
			     "its link has its own name now: xendomains knows a guest that is "
			     "saved by the name of its link, and would otherwise start it from "
			     "its configuration");
	return 0;
}

int autostart_plan(const struct flow_env *env, const char *name, bool on, struct defining *out,
		   struct sx_err *err)
{
	SX_CLEANUP(autostart_links_dispose) struct autostart_links links = { 0 };
	RESOLVED found = { 0 };
	SX_FREE char *dir = NULL;
	int r;

	out->name = sx_strdup(name);
	if (flow_lock(env, "domain", name, &out->lock, err))
		return -1;
	r = resolve_domain(env, name, "", &found, err);
	if (!r)
		out->path = realpath(found.path, NULL);
	if (r || !out->path)
		return sx_err_wrap(err, "%s: nothing was changed", name);
	autostart_find(env, &links);
	if (check_itself(&links, out, err) || auto_dir(env, &dir, err))
		return -1;
	out->deed.domain = out->name;
	out->deed.subject =
		sx_strdup(on ? "start it with the host" : "do not start it with the host");
	if (on)
		return plan_on(&links, dir, out, err);
	drop_links(&links, out->path, NULL, &out->deed);
	return 0;
}
