/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways to keep a disk, one file each, and the table of them. */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct snapshot_disk;

struct snapshot_kind {
	const char *name; /* in the manifest */
	bool needs_leave; /* it takes its time: only where a person asks for it */
	/* Can it keep the disk in the volume? */
	bool (*fits)(const struct snapshot_disk *d);
	/* Where it keeps it; `dir` is that of the snapshot. Heap string. */
	char *(*place)(const struct snapshot_disk *d, const char *dir, const char *name);
	/* Make the volume, which is not there. Not on disk yet. */
	int (*take)(const struct snapshot_disk *d, struct sx_err *err);
	/* The disk is as the volume, durably; may be done again. */
	int (*put_back)(const struct snapshot_disk *d, struct sx_err *err);
};

extern const struct snapshot_kind kind_reflink, kind_copy;

/* By its name; NULL: there is none such. */
const struct snapshot_kind *kind_find(const char *name);
/* The first that fits, those that take their time only with `leave`. NULL: none. */
const struct snapshot_kind *kind_choose(const struct snapshot_disk *d, bool leave);
/* The volume is the disk's, by its name and place: only such a file is ever removed. */
bool kind_is_volume(const struct snapshot_disk *d, const char *dir, const char *name);

/* ---- for the kinds (bytes.c) ---- */

/* Open for reading, past the page cache where it is a device: what a guest wrote is not in that. */
int bytes_open(const char *path, struct sx_err *err) SX_MUST;
/*
 * Copy `size` bytes. `sparse`: blocks of zeros are left out of what is new and empty. A signal that
 * waits (Ctrl-C) ends it with an error.
 */
int bytes_copy(int from, int to, const char *to_path, int64_t size, bool sparse,
	       struct sx_err *err) SX_MUST;
/* The size of a file or device, -1 with the error. */
int64_t bytes_size(int fd, const char *path, struct sx_err *err) SX_MUST;
/*
 * A new file in place of one that is there, with its owner, mode and attributes: `fill` writes it. What is
 * there stays until the new one is on disk.
 */
int bytes_replace(const char *path,
		  int (*fill)(int fd, const struct snapshot_disk *d, struct sx_err *err),
		  const struct snapshot_disk *d, struct sx_err *err) SX_MUST;
