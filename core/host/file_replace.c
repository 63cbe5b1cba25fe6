/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Put a staged version in place without ever losing an edit that somebody makes at the same moment:
 * exchange two names in one step, then check what came out. See file.h.
 */
#include "base/path.h"
#include "host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* The place of one replacement. */
struct place {
	const struct file_image *old;
	int dir;
	const char *name; /* of the file, in dir */
	const char *temp; /* of the staged version, in dir */
};

/* Is `name` still the file that was read, unchanged? */
static bool is_old(const struct place *p, const char *name)
{
	SX_CLOSE int fd =
		openat(p->dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);

	return fd >= 0 && file_is_image(fd, p->old);
}

static int changed(const struct place *p, struct sx_err *err)
{
	return sx_err_set(err, SX_ECHANGED, "%s was changed by another program", p->old->path);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/*
 * The exchange brought out somebody's edit: give it its name back. A newer edit may take the name
 * at any moment, so check what each exchange brings out, and stop only when that is what we had put
 * there ourselves.
 */
static int give_back(const struct place *p, const struct stat *staged, struct sx_err *err)
{
	struct stat ours = *staged, in, out;

	for (int tries = 0; tries < 100; tries++) {
		if (fstatat(p->dir, p->temp, &in, AT_SYMLINK_NOFOLLOW))
			break;
		if (renameat2(p->dir, p->temp, p->dir, p->name, RENAME_EXCHANGE) == 0) {
			if (fstatat(p->dir, p->temp, &out, AT_SYMLINK_NOFOLLOW))
				break;
			if (!same_file(&out, &ours)) {
				ours = in;
				continue;
			}
		} else if (errno != ENOENT) {
			break;
		}
		/* ENOENT: somebody has deleted the file meanwhile, and it stays deleted. */
		unlinkat(p->dir, p->temp, 0);
		return changed(p, err);
	}
	return sx_err_sys(err, SX_EFAIL,
			  "%s was changed by another program meanwhile; that version is %s",
			  p->old->path, p->temp);
}

/* For a file system without exchange: rename as soon after the check as possible. */
static int replace_plain(const struct place *p, struct sx_err *err)
{
	if (!is_old(p, p->name)) {
		unlinkat(p->dir, p->temp, 0);
		return changed(p, err);
	}
	if (renameat(p->dir, p->temp, p->dir, p->name)) {
		sx_err_sys(err, SX_EFAIL, "rename %s to %s", p->temp, p->old->path);
		unlinkat(p->dir, p->temp, 0);
		return -1;
	}
	return 0;
}

static int replace_exchange(const struct place *p, const struct stat *staged, struct sx_err *err)
{
	if (renameat2(p->dir, p->temp, p->dir, p->name, RENAME_EXCHANGE)) {
		if (errno == EINVAL || errno == ENOSYS || errno == ENOTSUP)
			return replace_plain(p, err);
		if (errno == ENOENT)
			changed(p, err);
		else
			sx_err_sys(err, SX_EFAIL, "rename %s to %s", p->temp, p->old->path);
		unlinkat(p->dir, p->temp, 0);
		return -1;
	}
	if (!is_old(p, p->temp))
		return give_back(p, staged, err);
	if (unlinkat(p->dir, p->temp, 0) && errno != ENOENT)
		return sx_err_sys(err, SX_EFAIL, "remove the old version of %s", p->old->path);
	return 0;
}

int file_replace(const struct file_image *old, struct file_staged *staged, struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(staged->target);
	SX_FREE char *name = sx_path_base(staged->target);
	SX_FREE char *temp = sx_path_base(staged->temp);
	SX_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct place p = { .old = old, .dir = fd, .name = name, .temp = temp };
	struct stat st;
	int result;

	if (fd < 0 || fstatat(fd, temp, &st, AT_SYMLINK_NOFOLLOW)) {
		sx_err_sys(err, SX_EFAIL, "replace %s", old->path);
		file_unstage(staged);
		return -1;
	}
	if (!file_same(old)) {
		file_unstage(staged);
		return changed(&p, err);
	}
	result = replace_exchange(&p, &st, err);
	/* If that name exists now, it is not ours to remove. */
	free(sx_steal(&staged->temp));
	file_unstage(staged);
	return result;
}

/* The exchange brought out an edit, and the crash came before it was given back. */
static int settle_edit(const char *target, const char *temp, ino_t staged, struct sx_err *err)
{
	struct stat st;

	if (stat(target, &st))
		return sx_err_sys(err, SX_EFAIL, "%s", target);
	if (st.st_ino != staged) {
		sx_err_set(err, SX_ECONFLICT, "two edits of one file: %s and %s", target, temp);
		return sx_err_hint(err, "compare them, then remove the second");
	}
	if (renameat2(AT_FDCWD, temp, AT_FDCWD, target, RENAME_EXCHANGE))
		return sx_err_sys(err, SX_EFAIL, "rename %s to %s", temp, target);
	return 0;
}

int file_settle(const char *target, const char *temp, const char *old_text, struct sx_err *err)
{
	SX_FREE char *name = sx_path_base(temp);
	FILE_IMAGE left = { 0 };
	struct file_staged_id id;

	if (access(temp, F_OK) && errno == ENOENT)
		return 0;
	if (!file_staged_name(name, &id))
		return sx_err_set(err, SX_EFAIL, "%s is not a staged version of a file", temp);
	if (file_read(temp, &left, err))
		return -1;
	if (id.named && id.ino != left.st.st_ino && !file_image_is(&left, old_text) &&
	    settle_edit(target, temp, id.ino, err))
		return -1;
	if (unlink(temp) && errno != ENOENT)
		return sx_err_sys(err, SX_EFAIL, "remove %s", temp);
	return 0;
}
