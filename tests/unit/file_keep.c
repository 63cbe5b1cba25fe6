/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole files: what a replacement keeps of the old file, and what makes it impossible. */
#include "file_world.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/xattr.h>

static void skip(struct world *w, const char *what, const char *why)
{
	SX_FREE char *line = sx_format("%s # SKIP %s", what, why);

	tap_ok(&w->t, true, line);
}

static void test_xattr(struct world *w)
{
	char value[16] = "";

	if (setxattr(w->path, "user.note", "kept", 5, 0)) {
		skip(w, "an extended attribute is kept", "no user.* attributes in /tmp");
		return;
	}
	tap_ok(&w->t,
	       change(w->path, NEW, NULL) == SX_OK &&
		       getxattr(w->path, "user.note", value, sizeof(value)) == 5 &&
		       strcmp(value, "kept") == 0,
	       "an extended attribute is kept");
	removexattr(w->path, "user.note");
	put(w->path, OLD);
}

/* A POSIX ACL as the kernel stores it: owner, one named user, group, mask, others. */
struct acl {
	uint32_t version;
	struct {
		uint16_t tag, perm;
		uint32_t id;
	} entry[5];
};

static const struct acl acl_example = {
	2,
	{
		{ 1, 6, UINT32_MAX },
		{ 2, 4, 12345 },
		{ 4, 4, UINT32_MAX },
		{ 16, 4, UINT32_MAX },
		{ 32, 0, UINT32_MAX },
	},
};

static void test_acl(struct world *w)
{
	static const char acc[] = "system.posix_acl_access", def[] = "system.posix_acl_default";
	struct acl got = { 0 };
	struct stat st;

	if (setxattr(w->path, acc, &acl_example, sizeof(acl_example), 0)) {
		skip(w, "an ACL is kept", "no ACLs in /tmp");
		skip(w, "a directory's default ACL does not reach a file without", "no ACLs");
		return;
	}
	tap_ok(&w->t,
	       change(w->path, NEW, NULL) == SX_OK &&
		       getxattr(w->path, acc, &got, sizeof(got)) == sizeof(got) &&
		       memcmp(&got, &acl_example, sizeof(got)) == 0,
	       "an ACL is kept");
	unlink(w->path);
	put(w->path, OLD);
	chmod(w->path, 0644);
	if (setxattr(w->dir, def, &acl_example, sizeof(acl_example), 0))
		abort();
	tap_ok(&w->t,
	       change(w->path, NEW, NULL) == SX_OK && stat(w->path, &st) == 0 &&
		       (st.st_mode & 07777) == 0644 && getxattr(w->path, acc, NULL, 0) < 0,
	       "a directory's default ACL does not reach a file without");
	removexattr(w->dir, def);
	put(w->path, OLD);
}

static void test_owner(struct world *w)
{
	struct stat st;

	if (geteuid()) {
		skip(w, "a foreign owner is kept", "needs root");
		return;
	}
	if (chown(w->path, 12, 34))
		abort();
	tap_ok(&w->t,
	       change(w->path, NEW, NULL) == SX_OK && stat(w->path, &st) == 0 && st.st_uid == 12 &&
		       st.st_gid == 34,
	       "a foreign owner is kept");
	unlink(w->path);
	put(w->path, OLD);
}

static int as_nobody(struct world *w)
{
	if (setgid(65534) || setuid(65534))
		return 100;
	return (int)change(w->path, NEW, NULL);
}

static void test_unprivileged(struct world *w)
{
	if (geteuid()) {
		skip(w, "a foreign owner that cannot be kept", "needs root");
		return;
	}
	chmod(w->dir, 0777);
	chmod(w->path, 0666);
	tap_is_num(&w->t, in_child(w, as_nobody), SX_ECANTWRITE,
		   "a foreign owner that cannot be kept");
	chmod(w->dir, 01777);
	tap_is_num(&w->t, in_child(w, as_nobody), SX_ECANTWRITE, "the same in a sticky directory");
	chmod(w->dir, 0755);
	tap_is_num(&w->t, in_child(w, as_nobody), SX_ECANTWRITE, "a directory not ours to write");
	chmod(w->dir, 0700);
	is_text(w, w->path, OLD, "the file is as it was");
	tap_is_num(&w->t, others(w), 0, "nothing is left beside it");
}

static bool set_flag(const char *path, int flag, bool on)
{
	SX_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	int flags;

	if (fd < 0 || ioctl(fd, FS_IOC_GETFLAGS, &flags))
		return false;
	flags = on ? flags | flag : flags & ~flag;
	return ioctl(fd, FS_IOC_SETFLAGS, &flags) == 0;
}

static void test_flag(struct world *w, const char *path, int flag, const char *what)
{
	if (!set_flag(path, flag, true)) {
		skip(w, what, "needs root and a file system with chattr");
		return;
	}
	tap_is_num(&w->t, change(w->path, NEW, NULL), SX_ECANTWRITE, what);
	set_flag(path, flag, false);
}

static int over_mount(struct world *w)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount(w->path, w->path, NULL, MS_BIND, NULL))
		return 100;
	return (int)change(w->path, NEW, NULL);
}

static int over_read_only(struct world *w)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount(w->dir, w->dir, NULL, MS_BIND, NULL) ||
	    mount(NULL, w->dir, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL))
		return 100;
	return (int)change(w->path, NEW, NULL);
}

static int over_full(struct world *w)
{
	FILE_IMAGE image = { 0 };
	FILE_STAGED staged = { 0 };
	SX_ERR err = { 0 };
	SX_FREE char *text = sx_alloc(200000);

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", w->dir, "tmpfs", 0, "size=64k"))
		return 100;
	put(w->path, OLD);
	memset(text, '#', 199999);
	if (file_read(w->path, &image, &err) || !file_stage(&image, text, 199999, &staged, &err))
		return 101;
	return err.sys_errno == ENOSPC && others(w) == 0 ? (int)err.code : 102;
}

static void test_mounts(struct world *w)
{
	static const struct {
		int (*part)(struct world *w);
		const char *what;
	} parts[] = {
		{ over_mount, "a file that is a mount point" },
		{ over_read_only, "a read-only file system" },
		{ over_full, "a full file system" },
	};

	for (size_t i = 0; i < SX_COUNT(parts); i++) {
		int code = in_child(w, parts[i].part);

		if (code == 100)
			skip(w, parts[i].what, "needs root");
		else
			tap_is_num(&w->t, code, SX_ECANTWRITE, parts[i].what);
	}
	is_text(w, w->path, OLD, "the file is as it was");
	tap_is_num(&w->t, others(w), 0, "nothing is left beside it");
}

int main(void)
{
	struct world w;

	world_open(&w);
	test_xattr(&w);
	test_acl(&w);
	test_owner(&w);
	test_unprivileged(&w);
	test_flag(&w, w.path, FS_IMMUTABLE_FL, "an immutable file");
	test_flag(&w, w.path, FS_APPEND_FL, "an append-only file");
	test_flag(&w, w.dir, FS_IMMUTABLE_FL, "an immutable directory");
	test_flag(&w, w.dir, FS_APPEND_FL, "an append-only directory");
	test_mounts(&w);
	return world_close(&w);
}
