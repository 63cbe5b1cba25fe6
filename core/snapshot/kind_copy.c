/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies any file or device into the snapshot's directory: slow, but possible everywhere. */
#include "base/path.h"
#include "snapshot/kind.h"
#include "snapshot/snapshot.h"

#include <fcntl.h>
#include <sys/stat.h>

static bool fits(const struct snapshot_disk *d, const struct lvm_volume *lvm SX_UNUSED)
{
	struct stat st;

	return stat(d->object, &st) == 0 && (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode));
}

static char *place(const struct snapshot_disk *d, const char *dir, const char *name SX_UNUSED)
{
	SX_FREE char *safe = sx_path_escape(d->vdev);

	return sx_format("%s/disks/%s", dir, safe);
}

static int take(const struct flow_env *env, struct snapshot_disk *d, struct sx_err *err)
{
	SX_FREE char *what = sx_format("disk %s", d->vdev);
	const struct bytes_told told = { &env->progress, what };
	SX_CLOSE int from = bytes_open(d->object, err);
	SX_CLOSE int to = -1;

	if (from < 0)
		return -1;
	to = file_create_new(d->volume, err);
	return to < 0 ? -1 : bytes_copy(from, to, d->volume, d->size, &told, &d->digest, err);
}

static int fill(const struct flow_env *env, int fd, const struct snapshot_disk *d,
		struct sx_err *err)
{
	SX_FREE char *what = sx_format("disk %s, put back", d->vdev);
	const struct bytes_told told = { &env->progress, what };
	SX_CLOSE int from = bytes_open(d->volume, err);

	return from < 0 ? -1 : bytes_copy(from, fd, d->object, d->size, &told, NULL, err);
}

static int put_back(const struct flow_env *env, const struct snapshot_disk *d, struct sx_err *err)
{
	SX_FREE char *what = sx_format("disk %s, put back", d->vdev);
	const struct bytes_told told = { &env->progress, what };
	struct stat st;

	if (stat(d->object, &st) == 0 && S_ISBLK(st.st_mode))
		return bytes_write_device(d->volume, d->object, d->size, &told, err);
	return bytes_replace(env, d->object, fill, d, err);
}

const struct snapshot_kind kind_copy = {
	.name = "copy",
	.needs_leave = true,
	.fits = fits,
	.place = place,
	.take = take,
	.put_back = put_back,
};
