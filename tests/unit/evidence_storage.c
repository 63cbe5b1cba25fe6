/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What disks are made of, as a /sys made by hand tells. Real devices are tried in the lab. */
#include "evidence_world.h"

#include <sys/sysmacros.h>

/* A node of a block device of this number, which need not exist. */
static bool node_make(const struct world *w, const char *name, unsigned maj, unsigned min)
{
	SX_FREE char *path = disk_path(w, name);

	return mknod(path, S_IFBLK | 0600, makedev(maj, min)) == 0;
}

/* The directory of a device below the root, with its number; for partitions below their disk's. */
static void device_put(const struct world *w, const char *where, const char *number,
		       const char *size)
{
	SX_FREE char *dev = sx_format("/sys/devices/%s/dev", where);
	SX_FREE char *sectors = sx_format("/sys/devices/%s/size", where);
	SX_FREE char *link = sx_format("%s/sys/dev/block/%s", w->root, number);
	SX_FREE char *to = sx_format("../../devices/%s", where);
	SX_FREE char *dir = sx_path_dir(link);
	SX_ERR err = { 0 };

	sys_put(w, dev, number);
	sys_put(w, sectors, size);
	must(!sx_path_mkdirs(dir, 0755, &err) && !symlink(to, link), link);
}

static void attribute_put(const struct world *w, const char *where, const char *name,
			  const char *text)
{
	SX_FREE char *path = sx_format("/sys/devices/%s/%s", where, name);

	sys_put(w, path, text);
}

/* Does a write to `written` change `guarded`? */
static void meets_is(struct world *w, const char *written, const char *guarded, const char *format,
		     bool want, const char *what)
{
	SX_FREE char *a = disk_path(w, written);
	SX_FREE char *b = disk_path(w, guarded);
	struct evidence_subject x = { .target = a,
				      .format = sx_ends_with(a, ".qcow2") ? format : "" };
	struct evidence_subject y = { .target = b,
				      .format = sx_ends_with(b, ".qcow2") ? format : "" };
	struct evidence_storage *own = evidence_storage_take(&w->o, &x, true);
	struct evidence_storage *all = evidence_storage_take(&w->o, &y, false);

	tap_ok(&w->t, evidence_storage_meets(own, all) == want, what);
	evidence_storage_free(own);
	evidence_storage_free(all);
}

static void image_make(const struct world *w, const char *name, const char *backing)
{
	unsigned char head[512] = { 'Q', 'F', 'I', 0xfb, 0, 0, 0, 2 };
	SX_FREE char *path = disk_make(w, name, 65536);

	head[14] = 1; /* the name lies at 256 */
	head[19] = (unsigned char)strlen(backing);
	head[23] = 16;
	memcpy(head + 256, backing, strlen(backing));
	put_at(path, 0, head, sizeof(head));
}

static void test_chain(struct world *w)
{
	SX_FREE char *base = disk_make(w, "base.img", 65536);
	SX_FREE char *link = disk_path(w, "hard.img");

	free(disk_make(w, "other.img", 65536));
	image_make(w, "mid.qcow2", "base.img");
	image_make(w, "top.qcow2", "mid.qcow2");
	image_make(w, "clone.qcow2", "mid.qcow2");
	must(!symlink(base, link), link);
	meets_is(w, "base.img", "top.qcow2", "qcow2", true, "what an image is based on");
	meets_is(w, "mid.qcow2", "top.qcow2", "qcow2", true, "the one between");
	meets_is(w, "hard.img", "top.qcow2", "qcow2", true, "by another name");
	meets_is(w, "top.qcow2", "base.img", "qcow2", false, "an image on top only reads");
	meets_is(w, "clone.qcow2", "top.qcow2", "qcow2", false, "another one on the same base");
	meets_is(w, "other.img", "top.qcow2", "qcow2", false, "a file beside it");
	meets_is(w, "base.img", "top.qcow2", "raw", false,
		 "the chain of a raw disk is not followed");
}

static void test_partitions(struct world *w)
{
	node_make(w, "sda", 8, 0);
	node_make(w, "sda1", 8, 1);
	node_make(w, "sda2", 8, 2);
	node_make(w, "sdb", 8, 16);
	device_put(w, "sda", "8:0", "204800");
	device_put(w, "sda/sda1", "8:1", "2048");
	attribute_put(w, "sda/sda1", "partition", "1");
	attribute_put(w, "sda/sda1", "start", "2048");
	device_put(w, "sda/sda2", "8:2", "100000");
	attribute_put(w, "sda/sda2", "partition", "2");
	attribute_put(w, "sda/sda2", "start", "4096");
	device_put(w, "sdb", "8:16", "204800");
	meets_is(w, "sda", "sda1", "", true, "the disk of a partition");
	meets_is(w, "sda1", "sda", "", true, "a partition of a disk");
	meets_is(w, "sda2", "sda1", "", false, "another partition");
	meets_is(w, "sdb", "sda1", "", false, "another disk");
}

static void test_volumes(struct world *w)
{
	node_make(w, "system", 254, 0);
	node_make(w, "data", 254, 1);
	node_make(w, "crypt", 254, 2);
	device_put(w, "dm-0", "254:0", "20480");
	attribute_put(w, "dm-0", "slaves/sda2/dev", "8:2");
	device_put(w, "dm-1", "254:1", "20480");
	attribute_put(w, "dm-1", "slaves/sda2/dev", "8:2");
	device_put(w, "dm-2", "254:2", "20480");
	attribute_put(w, "dm-2", "slaves/dm-1/dev", "254:1");
	meets_is(w, "sda2", "system", "", true, "the physical volume of a volume");
	meets_is(w, "sda", "system", "", true, "the disk of that");
	meets_is(w, "system", "sda", "", true, "a volume on a disk");
	meets_is(w, "data", "system", "", false, "two volumes of one group");
	meets_is(w, "sda1", "system", "", false, "a partition beside the group's");
	meets_is(w, "data", "crypt", "", true, "what an encrypted disk lies on");
	meets_is(w, "crypt", "data", "", true, "an encrypted disk on a volume");
	meets_is(w, "crypt", "system", "", false, "an encrypted disk on another");
}

static void test_loops(struct world *w)
{
	SX_FREE char *file = disk_make(w, "loop.img", 65536);

	node_make(w, "loop0", 7, 0);
	node_make(w, "loop1", 7, 1);
	node_make(w, "loop2", 7, 2);
	device_put(w, "loop0", "7:0", "64");
	attribute_put(w, "loop0", "loop/backing_file", file);
	attribute_put(w, "loop0", "loop/offset", "0");
	device_put(w, "loop1", "7:1", "64");
	attribute_put(w, "loop1", "loop/backing_file", file);
	attribute_put(w, "loop1", "loop/offset", "32768");
	device_put(w, "loop2", "7:2", "128");
	attribute_put(w, "loop2", "loop/backing_file", file);
	attribute_put(w, "loop2", "loop/offset", "0");
	meets_is(w, "loop0", "loop.img", "", true, "a loop device on a file");
	meets_is(w, "loop.img", "loop0", "", true, "the file of a loop device");
	meets_is(w, "loop2", "loop0", "", true, "two on the same part of a file");
	meets_is(w, "loop1", "loop0", "", false, "two on different parts");
	meets_is(w, "loop0", "base.img", "", false, "another file");
}

int main(void)
{
	struct world w;

	world_open(&w);
	test_chain(&w);
	if (node_make(&w, "probe", 8, 99)) {
		test_partitions(&w);
		test_volumes(&w);
		test_loops(&w);
	}
	return world_close(&w);
}
