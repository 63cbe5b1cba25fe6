/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of our own, written beside their place and renamed into it: see file.h. */
#include "base/path.h"
#include "host/file.h"
#include "host/sync.h"

#include <fcntl.h>
#include <unistd.h>

int file_create_new(const char *path, struct sx_err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	return fd < 0 ? sx_err_sys(err, SX_ECANTWRITE, "create %s", path) : fd;
}

/* Replace the file in one step. `sync`: it and `other` (or NULL) survive a crash of the host. */
static int write_private(const char *path, const char *bytes, size_t len, bool sync, char *other,
			 struct sx_err *err)
{
	FILE_STAGED temp = { 0 };

	if (len > FILE_LARGEST)
		return sx_err_set(err, SX_ECANTWRITE,
				  "%s would be %zu bytes, of which safexl reads at most %d", path,
				  len, (int)FILE_LARGEST);
	if (file_stage_open(path, &temp, err))
		return -1;
	if (file_write_all(temp.fd, bytes, len))
		return sx_err_sys(err, SX_ECANTWRITE, "write %s", path);
	if (sync && sync_paths((char *[]){ temp.temp, other, NULL }, err))
		return -1;
	if (rename(temp.temp, path))
		return sx_err_sys(err, SX_ECANTWRITE, "rename %s to %s", temp.temp, path);
	/* The name is gone: nothing to remove. */
	free(sx_steal(&temp.temp));
	return 0;
}

int file_write_durable_with(const char *path, const char *bytes, size_t len, char *other,
			    struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(path);

	return write_private(path, bytes, len, true, other, err) ? -1 : file_sync_dir(dir, err);
}

int file_write_durable(const char *path, const char *bytes, size_t len, struct sx_err *err)
{
	return file_write_durable_with(path, bytes, len, NULL, err);
}

int file_write_cache(const char *path, const char *bytes, size_t len, struct sx_err *err)
{
	return write_private(path, bytes, len, false, NULL, err);
}
