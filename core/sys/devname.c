/* The stable name of a block device, from the links that udev makes: see devname.h. Reads only. */
#include <safexl/devname.h>
#include <safexl/path.h>
#include <safexl/str.h>

#include <dirent.h>
#include <string.h>

/* A name by order of discovery: these letters, then a letter or a digit. */
static bool is_volatile(const char *name)
{
	static const char *const kinds[] = {
		"sd", "hd", "vd", "xvd", "nvme", "mmcblk", "dm-", "md"
	};

	for (size_t i = 0; i < SX_COUNT(kinds); i++)
		if (sx_starts_with(name, kinds[i]) && name[strlen(kinds[i])])
			return true;
	return false;
}

/* People know a device by its model and serial number rather than by a bare number. */
static int rank(const char *name)
{
	static const char *const bare[] = { "wwn-", "nvme-eui.", "lvm-pv-uuid-", "dm-uuid-" };

	for (size_t i = 0; i < SX_COUNT(bare); i++)
		if (sx_starts_with(name, bare[i]))
			return 1;
	return 0;
}

static bool is_better(const char *name, const char *than)
{
	return !than || rank(name) < rank(than) ||
	       (rank(name) == rank(than) && strcmp(name, than) < 0);
}

/* The best name in a directory of links to the device. Heap string, or NULL. */
static char *find_link(const char *dir, const char *device)
{
	SX_FREE char *best = NULL;
	struct dirent *e;
	DIR *d = opendir(dir);

	while (d && (e = readdir(d))) {
		SX_FREE char *link = sx_path_join(dir, e->d_name);
		SX_FREE char *real = *e->d_name == '.' ? NULL : realpath(link, NULL);

		if (!sx_streq(real, device) || !is_better(e->d_name, best))
			continue;
		free(best);
		best = sx_strdup(e->d_name);
	}
	if (d)
		closedir(d);
	return best ? sx_path_join(dir, best) : NULL;
}

char *devname_stable(const char *dev, const char *path)
{
	static const char *const dirs[] = { "mapper", "disk/by-id" };
	SX_FREE char *dir = sx_path_dir(path), *name = sx_path_base(path), *device = NULL;
	char *found = NULL;

	if (!sx_streq(dir, dev) || !is_volatile(name))
		return NULL;
	device = realpath(path, NULL);
	for (size_t i = 0; device && !found && i < SX_COUNT(dirs); i++) {
		SX_FREE char *links = sx_path_join(dev, dirs[i]);

		found = find_link(links, device);
	}
	return found;
}
