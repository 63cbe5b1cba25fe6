/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths: see path.h. */
#include "base/path.h"
#include "base/str.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

void sx_paths_init(struct sx_paths *paths, const char *root)
{
	SX_FREE char *base = sx_strdup(root ? root : "");

	for (size_t len = strlen(base); len && base[len - 1] == '/'; len--)
		base[len - 1] = '\0';
	paths->etc = sx_format("%s/etc/xen", base);
	paths->conf = sx_format("%s/etc/xen/safexl.conf", base);
	paths->state = sx_format("%s/var/lib/safexl", base);
	paths->lock = sx_format("%s/run/safexl", base);
	paths->root = sx_steal(&base);
}

void sx_paths_dispose(struct sx_paths *paths)
{
	free(paths->root);
	free(paths->etc);
	free(paths->conf);
	free(paths->state);
	free(paths->lock);
	*paths = (struct sx_paths){ 0 };
}

char *sx_path_join(const char *dir, const char *name)
{
	if (name[0] == '/')
		return sx_strdup(name);
	return sx_format("%s%s%s", dir, sx_ends_with(dir, "/") ? "" : "/", name);
}

int sx_path_absolute(const char *cwd, const char *path, char **out, struct sx_err *err)
{
	if (!*cwd && *path != '/') {
		sx_err_set(err, SX_EUSAGE,
			   "'%s' is a relative path, and the directory you are in was removed",
			   path);
		return sx_err_hint(err, "change to another directory, or give the whole path");
	}
	*out = sx_path_join(cwd, path);
	return 0;
}

char *sx_path_dir(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return sx_strdup(".");
	return slash == path ? sx_strdup("/") : sx_strndup(path, (size_t)(slash - path));
}

char *sx_path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return sx_strdup(slash ? slash + 1 : path);
}

int sx_path_mkdirs(const char *path, unsigned mode, struct sx_err *err)
{
	if (mkdir(path, mode) == 0 || errno == EEXIST)
		return 0;
	if (errno == ENOENT) {
		SX_FREE char *parent = sx_path_dir(path);

		if (sx_path_mkdirs(parent, 0755, err))
			return -1;
		if (mkdir(path, mode) == 0 || errno == EEXIST)
			return 0;
	}
	return sx_err_sys(err, SX_ECANTWRITE, "create directory %s", path);
}

char *sx_path_escape(const char *name)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	const size_t longest = 180;
	SX_STR s = { 0 };

	for (const char *p = name; *p; p++) {
		if (strchr(plain, *p) && !(p == name && *p == '.'))
			sx_str_addc(&s, *p);
		else
			sx_str_addf(&s, "%%%02x", (unsigned char)*p);
	}
	/* A file name has at most 255 bytes; leave room for suffixes and prefixes. */
	if (s.len > longest) {
		uint64_t h = 14695981039346656037u;

		for (const char *p = name; *p; p++)
			h = (h ^ (unsigned char)*p) * 1099511628211u;
		s.len = longest - 17;
		sx_str_addf(&s, "-%016" PRIx64, h);
	}
	return sx_str_take(&s);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int sx_path_list(const char *dir, const char *end, struct sx_words *out, struct sx_err *err)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	if (!d)
		return errno == ENOENT ? 0 : sx_err_sys(err, SX_EFAIL, "read directory %s", dir);
	while ((entry = readdir(d)))
		if (entry->d_name[0] != '.' && sx_ends_with(entry->d_name, end))
			sx_words_add(out, entry->d_name);
	closedir(d);
	if (out->len)
		qsort(out->items, out->len, sizeof(*out->items), by_name);
	return 0;
}

int sx_path_list_in(const char *dir, const char *end, struct sx_words *out, struct sx_err *err)
{
	SX_WORDS names = { 0 };

	if (sx_path_list(dir, end, &names, err))
		return -1;
	for (size_t i = 0; i < names.len; i++)
		sx_words_give(out, sx_path_join(dir, names.items[i]));
	return 0;
}
