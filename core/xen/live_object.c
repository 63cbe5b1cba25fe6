/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the backends of a domain's disks have open, from xenstore, /sys and /proc: see live.h. The
 * guest can write to none of the places that we read.
 */
#include "base/path.h"
#include "xen/live_private.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <xenstore.h>

/* The text of a xenstore node, NULL if there is none. Heap string. */
static char *read_node(struct xs_handle *xs, const char *fmt, ...) SX_PRINTF(2, 3);

static char *read_node(struct xs_handle *xs, const char *fmt, ...)
{
	SX_STR path = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sx_str_addv(&path, fmt, ap);
	va_end(ap);
	return xs_read(xs, XBT_NULL, sx_str_text(&path), NULL);
}

static bool is_device(const char *path, dev_t dev)
{
	struct stat st;

	return path && stat(path, &st) == 0 && S_ISBLK(st.st_mode) && st.st_rdev == dev;
}

static char *loop_file(dev_t dev)
{
	SX_FREE char *path =
		sx_format("/sys/dev/block/%u:%u/loop/backing_file", major(dev), minor(dev));
	SX_FCLOSE FILE *f = fopen(path, "re");
	SX_STR text = { 0 };
	int c;

	while (f && (c = fgetc(f)) != EOF && c != '\n')
		sx_str_addc(&text, (char)c);
	return text.len ? sx_str_take(&text) : NULL;
}

/* The path of a device that blkback has open. */
static char *of_device(const struct live_disk *d, const char *node, dev_t dev)
{
	char *file;

	if (is_device(d->target, dev))
		return sx_strdup(d->target);
	file = loop_file(dev);
	if (file)
		return file;
	return is_device(node, dev) ? sx_strdup(node)
				    : sx_format("/dev/block/%u:%u", major(dev), minor(dev));
}

static bool has_open(const char *fds, const struct stat *wanted)
{
	DIR *d = opendir(fds);
	struct dirent *entry;
	bool found = false;
	struct stat st;

	while (d && !found && (entry = readdir(d)))
		found = fstatat(dirfd(d), entry->d_name, &st, 0) == 0 &&
			st.st_dev == wanted->st_dev && st.st_ino == wanted->st_ino;
	if (d)
		closedir(d);
	return found;
}

/* QEMU opens a path relative to its working directory, and keeps it open. */
static void of_process(struct live_disk *d, const char *name, unsigned long pid)
{
	SX_FREE char *fds = sx_format("/proc/%lu/fd", pid);
	SX_FREE char *link = sx_format("/proc/%lu/cwd", pid);
	SX_FREE char *cwd = realpath(link, NULL);
	SX_FREE char *path = cwd ? sx_path_join(cwd, name) : NULL;
	struct stat st;

	if (!path || access(fds, R_OK))
		return;
	if (stat(path, &st) == 0 && has_open(fds, &st))
		d->object = sx_steal(&path);
	else
		d->lost = true;
}

/* In "aio:/srv/b.img" or "qcow2:b.qcow2", QEMU opens what follows the first colon. */
static void of_qemu(struct xs_handle *xs, uint32_t domid, const char *params, struct live_disk *d)
{
	SX_FREE char *pid = read_node(xs, "/local/domain/%u/image/device-model-pid", domid);
	const char *name = params ? strchr(params, ':') : NULL;

	/* A name with a protocol (nbd:..., ssh://...) is not a path of this host. */
	if (pid && name && name[1] && name[1 + strcspn(name + 1, ":/")] != ':')
		of_process(d, name + 1, strtoul(pid, NULL, 10));
}

static void locate(struct xs_handle *xs, uint32_t domid, struct live_disk *d)
{
	SX_FREE char *backend = read_node(xs, "/libxl/%u/device/vbd/%ld/backend", domid, d->devid);
	SX_FREE char *device = NULL;
	unsigned maj, min;

	/* The device numbers and paths of another backend domain mean nothing here. */
	if (!backend || !sx_starts_with(backend, "/local/domain/0/"))
		return;
	device = read_node(xs, "%s/physical-device", backend);
	if (device && sscanf(device, "%x:%x", &maj, &min) == 2) {
		SX_FREE char *node = read_node(xs, "%s/physical-device-path", backend);

		d->object = of_device(d, node, makedev(maj, min));
	} else if (strstr(backend, "/qdisk/")) { /* a vbd3 is tapdisk's, whatever QEMU has open */
		SX_FREE char *params = read_node(xs, "%s/params", backend);

		of_qemu(xs, domid, params, d);
	}
}

void live_disks_locate(struct live *live SX_UNUSED, uint32_t domid, struct live_disks *disks)
{
	struct xs_handle *xs = disks->len ? xs_open(0) : NULL;

	for (size_t i = 0; xs && i < disks->len; i++)
		if (*disks->items[i].target)
			locate(xs, domid, &disks->items[i]);
	if (xs)
		xs_close(xs);
}
