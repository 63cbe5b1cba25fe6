/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hard links: replacing a file would leave its other names with the old text, as a second
 * configuration of the domain. Names in the configuration directories are linked to the new file;
 * others (a backup made of links) keep the old one.
 */
#include "change/record.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static void find_in(const char *dir, const struct file_image *image, struct sx_words *out)
{
	SX_FREE char *real = realpath(dir, NULL);
	DIR *d = real ? opendir(real) : NULL;
	struct dirent *de;

	while (d && (de = readdir(d))) {
		SX_FREE char *path = sx_path_join(real, de->d_name);
		struct file_staged_id ignored;
		struct stat st;

		if (de->d_ino == image->st.st_ino && !sx_streq(path, image->path) &&
		    !file_staged_name(de->d_name, &ignored) &&
		    fstatat(dirfd(d), de->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    st.st_ino == image->st.st_ino && st.st_dev == image->st.st_dev)
			sx_words_give(out, sx_steal(&path));
	}
	if (d)
		closedir(d);
}

void record_links_find(const struct flow_env *env, const struct file_image *image,
		       struct sx_words *out)
{
	for (size_t i = 0; image->st.st_nlink > 1 && i < env->settings.config_dirs.len; i++) {
		const char *dir = env->settings.config_dirs.items[i];
		SX_FREE char *started = sx_path_join(dir, "auto");

		find_in(dir, image, out);
		find_in(started, image, out);
	}
}

/* Link under a hidden name, then rename it over the old one, so that the name is never missing. */
static int give_link(const char *path, const char *name, struct sx_err *err)
{
	SX_CLEANUP(file_unstage) struct file_staged place = { 0 };

	if (file_stage_open(name, &place, err))
		return -1;
	if (unlink(place.temp) || link(path, place.temp) || rename(place.temp, name))
		return sx_err_sys(err, SX_ECANTWRITE, "link %s to %s", name, path);
	return 0;
}

void record_links_keep(const struct flow_env *env, const struct file_image *image,
		       const struct sx_words *names)
{
	for (size_t i = 0; i < names->len; i++) {
		SX_ERR why = { 0 };

		if (give_link(image->path, names->items[i], &why))
			flow_notice(env,
				    "%s was another name of %s and keeps the old text (%s): "
				    "ln -f %pQ %pQ",
				    names->items[i], image->path, why.msg, image->path,
				    names->items[i]);
	}
}
