/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds or removes one file or link of a deed: see deed.h. */
#include "domain/config.h"
#include "host/file.h"
#include "host/sync.h"
#include "managed/deed.h"
#include "managed/private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static int look_link(const char *path, char **text, struct sx_err *err)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target));

	if (n < 0)
		return sx_err_sys(err, SX_EFAIL, "%s", path);
	*text = sx_strndup(target, (size_t)n);
	return 0;
}

static int look_file(const char *path, char **text, struct sx_err *err)
{
	FILE_IMAGE image = { 0 };

	if (file_read(path, &image, err) || config_admit(path, &image.text, err))
		return -1;
	*text = sx_strdup(sx_str_text(&image.text));
	return 0;
}

static int look_at(const char *path, bool is_link, char **text, struct sx_err *err)
{
	struct stat st;

	*text = NULL;
	if (lstat(path, &st))
		return errno == ENOENT ? 0 : sx_err_sys(err, SX_EFAIL, "%s", path);
	if (is_link ? S_ISLNK(st.st_mode) : S_ISREG(st.st_mode))
		return is_link ? look_link(path, text, err) : look_file(path, text, err);
	sx_err_set(err, SX_ECONFLICT, "%s is no %s", path,
		   is_link ? "symbolic link" : "regular file");
	return sx_err_hint(err, "move it out of the way: mv -n %pQ %pQ.old", path, path);
}

int deed_file_look(const struct deed_file *f, char **now, struct sx_err *err)
{
	return look_at(f->path, S_ISLNK(f->mode), now, err);
}

static int err_changed(const char *path, struct sx_err *err)
{
	return sx_err_set(err, SX_ECHANGED, "%s has changed meanwhile", path);
}

/* Write a new file and link it to its name; a file that has the name by now is left alone. */
static int put_file(const struct deed_file *f, struct sx_err *err)
{
	FILE_STAGED staged = { 0 };

	if (file_stage_open(f->path, &staged, err))
		return -1;
	if (file_write_all(staged.fd, f->after, strlen(f->after)) ||
	    fchmod(staged.fd, f->mode & 0777))
		return sx_err_sys(err, SX_ECANTWRITE, "write %s", staged.temp);
	if (sync_paths((char *[]){ staged.temp, NULL }, err))
		return -1;
	if (link(staged.temp, f->path))
		return errno == EEXIST ? err_changed(f->path, err)
				       : sx_err_sys(err, SX_ECANTWRITE, "link %s to %s",
						    staged.temp, f->path);
	return 0;
}

static int put_link(const struct deed_file *f, struct sx_err *err)
{
	if (symlink(f->after, f->path) == 0)
		return 0;
	return errno == EEXIST ? err_changed(f->path, err)
			       : sx_err_sys(err, SX_ECANTWRITE, "make the link %s", f->path);
}

/* Where a file is put for a last look before its removal. Hidden, so that nobody uses it. */
static char *aside_of(const struct deed_file *f)
{
	SX_FREE char *dir = sx_path_dir(f->path), *base = sx_path_base(f->path);
	SX_FREE char *name = sx_format(".%s.safexl-taken", base);

	return sx_path_join(dir, name);
}

/* Remove it only if it is as `before` says; an edit made a moment ago gets its name back. */
static int drop_aside(const struct deed_file *f, struct sx_err *err)
{
	SX_FREE char *aside = aside_of(f), *text = NULL;

	if (look_at(aside, S_ISLNK(f->mode), &text, err))
		return -1;
	if (!text)
		return 0;
	if (sx_streq(text, f->before))
		return unlink(aside) ? sx_err_sys(err, SX_ECANTWRITE, "remove %s", aside) : 0;
	if (renameat2(AT_FDCWD, aside, AT_FDCWD, f->path, RENAME_NOREPLACE))
		return sx_err_sys(err, SX_ECANTWRITE, "rename %s back to %s", aside, f->path);
	return err_changed(f->path, err);
}

static int take_away(const struct deed_file *f, struct sx_err *err)
{
	SX_FREE char *aside = aside_of(f);

	if (renameat2(AT_FDCWD, f->path, AT_FDCWD, aside, RENAME_NOREPLACE))
		return sx_err_sys(err, SX_ECANTWRITE, "rename %s to %s", f->path, aside);
	return drop_aside(f, err);
}

int deed_file_apply(const struct deed_file *f, struct sx_err *err)
{
	SX_FREE char *now = NULL;

	if (!f->after && drop_aside(f, err))
		return -1;
	if (deed_file_look(f, &now, err))
		return -1;
	if (sx_streq(now, f->after) || (!now && !f->after))
		return 0;
	if (f->before ? !sx_streq(now, f->before) : now != NULL)
		return err_changed(f->path, err);
	if (!f->after)
		return take_away(f, err);
	return S_ISLNK(f->mode) ? put_link(f, err) : put_file(f, err);
}
