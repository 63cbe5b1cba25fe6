/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes the private copies of edits, each in a directory of its own below the state directory, and
 * finds the abandoned ones. The process that edits one locks its directory; the lock ends with the
 * process, and no editor inherits it.
 */
#include "domain/config.h"
#include "family/edit_private.h"
#include "host/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/file.h>

/* Beside the copy: its base, and the path of the file it was made from. */
static const char base_name[] = ".base", path_name[] = ".path";

char *edit_base_of(const char *dir)
{
	return sx_path_join(dir, base_name);
}

static char *parent_of(const struct flow_env *env)
{
	return sx_path_join(env->paths.state, "edit");
}

/* Lock the directory. -1: somebody edits the copy now, or it cannot be opened. */
static int hold(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* ---- existing copies ---- */

void edit_copies_dispose(struct edit_copies *c)
{
	for (size_t i = 0; i < c->len; i++) {
		free(c->items[i].name);
		free(c->items[i].path);
	}
	sx_vec_free(c);
}

/* The path of the file that the copy was made from; NULL: not a copy of safexl's. Heap string. */
static char *read_path(const char *dir)
{
	SX_FREE char *file = sx_path_join(dir, path_name);
	FILE_IMAGE image = { 0 };
	SX_ERR ignored = { 0 };

	if (file_read(file, &image, &ignored))
		return NULL;
	return sx_strndup(sx_str_text(&image.text), image.text.len);
}

static void add_copy(const char *parent, const char *name, struct edit_copies *out)
{
	SX_FREE char *dir = sx_path_join(parent, name);
	SX_FREE char *path = read_path(dir), *base = sx_path_base(path ? path : "");
	SX_FREE char *copy = sx_path_join(dir, base);
	struct edit_copy one = { 0 };
	struct stat st;
	int fd;

	if (!path || stat(copy, &st))
		return;
	fd = hold(dir);
	one.busy = fd < 0;
	if (fd >= 0)
		close(fd);
	one.name = sx_strdup(name);
	one.path = sx_steal(&path);
	one.time = st.st_mtime;
	sx_vec_push(out, one);
}

static int by_time(const void *a, const void *b)
{
	const struct edit_copy *x = a, *y = b;

	return x->time == y->time ? strcmp(x->name, y->name) : x->time < y->time ? -1 : 1;
}

void edit_copies_find(const struct flow_env *env, struct edit_copies *out)
{
	SX_FREE char *parent = parent_of(env);
	SX_WORDS names = { 0 };
	SX_ERR ignored = { 0 };

	if (sx_path_list(parent, "", &names, &ignored))
		return;
	for (size_t i = 0; i < names.len; i++)
		add_copy(parent, names.items[i], out);
	if (out->len)
		qsort(out->items, out->len, sizeof(out->items[0]), by_time);
}

/* Notify of other copies of the file, being edited or abandoned. */
static void tell_others(const struct flow_env *env, const char *path)
{
	SX_CLEANUP(edit_copies_dispose) struct edit_copies all = { 0 };

	edit_copies_find(env, &all);
	sx_each(const struct edit_copy, c, &all) {

		if (!sx_streq(c->path, path))
			continue;
		if (c->busy)
			flow_notice(env, "%s: another edit of it is under way (%s)", path, c->name);
		else
			flow_notice(env,
				    "%s: an earlier edit left a copy; to go on editing: "
				    "safexl edit --resume %pQ",
				    path, c->name);
	}
}

/* ---- one copy ---- */

static int write_beside(const struct edit *e, const char *name, const char *text, size_t len,
			struct sx_err *err)
{
	SX_FREE char *path = sx_path_join(e->dir, name);

	return file_write_cache(path, text, len, err);
}

int edit_copy_make(const struct flow_env *env, struct edit *e, struct sx_err *err)
{
	SX_FREE char *parent = parent_of(env), *base = sx_path_base(e->path);
	SX_FREE char *template = sx_format("%s/%s.XXXXXX", parent, base);
	FILE_IMAGE image = { 0 };
	const char *text;

	if (file_read(e->path, &image, err) || config_admit(e->path, &image.text, err) ||
	    sx_path_mkdirs(env->paths.state, 0700, err) || sx_path_mkdirs(parent, 0700, err))
		return -1;
	tell_others(env, e->path);
	if (!mkdtemp(template))
		return sx_err_sys(err, SX_ECANTWRITE, "%s", parent);
	e->dir = sx_steal(&template);
	e->copy = sx_path_join(e->dir, base);
	e->held = hold(e->dir);
	text = sx_str_text(&image.text);
	return write_beside(e, path_name, e->path, strlen(e->path), err) ||
			       write_beside(e, base_name, text, image.text.len, err) ||
			       file_write_cache(e->copy, text, image.text.len, err)
		       ? -1
		       : 0;
}

int edit_open(const struct flow_env *env, const char *name, struct edit *e, struct sx_err *err)
{
	SX_FREE char *parent = parent_of(env), *dir = sx_path_join(parent, name);
	SX_FREE char *path = strchr(name, '/') || *name == '.' ? NULL : read_path(dir);
	SX_FREE char *base = path ? sx_path_base(path) : NULL;

	if (!path) {
		sx_err_set(err, SX_EUSAGE, "edit: no edit left a copy called '%s'", name);
		return sx_err_hint(err, "those that were left: safexl edit --list");
	}
	e->held = hold(dir);
	if (e->held < 0) {
		sx_err_set(err, SX_ELOCKED, "edit: '%s' is being edited now", name);
		return sx_err_hint(err,
				   "wait for that editor to end; to see all: safexl edit --list");
	}
	e->path = sx_steal(&path);
	e->dir = sx_steal(&dir);
	e->copy = sx_path_join(e->dir, base);
	return 0;
}

/* What editors leave beside a file: backups, swap and undo files, locks, what a crash would need. */
static bool is_of_editor(const char *name, const char *base)
{
	static const struct {
		const char *before, *behind; /* behind: a pattern */
	} forms[] = { { "", "~" },	   { "", ".~*~" },  { "", ".bak" },	  { "", ".save*" },
		      { ".", ".sw[a-p]" }, { ".", ".un~" }, { ".", ".kate-swp" }, { ".#", "" },
		      { "#", "#" },	   { ".", "~" } };

	for (size_t i = 0; i < SX_COUNT(forms); i++) {
		SX_FREE char *start = sx_format("%s%s", forms[i].before, base);

		if (sx_starts_with(name, start) &&
		    fnmatch(forms[i].behind, name + strlen(start), 0) == 0)
			return true;
	}
	return false;
}

static bool is_ours(const char *name, const char *base)
{
	struct file_staged_id id;

	return sx_streq(name, base_name) || sx_streq(name, path_name) || sx_streq(name, base) ||
	       file_staged_name(name, &id) || is_of_editor(name, base);
}

void edit_discard(const struct flow_env *env, const struct edit *e)
{
	SX_FREE char *base = sx_path_base(e->copy);
	DIR *dir = opendir(e->dir);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (is_ours(entry->d_name, base))
			unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
	/* Somebody may have saved another file there, as editors offer it for the next name. */
	if (rmdir(e->dir) && (errno == ENOTEMPTY || errno == EEXIST))
		flow_notice(env, "%s: what else was saved beside the copy is kept: %s", e->path,
			    e->dir);
}
