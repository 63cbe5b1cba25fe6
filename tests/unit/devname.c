/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* core/host/devname.c: names that stay, found among links in a directory in /dev's place. */
#include "tap.h"

#include "base/path.h"
#include "base/str.h"
#include "host/devname.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *st SX_UNUSED, int flag SX_UNUSED,
		      struct FTW *ftw SX_UNUSED)
{
	return remove(path);
}

static void device(const char *dev, const char *name)
{
	SX_FREE char *path = sx_path_join(dev, name);

	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
}

static void add_link(const char *dev, const char *name, const char *to)
{
	SX_FREE char *path = sx_path_join(dev, name);

	if (symlink(to, path))
		exit(2);
}

/* The name changes, and `want` is the one that stays, in `dev` unless absolute; NULL: there is none. */
static void changes(struct tap *t, const char *dev, const char *name, const char *want,
		    const char *what)
{
	SX_FREE char *path = sx_path_join(dev, name), *sys = sx_path_join(dev, "sys"),
		     *wanted = want ? sx_path_join(dev, want) : NULL, *got = NULL;
	bool r = devname_changes(dev, sys, path, &got);

	if (!tap_ok(t, r && sx_streq(got, wanted), what))
		printf("#  got: %s %s\n# want: %s\n", r ? "changes," : "stays,", got ? got : "none",
		       wanted ? wanted : "none");
}

static void stays(struct tap *t, const char *dev, const char *name, const char *what)
{
	SX_FREE char *path = sx_path_join(dev, name), *got = NULL;

	if (!tap_ok(t, !devname_changes(dev, "/nonexistent", path, &got) && !got, what))
		printf("#  got: %s\n", got ? got : "changes");
}

static void make_dir(const char *dev, const char *name)
{
	SX_FREE char *path = sx_path_join(dev, name);
	SX_ERR err = { 0 };

	if (sx_path_mkdirs(path, 0755, &err))
		exit(2);
}

static void test_discs(struct tap *t, const char *dev)
{
	device(dev, "sda");
	device(dev, "sda2");
	device(dev, "sdb");
	device(dev, "sdb-backup");
	device(dev, "dm-0");
	device(dev, "md0");
	device(dev, "md127");
	device(dev, "vmlinuz");
	make_dir(dev, "disk/by-id");
	make_dir(dev, "disk/by-diskseq");
	make_dir(dev, "block");
	make_dir(dev, "mapper");
	make_dir(dev, "md");
	make_dir(dev, "home");
	add_link(dev, "disk/by-id/wwn-0x5000", "../../sda");
	add_link(dev, "disk/by-id/scsi-3600", "../../sda");
	add_link(dev, "disk/by-id/ata-DISK_42", "../../sda");
	add_link(dev, "disk/by-id/ata-DISK_42-part2", "../../sda2");
	add_link(dev, "disk/by-id/dm-name-vg-web", "../../dm-0");
	add_link(dev, "disk/by-id/gone", "../../sdc");
	add_link(dev, "disk/by-diskseq/7", "../../sda");
	add_link(dev, "block/8:0", "../sda");
	add_link(dev, "mapper/vg-web", "../dm-0");
	add_link(dev, "md/store", "../md127");
	changes(t, dev, "sda", "disk/by-id/ata-DISK_42", "a disk: by its model and number");
	changes(t, dev, "sda2", "disk/by-id/ata-DISK_42-part2", "a partition");
	changes(t, dev, "dm-0", "mapper/vg-web", "a volume: by its name");
	changes(t, dev, "md127", "md/store", "an array by its name");
	changes(t, dev, "sdb", NULL, "a disk without a name that stays");
	changes(t, dev, "sdc", NULL, "a disk that is not there");
	changes(t, dev, "./mapper/../sda", "disk/by-id/ata-DISK_42", "however it is spelled");
	changes(t, dev, "block/8:0", "disk/by-id/ata-DISK_42", "by its number");
	changes(t, dev, "disk/by-diskseq/7", "disk/by-id/ata-DISK_42", "by its sequence");
	stays(t, dev, "md0", "an array that mdadm.conf may name so");
	stays(t, dev, "mapper/vg-web", "a name that stays is good as it is");
	stays(t, dev, "sdb-backup", "a name of somebody's own");
	stays(t, dev, "vmlinuz", "a file");
}

static void test_others(struct tap *t, const char *dev)
{
	static const char *const orders[] = { "loop2",	   "loop12p1", "nbd0",	    "rbd1",
					      "zd16",	   "zd0p2",    "sr0",	    "nvme0n1",
					      "nvme1n1p3", "mmcblk0",  "mmcblk0p1", "xvda1",
					      "vdb",	   "dm-12",    "bcache0" };
	SX_FREE char *backing = sx_path_join(dev, "sys/block/loop7/loop/backing_file");
	SX_FREE char *image = sx_path_join(dev, "vmlinuz");
	FILE *f;

	for (size_t i = 0; i < SX_COUNT(orders); i++)
		changes(t, dev, orders[i], NULL, orders[i]);
	device(dev, "zd32");
	device(dev, "rbd4");
	make_dir(dev, "zvol/tank/vm");
	make_dir(dev, "rbd/pool");
	add_link(dev, "zvol/tank/vm/web", "../../../zd32");
	add_link(dev, "rbd/pool/web", "../../rbd4");
	changes(t, dev, "zd32", "zvol/tank/vm/web", "a zvol: by its pool and name");
	changes(t, dev, "rbd4", "rbd/pool/web", "an image of Ceph: by its pool and name");
	make_dir(dev, "sys/block/loop7/loop");
	f = fopen(backing, "w");
	if (!f || fprintf(f, "%s\n", image) < 0 || fclose(f))
		exit(2);
	changes(t, dev, "loop7", image, "a loop device: the file behind it");
	stays(t, dev, "drbd0", "drbd.conf fixes its numbers");
	stays(t, dev, "cdrom", "a link that udev keeps");
	stays(t, dev, "srv", "a name that only begins like one");
}

/* A link outside of /dev names what it names. */
static void test_link(struct tap *t, const char *dev)
{
	char other[] = "/tmp/safexl-devname-link-XXXXXX";
	SX_FREE char *link = NULL, *sda = sx_path_join(dev, "sda"),
		     *by_id = sx_path_join(dev, "disk/by-id/ata-DISK_42");

	if (!mkdtemp(other))
		exit(2);
	link = sx_path_join(other, "disk");
	if (symlink(sda, link))
		exit(2);
	changes(t, dev, link, "disk/by-id/ata-DISK_42", "a link of one's own to such a name");
	unlink(link);
	if (symlink(by_id, link))
		exit(2);
	stays(t, dev, link, "a link to a name that stays");
	unlink(link);
	rmdir(other);
}

int main(void)
{
	char dev[] = "/tmp/safexl-devname-XXXXXX";
	struct tap t = { 0 };

	if (!mkdtemp(dev))
		return 2;
	test_discs(&t, dev);
	test_others(&t, dev);
	test_link(&t, dev);
	nftw(dev, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return tap_end(&t);
}
