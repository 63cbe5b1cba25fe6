/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files on btrfs and XFS: a clone beside the file, which shares its blocks. The kernel writes dirty
 * pages first, so that the clone has what was written through a loop device before.
 */
#include "base/path.h"
#include "host/file.h"
#include "snapshot/kind.h"
#include "snapshot/snapshot.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

/* Try it, as only that tells whether the file system can: XFS can be made without reflink. */
static bool fits(const struct snapshot_disk *d, const struct lvm_volume *lvm SX_UNUSED)
{
	SX_FREE char *dir = sx_path_dir(d->object);
	SX_CLOSE int from = open(d->object, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	SX_CLOSE int to = open(dir, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	struct stat st;

	return from >= 0 && to >= 0 && fstat(from, &st) == 0 && S_ISREG(st.st_mode) &&
	       ioctl(to, FICLONE, from) == 0;
}

/* Hidden from programs that take every file of the directory for a disk. */
static char *place(const struct snapshot_disk *d, const char *dir SX_UNUSED, const char *name)
{
	SX_FREE char *beside = sx_path_dir(d->object);
	SX_FREE char *base = sx_path_base(d->object);

	return sx_format("%s/.%s.snapshot-%s", sx_streq(beside, "/") ? "" : beside, base, name);
}

static int take(const struct flow_env *env SX_UNUSED, struct snapshot_disk *d, struct sx_err *err)
{
	SX_CLOSE int from = open(d->object, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	SX_CLOSE int to = -1;

	if (from < 0)
		return sx_err_sys(err, SX_EFAIL, "open %s", d->object);
	to = file_create_new(d->volume, err);
	if (to < 0)
		return -1;
	if (ioctl(to, FICLONE, from))
		return sx_err_sys(err, SX_ECANTWRITE, "clone %s", d->object);
	return 0;
}

static int fill(const struct flow_env *env SX_UNUSED, int fd, const struct snapshot_disk *d,
		struct sx_err *err)
{
	SX_CLOSE int from = open(d->volume, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);

	if (from < 0)
		return sx_err_sys(err, SX_EFAIL, "open %s", d->volume);
	return ioctl(fd, FICLONE, from) ? sx_err_sys(err, SX_ECANTWRITE, "clone %s", d->volume) : 0;
}

static int put_back(const struct flow_env *env, const struct snapshot_disk *d, struct sx_err *err)
{
	return bytes_replace(env, d->object, fill, d, err);
}

const struct snapshot_kind kind_reflink = {
	.name = "reflink",
	.fits = fits,
	.place = place,
	.take = take,
	.put_back = put_back,
};
