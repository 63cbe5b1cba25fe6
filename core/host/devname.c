/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of block devices that change, and a stable name of the same device from the links that udev
 * makes: see devname.h. Reads only.
 */
#include "host/devname.h"
#include "base/path.h"
#include "base/str.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_LINKS = 40, DEEPEST = 8 };

/* Names in order of discovery: the letters, a counter, then the digits of a partition. */
static const struct kind {
	const char *letters;
	bool by_letter; /* counted sda, sdb; else 0, 1, 2 */
	bool may_stay; /* mdadm.conf can fix it: warn only if there is a better name */
} kinds[] = {
	{ "sd", true, false },	    { "hd", true, false },     { "vd", true, false },
	{ "xvd", true, false },	    { "ublkb", false, false }, { "nvme", false, false },
	{ "mmcblk", false, false }, { "loop", false, false },  { "nbd", false, false },
	{ "rbd", false, false },    { "zd", false, false },    { "sr", false, false },
	{ "scd", false, false },    { "dm-", false, false },   { "md", false, true },
	{ "bcache", false, false }, { "pmem", false, false },  { "nullb", false, false },
};

static bool is_of_kind(const struct kind *k, const char *name)
{
	const char *p = name + strlen(k->letters);

	if (!sx_starts_with(name, k->letters))
		return false;
	if (k->by_letter) {
		size_t letters = strspn(p, "abcdefghijklmnopqrstuvwxyz");

		return letters && p[letters + strspn(p + letters, "0123456789")] == '\0';
	}
	return isdigit((unsigned char)*p) && p[strspn(p, "0123456789np")] == '\0';
}

static const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; i < SX_COUNT(kinds); i++)
		if (is_of_kind(&kinds[i], name))
			return &kinds[i];
	return NULL;
}

/* Is the directory `dev` or below it, and does udev keep its links with their device? */
static bool keeps_names(const char *dev, const char *dir)
{
	size_t len = strlen(dev);

	if (!sx_starts_with(dir, dev) || (dir[len] && dir[len] != '/'))
		return false;
	return !sx_streq(dir + len, "/block") && !sx_streq(dir + len, "/disk/by-diskseq");
}

/* Follow any other link: it is no more stable than what it names. Heap string. */
static char *follow(const char *dev, const char *path)
{
	char *at = sx_strdup(path);

	for (int i = 0; i < MOST_LINKS; i++) {
		SX_FREE char *dir = sx_path_dir(at), *real = realpath(dir, NULL);
		SX_FREE char *base = sx_path_base(at);
		char target[PATH_MAX];
		ssize_t len;

		if (!real)
			break;
		sx_put(&at, sx_path_join(real, base));
		if (keeps_names(dev, real))
			break;
		len = readlink(at, target, sizeof(target) - 1);
		if (len < 0)
			break;
		target[len] = '\0';
		sx_put(&at, sx_path_join(real, target));
	}
	return at;
}

/* 0 is better: people know a device by model and serial number rather than by a bare number. */
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
	SX_FREE char *base = sx_path_base(name), *other = than ? sx_path_base(than) : NULL;

	return !other || rank(base) < rank(other) ||
	       (rank(base) == rank(other) && strcmp(name, than) < 0);
}

static char *find_link(const char *dir, const char *device, int depth);

/* The entry, if it is a link to the device; of a directory the best link in it. As find_link. */
static char *find_in(const char *dir, const struct dirent *e, const char *device, int depth)
{
	SX_FREE char *path = sx_path_join(dir, e->d_name);
	SX_FREE char *real = e->d_type == DT_LNK ? realpath(path, NULL) : NULL;

	if (e->d_type == DT_DIR && depth < DEEPEST)
		return find_link(path, device, depth + 1);
	return sx_streq(real, device) ? sx_steal(&path) : NULL;
}

/* The best link to the device in a directory, or below it. Heap string, or NULL. */
static char *find_link(const char *dir, const char *device, int depth)
{
	char *best = NULL;
	struct dirent *e;
	DIR *d = opendir(dir);

	while (d && (e = readdir(d))) {
		SX_FREE char *found = *e->d_name == '.' ? NULL : find_in(dir, e, device, depth);

		if (found && is_better(found, best))
			sx_put(&best, sx_steal(&found));
	}
	if (d)
		closedir(d);
	return best;
}

/* The file behind a loop device. Heap string, or NULL. */
static char *find_loop_file(const char *sys, const char *name)
{
	SX_FREE char *path = sx_format("%s/block/%s/loop/backing_file", sys, name);
	SX_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[PATH_MAX];
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (len < 2 || text[0] != '/')
		return NULL;
	text[len] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return access(text, F_OK) ? NULL : sx_strdup(text);
}

bool devname_changes(const char *dev, const char *sys, const char *path, char **stable)
{
	static const char *const dirs[] = { "mapper", "zvol",	    "rbd",
					    "md",     "disk/by-id", "bcache/by-uuid" };
	SX_FREE char *at = follow(dev, path), *dir = sx_path_dir(at), *name = sx_path_base(at);
	const struct kind *kind = sx_streq(dir, dev) ? find_kind(name) : NULL;
	SX_FREE char *device = kind ? realpath(at, NULL) : NULL;

	*stable = NULL;
	for (size_t i = 0; device && !*stable && i < SX_COUNT(dirs); i++) {
		SX_FREE char *links = sx_path_join(dev, dirs[i]);

		*stable = find_link(links, device, 0);
	}
	if (kind && !*stable && sx_starts_with(name, "loop"))
		*stable = find_loop_file(sys, name);
	return kind && (*stable || !kind->may_stay);
}

char *devname_warning(const char *path)
{
	SX_FREE char *stable = NULL;

	if (!devname_changes("/dev", "/sys", path, &stable))
		return NULL;
	if (!stable)
		return sx_format("%s can be another disk after a reboot", path);
	return sx_format("%s can be another disk after a reboot; a name that stays: %s", path,
			 stable);
}

void devname_note(const char *path, struct sx_words *notices)
{
	char *warning = devname_warning(path);

	if (warning)
		sx_words_give(notices, warning);
}
