/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Copies the image of a saved guest into its snapshot and back. Never a hard link: plain xl writes
 * over an existing file, and would overwrite the kept image, too.
 */
#include "guard/kept.h"
#include "guard/saved.h"
#include "host/file.h"
#include "snapshot/private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>

/* Clone the blocks where the file system can, else copy all bytes and read them back. */
static int fill(const struct flow_env *env, int from, int to, const char *to_path,
		struct sx_err *err)
{
	const struct bytes_told told = { &env->progress, "memory" };
	const struct bytes_told back = { &env->progress, "memory, read back" };
	SX_FREE char *digest = NULL;
	int64_t size;

	if (ioctl(to, FICLONE, from) == 0)
		return fsync(to) ? sx_err_sys(err, SX_ECANTWRITE, "write %s to disk", to_path) : 0;
	size = bytes_size(from, to_path, err);
	if (size < 0 || bytes_copy(from, to, to_path, size, &told, &digest, err))
		return -1;
	if (fsync(to))
		return sx_err_sys(err, SX_ECANTWRITE, "write %s to disk", to_path);
	return bytes_check(to_path, size, digest, &back, err);
}

/* Make a new file with the content of the image, after checking that it is the snapshot's. */
static int duplicate(const struct flow_env *env, const struct snapshot *s, const char *path,
		     const char *to_path, struct sx_err *err)
{
	SAVED_IMAGE image = SAVED_IMAGE_NONE;
	SX_CLOSE int to = -1;

	if (saved_image_open(path, &image, err) ||
	    image_identify(image.fd, &image.header, image.id, err))
		return -1;
	if (!sx_streq(image.id, s->image_id))
		return sx_err_set(err, SX_EFAIL, "%s is another image now", path);
	to = file_create_new(to_path, err);
	return to < 0 ? -1 : fill(env, image.fd, to, to_path, err);
}

int image_keep(const struct flow_env *env, const struct snapshot *s, struct sx_err *err)
{
	SX_FREE char *path = snapshot_image(s);

	return duplicate(env, s, s->saved_in, path, err) || file_sync_dir(s->dir, err) ||
			       kept_put_snapshot(env, path, err)
		       ? -1
		       : 0;
}

bool image_goes_back(const struct snapshot *s)
{
	return s->memory && *s->saved_in;
}

/* Where the image is staged: beside its place, under a name that no image has. Heap string. */
static char *staged(const struct snapshot *s)
{
	SX_FREE char *dir = sx_path_dir(s->saved_in), *base = sx_path_base(s->saved_in);

	return sx_format("%s/.%s.safexl-revert", dir, base);
}

/* Its name until it is written, so that a file of the staged name is complete. Heap string. */
static char *unfinished(const char *temp)
{
	return sx_format("%s-new", temp);
}

int image_check_name(const struct snapshot *s, struct sx_err *err)
{
	SX_FREE char *temp = staged(s), *fresh = unfinished(temp), *base = sx_path_base(fresh);

	return strlen(base) <= NAME_MAX
		       ? 0
		       : sx_err_set(err, SX_ECANTWRITE,
				    "the name of its image is too long to have another beside it: "
				    "%s",
				    s->saved_in);
}

int image_stage(const struct flow_env *env, const struct snapshot *s, struct sx_err *err)
{
	SX_FREE char *kept = snapshot_image(s), *temp = staged(s);
	SX_FREE char *dir = sx_path_dir(temp), *fresh = unfinished(temp);

	if (image_unstage(s, err) || duplicate(env, s, kept, fresh, err))
		return -1;
	if (rename(fresh, temp))
		return sx_err_sys(err, SX_ECANTWRITE, "rename %s to %s", fresh, temp);
	return file_sync_dir(dir, err);
}

int image_unstage(const struct snapshot *s, struct sx_err *err)
{
	SX_FREE char *temp = staged(s), *fresh = unfinished(temp);

	return file_remove(fresh, err) || file_remove(temp, err) ? -1 : 0;
}

/* Can be repeated: the image may be in place already, and have its marker, too. */
int image_put_back(const struct flow_env *env, const struct snapshot *s, struct sx_err *err)
{
	SX_FREE char *temp = staged(s), *dir = sx_path_dir(s->saved_in);
	bool is = false;

	if (kept_is_saved(env, s->guest, s->saved_in, &is, err))
		return -1;
	if (is)
		return image_unstage(s, err);
	if ((access(temp, F_OK) && image_stage(env, s, err)) ||
	    kept_check_place(env, s->guest, s->saved_in, 0, err))
		return -1;
	if (rename(temp, s->saved_in))
		return sx_err_sys(err, SX_ECANTWRITE, "rename %s to %s", temp, s->saved_in);
	return file_sync_dir(dir, err) || kept_put_saved(env, s->saved_in, err) ? -1 : 0;
}
