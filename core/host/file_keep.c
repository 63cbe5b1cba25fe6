/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a new version of a file must have in common with the old one, and what prevents replacing a
 * file at all. See file.h.
 */
#include "base/path.h"
#include "host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <string.h>
#include <sys/xattr.h>

/* Refuse statx attributes that forbid renaming over a file or within a directory. */
static int check_attributes(const char *path, struct sx_err *err)
{
	struct statx sx;

	if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &sx))
		return sx_err_sys(err, SX_ECANTWRITE, "%s", path);
	sx.stx_attributes &= sx.stx_attributes_mask;
	if (sx.stx_attributes & STATX_ATTR_IMMUTABLE) {
		sx_err_set(err, SX_ECANTWRITE, "%s is immutable", path);
		return sx_err_hint(err, "chattr -i %pQ", path);
	}
	if (sx.stx_attributes & STATX_ATTR_APPEND) {
		sx_err_set(err, SX_ECANTWRITE, "%s is append-only", path);
		return sx_err_hint(err, "chattr -a %pQ", path);
	}
	if (S_ISREG(sx.stx_mode) && (sx.stx_attributes & STATX_ATTR_MOUNT_ROOT))
		return sx_err_set(err, SX_ECANTWRITE,
				  "%s is a mount point, so it cannot be replaced", path);
	return 0;
}

int file_check_place(const char *path, struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(path);
	struct stat st;
	bool is_new = lstat(path, &st) != 0;

	if (is_new && errno != ENOENT)
		return sx_err_sys(err, SX_ECANTWRITE, "%s", path);
	return (!is_new && check_attributes(path, err)) || check_attributes(dir, err) ? -1 : 0;
}

int file_check_replaceable(const char *path, int fd, struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(path);

	if (check_attributes(path, err) || check_attributes(dir, err))
		return -1;
	/* Whoever writes into the old file while it is replaced would lose those writes. */
	if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0)
		fcntl(fd, F_SETLEASE, F_UNLCK);
	else if (errno == EAGAIN)
		return sx_err_set(err, SX_ECANTWRITE, "%s is open for writing in another program",
				  path);
	return 0;
}

/* The names of all extended attributes, each with its NUL; none where there is no support. */
static int xattr_names(int fd, struct sx_str *out)
{
	char buf[4096];
	ssize_t n = flistxattr(fd, buf, sizeof(buf));

	if (n >= 0) {
		sx_str_addn(out, buf, (size_t)n);
		return 0;
	}
	if (errno == ERANGE) {
		/* 64 KiB is the most the kernel ever gives. */
		SX_FREE char *big = sx_alloc(XATTR_LIST_MAX);

		n = flistxattr(fd, big, XATTR_LIST_MAX);
		if (n >= 0)
			sx_str_addn(out, big, (size_t)n);
	}
	return n >= 0 || errno == ENOTSUP || errno == ENOSYS ? 0 : -1;
}

/* Calculated by the kernel from content and inode: a copy would be wrong. */
static bool xattr_is_derived(const char *name)
{
	return strcmp(name, "security.ima") == 0 || strcmp(name, "security.evm") == 0;
}

static bool xattr_is_listed(const struct sx_str *names, const char *name)
{
	for (size_t at = 0; at < names->len; at += strlen(names->data + at) + 1) {
		if (strcmp(names->data + at, name) == 0)
			return true;
	}
	return false;
}

/* The value of one attribute; -1 with errno. */
static ssize_t xattr_value(int fd, const char *name, char **out)
{
	char *value = sx_alloc(XATTR_SIZE_MAX);
	ssize_t n = fgetxattr(fd, name, value, XATTR_SIZE_MAX);

	if (n < 0) {
		free(value);
		return -1;
	}
	*out = value;
	return n;
}

/* Copy one attribute. It need not be settable where the value is there already. */
static int xattr_copy(int from, int to, const char *name)
{
	SX_FREE char *want = NULL, *have = NULL;
	ssize_t len = xattr_value(from, name, &want), n;

	if (len < 0)
		return errno == ENODATA ? 0 : -1;
	n = xattr_value(to, name, &have);
	if (have && n == len && memcmp(want, have, (size_t)len) == 0)
		return 0;
	return fsetxattr(to, name, want, (size_t)len, 0);
}

static int keep_xattrs(int from, int to, const char *path, struct sx_err *err)
{
	SX_STR old = { 0 }, new = { 0 };
	const char *name;

	if (xattr_names(from, &old) || xattr_names(to, &new))
		return sx_err_sys(err, SX_ECANTWRITE, "read the extended attributes of %s", path);
	/* Remove what the directory gave (a default ACL) and the old file does not have. */
	for (size_t at = 0; at < new.len; at += strlen(name) + 1) {
		name = new.data + at;
		if (!xattr_is_derived(name) && !xattr_is_listed(&old, name) &&
		    fremovexattr(to, name) && errno != ENODATA)
			return sx_err_sys(err, SX_ECANTWRITE,
					  "a new version of %s cannot be without attribute '%s'",
					  path, name);
	}
	for (size_t at = 0; at < old.len; at += strlen(name) + 1) {
		name = old.data + at;
		if (!xattr_is_derived(name) && xattr_copy(from, to, name))
			return sx_err_sys(err, SX_ECANTWRITE,
					  "cannot keep the extended attribute '%s' of %s", name,
					  path);
	}
	return 0;
}

int file_keep_attributes(int from, int to, const char *path, struct sx_err *err)
{
	struct stat old, new;

	if (fstat(from, &old) || fstat(to, &new))
		return sx_err_sys(err, SX_ECANTWRITE, "%s", path);
	if ((old.st_uid != new.st_uid || old.st_gid != new.st_gid) &&
	    fchown(to, old.st_uid, old.st_gid))
		return sx_err_sys(err, SX_ECANTWRITE, "cannot keep the owner of %s (%u:%u)", path,
				  (unsigned)old.st_uid, (unsigned)old.st_gid);
	if (fchmod(to, old.st_mode & 07777))
		return sx_err_sys(err, SX_ECANTWRITE, "cannot keep the mode of %s", path);
	if (keep_xattrs(from, to, path, err))
		return -1;
	/* A removed inherited ACL has left its mask in the group bits. */
	if (fstat(to, &new) == 0 && new.st_mode != old.st_mode &&
	    fchmod(to, old.st_mode & 07777) == 0 && fstat(to, &new) == 0 &&
	    new.st_mode != old.st_mode) {
		errno = EPERM;
		return sx_err_sys(err, SX_ECANTWRITE, "cannot keep the mode of %s", path);
	}
	return 0;
}
