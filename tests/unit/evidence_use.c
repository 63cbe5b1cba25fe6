/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who uses a file, as a /proc and /sys made by hand tell. Devices are tried in tests/root. */
#include "evidence_world.h"

#include <sys/sysmacros.h>

static void use_is(struct world *w, const char *path, const char *format, const char *want,
		   const char *what)
{
	struct evidence_subject s = { .target = path, .format = format };
	struct evidence_uses *uses = NULL;
	SX_FREE char *how = NULL;
	SX_FREE char *full = want ? sx_format("%s %s", path, want) : NULL;
	SX_ERR err = { 0 };

	if (evidence_uses_take(&w->o, &uses, &err))
		return (void)tap_ok(&w->t, false, err.msg);
	how = evidence_in_use(uses, &s);
	evidence_uses_free(uses);
	tap_is(&w->t, how, full, what);
}

/* A process that has the file open under this number, with these flags. */
static void opened(const struct world *w, const char *pid, const char *fd, const char *path,
		   const char *flags)
{
	SX_FREE char *dir = sx_format("%s/proc/%s/fd", w->root, pid);
	SX_FREE char *link = sx_path_join(dir, fd);
	SX_FREE char *info = sx_format("/proc/%s/fdinfo/%s", pid, fd);
	SX_FREE char *comm = sx_format("/proc/%s/comm", pid);
	SX_FREE char *text = sx_format("pos:\t0\nflags:\t%s\nmnt_id:\t1\n", flags);
	SX_ERR err = { 0 };

	must(!sx_path_mkdirs(dir, 0755, &err) && !symlink(path, link), link);
	sys_put(w, info, text);
	sys_put(w, comm, "qemu-img\n");
}

static void test_writers(struct world *w)
{
	SX_FREE char *path = disk_make(w, "b.img", 8192);
	SX_FREE char *other = disk_make(w, "other.img", 8192);
	SX_FREE char *own = sx_format("%d", (int)getpid());

	use_is(w, path, "", NULL, "a file that nobody uses");
	opened(w, own, "9", path, "0100002");
	use_is(w, path, "", NULL, "our own descriptor");
	opened(w, "121", "4", path, "0100000");
	use_is(w, path, "", NULL, "held open for reading");
	opened(w, "122", "5", other, "0100002");
	use_is(w, path, "", NULL, "another file held open for writing");
	opened(w, "123", "6", path, "02100002");
	use_is(w, path, "", "is held open for writing by pid 123 (qemu-img)",
	       "held open for writing");
	use_is(w, "/nowhere/at/all", "", NULL, "a file that is not there");
}

static void test_loops(struct world *w)
{
	SX_FREE char *path = disk_make(w, "loop.img", 8192);
	SX_FREE char *text = sx_format("%s\n", path);

	sys_put(w, "/sys/block/loop3/loop/backing_file", text);
	sys_put(w, "/sys/block/loop3/dev", "7:3\n");
	sys_put(w, "/sys/block/loop3/ro", "1\n");
	use_is(w, path, "", NULL, "a loop device that is read-only and not mounted");
	sys_put(w, "/sys/block/loop3/ro", "0\n");
	use_is(w, path, "", "is in use as loop3", "a loop device");
	sys_put(w, "/sys/dev/block/7:3/holders/dm-4/dev", "253:4\n");
	sys_put(w, "/sys/dev/block/7:3/holders/dm-4/dm/name", "loop3p1\n");
	use_is(w, path, "", "is in use as loop3", "a partition mapped from it");
	sys_put(w, "/proc/self/mountinfo",
		"36 35 253:4 / /mnt\\040two rw,noatime shared:1 - ext4 /dev/mapper/x rw\n");
	use_is(w, path, "", "is mounted on /mnt two (as loop3p1)", "mounted from there");
	sys_put(w, "/sys/dev/block/7:3/loop3p2/partition", "2\n");
	sys_put(w, "/sys/dev/block/7:3/loop3p2/dev", "259:1\n");
	sys_put(w, "/proc/self/mountinfo",
		"36 35 259:1 / /rescue ro,noatime - ext4 /dev/loop3p2 ro\n");
	use_is(w, path, "", "is mounted read-only on /rescue (as partition 2)",
	       "a partition of it, mounted read-only");
	sys_put(w, "/proc/self/mountinfo",
		"36 35 0:99 / /btrfs rw - btrfs /dev/none rw\n36 35 7:9 / /m rw - ext4 /x rw\n");
	use_is(w, path, "", "is in use as loop3", "mounts of other devices");
}

static void test_chain(struct world *w)
{
	unsigned char head[512] = { 'Q', 'F', 'I', 0xfb, 0, 0, 0, 2 };
	SX_FREE char *base = disk_make(w, "base.img", 8192);
	SX_FREE char *top = disk_make(w, "top.qcow2", 65536);
	SX_FREE char *want = sx_format("%s is held open for writing by pid 125 (qemu-img)", base);
	struct evidence_subject s = { .target = top, .format = "qcow2" };
	struct evidence_uses *uses = NULL;
	SX_FREE char *how = NULL;
	SX_ERR err = { 0 };

	head[14] = 1; /* the name lies at 256 */
	head[19] = 8;
	head[23] = 16;
	memcpy(head + 256, "base.img", 8);
	put_at(top, 0, head, sizeof(head));
	use_is(w, top, "qcow2", NULL, "an image that nobody uses");
	opened(w, "125", "3", base, "0100001");
	if (evidence_uses_take(&w->o, &uses, &err))
		return (void)tap_ok(&w->t, false, err.msg);
	how = evidence_in_use(uses, &s);
	tap_is(&w->t, how, want, "its backing file is being written to");
	evidence_uses_free(uses);
}

int main(void)
{
	struct evidence_options nowhere = { .sysroot = "/nowhere" };
	struct evidence_uses *uses = NULL;
	SX_ERR err = { 0 };
	struct world w;

	world_open(&w);
	test_writers(&w);
	test_loops(&w);
	test_chain(&w);
	tap_ok(&w.t, evidence_uses_take(&nowhere, &uses, &err) == -1,
	       "not to know the mounts is an error");
	return world_close(&w);
}
