/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any file or device, byte for byte, into the directory of the snapshot: slow, and possible everywhere. */
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

static int take(const struct flow_env *env SX_UNUSED, struct snapshot_disk *d, struct sx_err *err)
{
	SX_CLOSE int from = bytes_open(d->object, err);
	SX_CLOSE int to = -1;

	if (from < 0)
		return -1;
	to = file_create_new(d->volume, err);
	return to < 0 ? -1 : bytes_copy(from, to, d->volume, d->size, true, &d->digest, err);
}

static int fill(int fd, const struct snapshot_disk *d, struct sx_err *err)
{
	SX_CLOSE int from = bytes_open(d->volume, err);

	return from < 0 ? -1 : bytes_copy(from, fd, d->object, d->size, true, NULL, err);
}

static int put_back(const struct flow_env *env SX_UNUSED, const struct snapshot_disk *d,
		    struct sx_err *err)
{
	struct stat st;

	if (stat(d->object, &st) == 0 && S_ISBLK(st.st_mode))
		return bytes_write_device(d->volume, d->object, d->size, err);
	return bytes_replace(d->object, fill, d, err);
}

const struct snapshot_kind kind_copy = {
	.name = "copy",
	.needs_leave = true,
	.fits = fits,
	.place = place,
	.take = take,
	.put_back = put_back,
};
