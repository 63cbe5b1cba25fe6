/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Refuses what is no place for disks. A manifest can come from anywhere, and root writes to its
 * paths: one that no disk of a guest would have must be typed by a person, too.
 */
#include "backup/restore.h"
#include "domain/config.h"
#include "xen/image.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

/* Directories of the system itself. */
static const char *const system_dirs[] = { "bin",   "boot",   "etc",	 "lib",	    "lib32",
					   "lib64", "libx32", "proc",	 "run",	    "sbin",
					   "sys",   "usr",    "var/log", "var/run", "var/spool" };

static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return strncmp(path, dir, len) == 0 && path[len] == '/';
}

/* On no host are disks of guests in these, nor in hidden files or directories. */
static bool is_of_system(const struct restoring *r, const char *path, const struct stat *st)
{
	SX_FREE char *devices = sx_format("%s/dev", r->env->paths.root);

	for (size_t i = 0; i < SX_COUNT(system_dirs); i++) {
		SX_FREE char *dir = sx_format("%s/%s", r->env->paths.root, system_dirs[i]);

		if (is_below(path, dir))
			return true;
	}
	if (is_below(path, devices))
		return st && S_ISREG(st->st_mode);
	return strstr(path, "/.") != NULL;
}

static bool is_saved_image(const char *path)
{
	SX_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	return fd >= 0 && image_begins(fd);
}

/* Why the path is safexl's own, and refused even if typed: *what, a constant; NULL: it is not. */
static int look_own(const struct restoring *r, const char *path, const struct stat *st,
		    const char **what, struct sx_err *err)
{
	bool is_config = false;

	*what = NULL;
	if (is_below(path, r->env->paths.state))
		*what = "is among the files of safexl itself";
	else if (!st || !S_ISREG(st->st_mode))
		return 0;
	else if (config_is_known(r->env, path, &is_config, err))
		return -1;
	else if (is_config)
		*what = "is a configuration";
	else if (is_saved_image(path))
		*what = "is a saved image";
	return 0;
}

/*
 * Is the file still the disk that was backed up? A raw one must have the size of then, or be empty.
 * An image file of another format grows as its guest writes: it must have that format.
 */
static bool is_that_disk(const struct snapshot_disk *d, int64_t size)
{
	return size == 0 || size == d->size ||
	       (!sx_streq(d->format, "raw") &&
		sx_streq(d->format, evidence_guess_format(d->object)));
}

static int refuse_size(const struct restoring *r, const struct snapshot_disk *d, int64_t size,
		       struct sx_err *err)
{
	SX_FREE char *more = NULL, *command = NULL;
	SX_FREE char *word = sx_format("%s=%s", d->vdev, d->target);

	more = sx_format(" --disk %pQ", word);
	command = restore_command(r, more, NULL);
	sx_err_set(err, SX_EGUARD,
		   "%s: not restored: disk %s: %s has %" PRIi64 " bytes, and had %" PRIi64
		   " when the backup was made",
		   r->u.guest, d->vdev, d->object, size, d->size);
	return sx_err_hint(err, "if it is the disk nevertheless: %s", command);
}

int restore_check_place(const struct restoring *r, const struct snapshot_disk *d,
			const struct stat *st, struct sx_err *err)
{
	bool typed = restore_is_typed(r, d);
	const char *own;

	if (look_own(r, d->object, st, &own, err))
		return -1;
	if (own)
		return restore_refuse_place(r, d, own, err);
	if (!typed && is_of_system(r, d->object, st))
		return restore_refuse_place(r, d, "is not a place for disks", err);
	if (typed || r->again || !r->options->overwrite || !st || !S_ISREG(st->st_mode) ||
	    is_that_disk(d, st->st_size))
		return 0;
	return refuse_size(r, d, st->st_size, err);
}
