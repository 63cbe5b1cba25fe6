/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which programs safexl.d has, and whether they may run: see hook.h. */
#include "domain/hook.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

void hooks_dispose(struct hooks *hooks)
{
	for (size_t i = 0; i < hooks->len; i++) {
		free(hooks->items[i].path);
		free(hooks->items[i].fault);
		free(hooks->items[i].cure);
	}
	sx_vec_free(hooks);
}

/* As run-parts(8): no dot, hence no backups of editors and no files of package managers. */
static bool is_name(const char *name)
{
	static const char signs[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-";

	return *name && !name[strspn(name, signs)];
}

/* Without root safexl cannot gain anybody's rights, so the caller's own files are safe too. */
static bool is_safe(const char *path, const struct stat *st, struct hook *out)
{
	if (st->st_uid != 0 && st->st_uid != geteuid()) {
		out->fault = sx_format("%s does not belong to root", path);
		out->cure = sx_format("chown root %pQ", path);
	} else if (st->st_mode & (S_IWGRP | S_IWOTH)) {
		out->fault = sx_format("%s can be written by others than root (mode %04o)", path,
				       st->st_mode & 07777);
		out->cure = sx_format("chmod go-w %pQ", path);
	}
	return !out->fault;
}

/* Is no directory on the path one in which others than root can exchange what the path names? */
static bool is_place_safe(const char *path, struct hook *out)
{
	SX_FREE char *dir = sx_path_dir(path);
	struct stat st;

	if (stat(dir, &st) || (st.st_mode & S_ISVTX) || is_safe(dir, &st, out))
		return !out->fault && (sx_streq(dir, "/") || is_place_safe(dir, out));
	return false;
}

/* What a link leads to, as an absolute path; NULL: it is no link. Heap string. */
static char *next_of(const char *path)
{
	SX_FREE char *dir = sx_path_dir(path);
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	if (n <= 0)
		return NULL;
	target[n] = '\0';
	return *target == '/' ? sx_strdup(target) : sx_path_join(dir, target);
}

/* A link may lead to another one: whoever can exchange one of them can replace the program. */
static void check_links(const char *path, struct hook *out)
{
	SX_FREE char *at = sx_strdup(path);

	for (char *next; !out->fault && (next = next_of(at));) {
		sx_put(&at, next);
		(void)is_place_safe(at, out);
	}
}

/* False: not a program, or switched off (chmod -x). */
static bool look_at(const char *path, struct hook *out)
{
	struct stat st, link;

	if (lstat(path, &link))
		return false;
	if (stat(path, &st)) {
		out->fault = sx_format("%s: %s", path, strerror(errno));
		return true;
	}
	if (!S_ISREG(st.st_mode) || !(st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)))
		return false;
	if (is_safe(path, &st, out) && S_ISLNK(link.st_mode))
		check_links(path, out);
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool list(const char *dir, struct sx_words *names)
{
	DIR *d = opendir(dir);

	if (!d)
		return false;
	for (const struct dirent *de; (de = readdir(d));)
		if (is_name(de->d_name))
			sx_words_add(names, de->d_name);
	closedir(d);
	if (names->len)
		qsort(names->items, names->len, sizeof(*names->items), by_name);
	return true;
}

void hooks_find(const struct flow_env *env, struct hooks *out)
{
	SX_FREE char *dir = sx_path_join(env->paths.etc, "safexl.d");
	struct hook own = { 0 };
	SX_WORDS names = { 0 };
	struct stat st;

	if (lstat(dir, &st))
		return;
	if (!S_ISDIR(st.st_mode))
		own.fault = sx_format("%s is not a directory", dir);
	else if (is_safe(dir, &st, &own) && !list(dir, &names))
		own.fault = sx_format("%s: %s", dir, strerror(errno));
	if (own.fault) {
		own.path = sx_steal(&dir);
		sx_vec_push(out, own);
		return;
	}
	for (size_t i = 0; i < names.len; i++) {
		struct hook one = { .path = sx_path_join(dir, names.items[i]) };

		if (look_at(one.path, &one))
			sx_vec_push(out, one);
		else
			free(one.path);
	}
}
