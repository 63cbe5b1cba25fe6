/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a path leads to a mere descriptor, or to the file of another path: see file.h. */
#include "base/path.h"
#include "host/file.h"

#include <limits.h>

static const int most_links = 40;

/* Does the path mean something else in each process? */
static bool is_own(const char *path)
{
	SX_FREE char *dir = sx_path_dir(path);
	SX_FREE char *real = realpath(dir, NULL);

	return sx_starts_with(path, "/proc/") || sx_starts_with(path, "/dev/fd/") ||
	       (real && sx_starts_with(real, "/proc/"));
}

bool file_is_stream(const char *path)
{
	SX_FREE char *at = sx_strdup(path);
	struct stat st;

	/* Link by link: realpath would resolve /dev/stdin to the file behind it. */
	for (int links = 0; links < most_links; links++) {
		char target[PATH_MAX];
		SX_FREE char *dir = NULL, *next = NULL;
		ssize_t len;

		if (is_own(at))
			return true;
		len = readlink(at, target, sizeof(target) - 1);
		if (len < 0)
			break;
		target[len] = '\0';
		dir = sx_path_dir(at);
		next = sx_path_join(dir, target);
		sx_put(&at, sx_steal(&next));
	}
	return stat(at, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

bool file_same_storage(const char *a, const char *b)
{
	struct stat x, y;

	if (!a || !b || !*a || !*b)
		return false;
	if (strcmp(a, b) == 0)
		return true;
	if (stat(a, &x) || stat(b, &y))
		return false;
	if (S_ISBLK(x.st_mode) && S_ISBLK(y.st_mode))
		return x.st_rdev == y.st_rdev;
	return x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}
