/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A temporary directory with disks, and below "root" in it a /sys and /proc to be believed. */
#pragma once

#include "tap.h"

#include "base/path.h"
#include "evidence/private.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <time.h>

#define UNUSED_FN __attribute__((unused)) static

struct world {
	struct tap t;
	char dir[64];
	char *root;
	struct evidence_options o;
};

static int world_remove(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

UNUSED_FN void must(bool good, const char *what)
{
	if (!good) {
		printf("Bail out! cannot set up: %s: %s\n", what, strerror(errno));
		exit(EXIT_FAILURE);
	}
}

/* Write bytes at an offset of a file that may be new, directories and all. */
UNUSED_FN void put_at(const char *path, uint64_t offset, const void *bytes, size_t len)
{
	SX_FREE char *dir = sx_path_dir(path);
	SX_ERR err = { 0 };
	int fd;

	must(!sx_path_mkdirs(dir, 0755, &err), dir);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	must(fd >= 0 && pwrite(fd, bytes, len, (off_t)offset) == (ssize_t)len, path);
	close(fd);
}

/* A file below the root that holds this text. */
UNUSED_FN void sys_put(const struct world *w, const char *name, const char *text)
{
	SX_FREE char *path = sx_format("%s%s", w->root, name);

	put_at(path, 0, text, strlen(text));
	must(!truncate(path, (off_t)strlen(text)), path);
}

UNUSED_FN char *disk_path(const struct world *w, const char *name)
{
	return sx_path_join(w->dir, name);
}

/* A sparse file of a size. */
UNUSED_FN char *disk_make(const struct world *w, const char *name, uint64_t size)
{
	char *path = disk_path(w, name);

	put_at(path, 0, "", 0);
	must(!truncate(path, (off_t)size), path);
	return path;
}

UNUSED_FN struct json *look_at(const struct world *w, const char *path, const char *format)
{
	struct evidence_subject s = { .target = path, .format = format };

	return evidence_take(&w->o, &s);
}

/* The layers of a document: "kind path (format)" a line, paths without the directory. */
UNUSED_FN char *layers_of(const struct world *w, const struct json *doc)
{
	SX_STR s = { 0 };

	for (size_t i = 0; i < json_count(doc, "layers"); i++) {
		const struct json *layer = json_at(doc, "layers", i);
		const char *path = json_get_string(layer, "path");
		const char *format = json_get_string(layer, "format");

		if (sx_starts_with(path, w->dir))
			path += strlen(w->dir) + (path[strlen(w->dir)] == '/');
		sx_str_addf(&s, "%s%s %s%s%s", i ? ", " : "", json_get_string(layer, "kind"), path,
			    format ? " " : "", format ? format : "");
	}
	return sx_str_take(&s);
}

UNUSED_FN void world_open(struct world *w)
{
	*w = (struct world){ .dir = "/tmp/safexl-evidence.XXXXXX" };
	must(mkdtemp(w->dir), w->dir);
	w->root = sx_path_join(w->dir, "root");
	w->o.sysroot = w->root;
	setenv("TZ", "UTC0", 1);
	tzset();
	sys_put(w, "/proc/sys/kernel/random/boot_id", "boot-one\n");
	sys_put(w, "/proc/self/mountinfo", "");
}

UNUSED_FN int world_close(struct world *w)
{
	nftw(w->dir, world_remove, 16, FTW_DEPTH | FTW_PHYS);
	free(w->root);
	return tap_end(&w->t);
}
