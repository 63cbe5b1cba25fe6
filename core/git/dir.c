/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Directories inside .git. A repository may belong to the user who called sudo, or be shared with a
 * group: whoever may write there could put a symbolic link where root writes. So every directory is
 * opened without following links, and files are named relative to the open directory.
 */
#include "base/path.h"
#include "git/private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

/* -1 with errno; ELOOP when there is a link on the way. */
static int open_below(int base, const char *rel)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};

	return (int)syscall(SYS_openat2, base, rel, &how, sizeof(how));
}

/* The mode that git gives to what it makes in a shared repository (calc_shared_perm in path.c). */
static mode_t shared_mode(mode_t mode, int shared)
{
	mode_t bits = (mode_t)abs(shared);

	if (!(mode & S_IWUSR))
		bits &= ~0222u;
	if (mode & S_IXUSR)
		bits |= (bits & 0444) >> 2;
	mode = shared < 0 ? (mode & ~0777u) | bits : mode | bits;
	if (!S_ISDIR(mode))
		return mode;
	mode |= (mode & 0444) >> 2;
	return mode & 060 ? mode | S_ISGID : mode;
}

void repo_dir_share(const struct repo_dir *base, int fd)
{
	struct stat st;
	mode_t mode;

	if (!base->shared || fstat(fd, &st))
		return;
	mode = shared_mode(st.st_mode, base->shared);
	if (mode != st.st_mode)
		(void)fchmod(fd, mode & 07777);
}

static int make_below(const struct repo_dir *base, const char *rel)
{
	SX_FREE char *up = sx_path_dir(rel), *name = sx_path_base(rel);
	SX_CLOSE int parent = open_below(base->fd, up);
	SX_CLOSE int made = -1;

	if (parent < 0 && errno == ENOENT && make_below(base, up) == 0)
		parent = open_below(base->fd, up);
	if (parent < 0)
		return -1;
	if (mkdirat(parent, name, 0777))
		return errno == EEXIST ? 0 : -1;
	made = open_below(parent, name);
	repo_dir_share(base, made);
	return 0;
}

int repo_dir_open(const struct repo_dir *base, const char *rel, bool *made, int *out,
		  struct sx_err *err)
{
	int fd = open_below(base->fd, rel);

	if (fd < 0 && errno == ENOENT && made && make_below(base, rel) == 0) {
		*made = true;
		fd = open_below(base->fd, rel);
	}
	if (fd < 0 && errno == ELOOP) {
		sx_err_set(err, SX_ECANTWRITE, "%s/%s goes through a symbolic link", base->path,
			   rel);
		return sx_err_hint(err, "put a directory in place of the link: none is followed "
					"when the repository is written");
	}
	if (fd < 0)
		return sx_err_sys(err, SX_ECANTWRITE, "%s/%s", base->path, rel);
	*out = fd;
	return 0;
}

void repo_dir_remove(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *entries = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	while (entries && (entry = readdir(entries))) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    unlinkat(fd, entry->d_name, 0))
			repo_dir_remove(fd, entry->d_name);
	}
	if (entries)
		closedir(entries);
	else if (fd >= 0)
		close(fd);
	unlinkat(dir, name, AT_REMOVEDIR);
}
