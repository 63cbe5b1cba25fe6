/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Candidates that are files: any, configurations, images, targets of disks, and copies that edits
 * left. A word is a path as typed, relative to the working directory; "~/" is home.
 */
#include "host/file.h"
#include "domain/resolve.h"
#include "family/edit.h"
#include "guard/saved.h"
#include "offer/private.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

typedef bool file_filter(const char *name, mode_t mode);

static bool any_file(const char *name SX_UNUSED, mode_t mode SX_UNUSED)
{
	return true;
}

static bool is_regular(const char *name SX_UNUSED, mode_t mode)
{
	return S_ISREG(mode);
}

static bool may_be_config(const char *name, mode_t mode)
{
	return S_ISREG(mode) && !index_ignores(name);
}

static bool may_be_disk(const char *name SX_UNUSED, mode_t mode)
{
	return S_ISREG(mode) || S_ISBLK(mode);
}

static mode_t mode_of(DIR *d, const struct dirent *de)
{
	struct stat st;

	switch (de->d_type) {
	case DT_REG:
		return S_IFREG;
	case DT_DIR:
		return S_IFDIR;
	case DT_BLK:
		return S_IFBLK;
	default:
		return fstatat(dirfd(d), de->d_name, &st, 0) ? 0 : st.st_mode;
	}
}

static DIR *open_typed(const struct offer *o, size_t dir_len)
{
	const char *word = o->q->word;
	const char *home = getenv("HOME");
	SX_FREE char *dir = NULL;

	if (sx_starts_with(word, "~/") && home && !o->inside)
		dir = sx_format("%s/%.*s", home, (int)dir_len - 2, word + 2);
	else
		dir = dir_len ? sx_strndup(word, dir_len) : sx_strdup(".");
	return opendir(dir);
}

/* Add entries that continue the word; directories always, as they may hold a wanted file. */
static void add_files(struct offer *o, file_filter *wanted, char after)
{
	const char *word = o->q->word, *slash = strrchr(word, '/'), *base;
	size_t dir_len = slash ? (size_t)(slash + 1 - word) : 0;
	DIR *d = open_typed(o, dir_len);
	struct dirent *de;

	base = word + dir_len;
	while (d && (de = readdir(d))) {
		SX_FREE char *text = NULL;
		mode_t mode;
		bool is_dir;

		if (!sx_starts_with(de->d_name, base) || sx_streq(de->d_name, ".") ||
		    sx_streq(de->d_name, "..") || (de->d_name[0] == '.' && base[0] != '.'))
			continue;
		mode = mode_of(d, de);
		is_dir = S_ISDIR(mode);
		if (!is_dir && (!mode || !wanted(de->d_name, mode)))
			continue;
		text = sx_format("%.*s%s%s", (int)dir_len, word, de->d_name, is_dir ? "/" : "");
		candidates_add(o->out, text, NULL, is_dir ? '\0' : after);
		o->out->items[o->out->len - 1].file = true;
	}
	if (d)
		closedir(d);
}

void offer_file(struct offer *o)
{
	add_files(o, any_file, ' ');
}

void offer_target(struct offer *o)
{
	add_files(o, may_be_disk, ',');
}

static void add_path(struct offer *o, const char *path, const char *description)
{
	candidates_add(o->out, path, description, ' ');
	o->out->items[o->out->len - 1].file = true;
}

static bool is_path(const char *word)
{
	return word[0] == '~' || strchr(word, '/');
}

static const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Is the working directory one of the configuration directories? */
static bool in_config_dir(const struct flow_env *env)
{
	for (size_t i = 0; i < env->settings.config_dirs.len; i++)
		if (sx_streq(env->settings.config_dirs.items[i], env->cwd))
			return true;
	return false;
}

/* Configurations by the name of the file or the domain; other files by path. */
static void offer_configs(struct offer *o)
{
	SX_CLEANUP(index_dispose) struct index_entries all = { 0 };
	const char *word = o->q->word;
	SX_ERR none = { 0 };

	if (is_path(word) || in_config_dir(o->env)) {
		add_files(o, may_be_config, ' ');
		return;
	}
	if (index_scan(o->env, &all, &none) == 0)
		for (size_t i = 0; i < all.len; i++)
			if (sx_starts_with(last_component(all.items[i].path), word) ||
			    sx_starts_with(all.items[i].name, word))
				add_path(o, all.items[i].path, all.items[i].name);
	if (*word)
		add_files(o, may_be_config, ' ');
}

static bool is_wanted(const struct marker *m)
{
	return m->state == MARKER_SAVED || m->state == MARKER_CHECKPOINT;
}

/* Has the image of a saved guest at this path been lost or replaced? */
static bool is_lost(const struct markers *all, const char *path)
{
	for (size_t i = 0; i < all->len; i++) {
		const struct marker *m = all->items[i];
		SX_FREE char *how = NULL;

		if (is_wanted(m) && sx_streq(m->image, path))
			how = saved_image_lost(m);
		if (how)
			return true;
	}
	return false;
}

/* Add images in a directory whose names begin with the word. */
static void add_images_in(struct offer *o, const struct markers *all, const char *dir)
{
	SX_WORDS names = { 0 };

	offer_entries(dir, &names);
	for (size_t i = 0; i < names.len; i++) {
		SX_FREE char *path = sx_path_join(dir, names.items[i]);
		struct stat st;

		if (sx_starts_with(names.items[i], o->q->word) && stat(path, &st) == 0 &&
		    S_ISREG(st.st_mode) && !is_lost(all, path))
			add_path(o, path, NULL);
	}
}

/* Add images that have a marker, described by their guests. */
static void add_marked(struct offer *o, const struct markers *all)
{
	for (size_t i = 0; i < all->len; i++) {
		const struct marker *m = all->items[i];
		SX_FREE char *what =
			sx_format("%s, %s %s", m->name, marker_state_name(m->state), m->saved_at);

		if (is_wanted(m) &&
		    (sx_starts_with(m->name, o->q->word) ||
		     sx_starts_with(last_component(m->image), o->q->word)) &&
		    !is_lost(all, m->image))
			add_path(o, m->image, what);
	}
}

static void offer_images(struct offer *o)
{
	SX_FREE char *xens = sx_format("%s/var/lib/xen/save", o->env->paths.root);
	MARKERS all = { 0 };
	SX_ERR none = { 0 };

	if (is_path(o->q->word) || sx_streq(o->q->command, "save")) {
		add_files(o, is_regular, ' ');
		return;
	}
	if (markers_load(o->env, &all, &none) == 0)
		add_marked(o, &all);
	add_images_in(o, &all, o->env->settings.image_dir);
	add_images_in(o, &all, xens);
	if (*o->q->word)
		add_files(o, is_regular, ' ');
}

static void offer_copies(struct offer *o)
{
	SX_CLEANUP(edit_copies_dispose) struct edit_copies all = { 0 };

	edit_copies_find(o->env, &all);
	for (size_t i = 0; i < all.len; i++)
		offer_add(o, all.items[i].name, all.items[i].path, ' ');
}

const struct offer_kind offer_file_kinds[] = {
	{ "file", offer_file },		  { "path", offer_file },
	{ "directory", offer_file },	  { "pid-file", offer_file },
	{ "config-file", offer_configs }, { "image", offer_images },
	{ "copy", offer_copies },	  { NULL, NULL },
};
