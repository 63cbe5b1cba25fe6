/* core/sys/devname.c: names that stay, found among links in a directory in /dev's place. */
#include "tap.h"

#include <safexl/devname.h>
#include <safexl/path.h>
#include <safexl/str.h>

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

static void expect(struct tap *t, const char *dev, const char *name, const char *want,
		   const char *what)
{
	SX_FREE char *path = sx_path_join(dev, name),
		     *wanted = want ? sx_path_join(dev, want) : NULL;
	SX_FREE char *got = devname_stable(dev, path);

	if (!tap_ok(t, sx_streq(got, wanted), what))
		printf("#  got: %s\n# want: %s\n", got ? got : "none", wanted ? wanted : "none");
}

int main(void)
{
	char dev[] = "/tmp/safexl-devname-XXXXXX";
	SX_FREE char *ids = NULL, *mapper = NULL;
	SX_ERR err = { 0 };
	struct tap t = { 0 };

	if (!mkdtemp(dev))
		return 2;
	ids = sx_path_join(dev, "disk/by-id");
	mapper = sx_path_join(dev, "mapper");
	if (sx_path_mkdirs(ids, 0755, &err) || sx_path_mkdirs(mapper, 0755, &err))
		return 2;
	device(dev, "sda");
	device(dev, "sdb");
	device(dev, "dm-0");
	device(dev, "loop0");
	add_link(dev, "disk/by-id/wwn-0x5000", "../../sda");
	add_link(dev, "disk/by-id/scsi-3600", "../../sda");
	add_link(dev, "disk/by-id/ata-DISK_42", "../../sda");
	add_link(dev, "disk/by-id/dm-name-vg-web", "../../dm-0");
	add_link(dev, "disk/by-id/usb-loop", "../../loop0");
	add_link(dev, "disk/by-id/gone", "../../sdc");
	add_link(dev, "mapper/vg-web", "../dm-0");
	expect(&t, dev, "sda", "disk/by-id/ata-DISK_42", "a disk: by its model and number");
	expect(&t, dev, "dm-0", "mapper/vg-web", "a volume: by its name");
	expect(&t, dev, "sdb", NULL, "a disk without such a name");
	expect(&t, dev, "sdc", NULL, "a disk that is not there");
	expect(&t, dev, "loop0", NULL, "a loop device is no disk");
	expect(&t, dev, "mapper/vg-web", NULL, "a name that stays is good as it is");
	nftw(dev, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return tap_end(&t);
}
