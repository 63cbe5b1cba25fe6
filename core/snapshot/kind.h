/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways to keep a disk, one file each, and the table of them. */
#pragma once

#include "domain/env.h"

#include <stdint.h>

struct snapshot;
struct snapshot_disk;
struct lvm_volume;

/* A disk that is about to be kept. */
struct kind_request {
	const struct flow_env *env;
	const struct snapshot *s; /* with the disks before this one */
	struct snapshot_disk *d;
	const struct lvm_volume *lvm; /* the volume of LVM that the disk is; uuid NULL: none */
	const char *command; /* the command to name in hints */
	int64_t cow; /* bytes of a thick snapshot; 0: as many as it can need */
};

struct snapshot_kind {
	const char *name; /* in the manifest */
	bool needs_leave; /* slow: used only when a person asks for it */
	bool in_lvm; /* it keeps the disk in a volume of LVM, which is handled by LVM's tools */
	/* Can it keep the disk, which is this volume of LVM (or none)? */
	bool (*fits)(const struct snapshot_disk *d, const struct lvm_volume *lvm);
	/* Path of the volume that keeps the disk; `dir` is the snapshot's. Heap string. */
	char *(*place)(const struct snapshot_disk *d, const char *dir, const char *name);
	/* Refuse a disk for which there is no room (SX_ECANTWRITE). May be NULL. */
	int (*check_room)(const struct kind_request *r, struct sx_err *err);
	/* Create the volume, which must not exist. Not synced. */
	int (*take)(const struct flow_env *env, struct snapshot_disk *d, struct sx_err *err);
	/* Give the disk the volume's content, durably. Can be repeated after a crash. */
	int (*put_back)(const struct flow_env *env, const struct snapshot_disk *d,
			struct sx_err *err);
};

extern const struct snapshot_kind kind_thin, kind_thick, kind_reflink, kind_copy;

/* The kind of that name; NULL: there is none. */
const struct snapshot_kind *kind_find(const char *name);
/* The quickest kind that fits; slow ones only with `leave`. NULL: none. */
const struct snapshot_kind *kind_choose(const struct snapshot_disk *d, const struct lvm_volume *lvm,
					bool leave);
/* Are the volume's name and place those that the kind gives it? Nothing else is ever removed. */
bool kind_is_volume(const struct snapshot_disk *d, const char *dir, const char *name);
/* Bytes by which the volume's name is too long; SIZE_MAX: no shorter name of the snapshot helps. */
size_t kind_excess(const struct snapshot_disk *d);
/* Does the volume, or something else of its name, exist? */
int kind_is_there(const struct flow_env *env, const struct snapshot_disk *d, bool *there,
		  struct sx_err *err) SX_MUST;
/* Remove the volume, if it is there. */
int kind_drop(const struct flow_env *env, const struct snapshot_disk *d,
	      struct sx_err *err) SX_MUST;

/* ---- for the kinds of LVM (lvm_kept.c) ---- */

/* Path of a volume beside the disk, in the same group. Heap string. */
char *lvm_kept_place(const struct snapshot_disk *d, const char *dir, const char *name);
size_t lvm_kept_excess(const struct snapshot_disk *d);
int lvm_kept_is_there(const struct flow_env *env, const struct snapshot_disk *d, bool *there,
		      struct sx_err *err) SX_MUST;
/* Note which volume it is, in d->evidence; an error if it is not sound. */
int lvm_kept_note(const struct flow_env *env, struct snapshot_disk *d, struct sx_err *err) SX_MUST;
/* Why the volume is no longer the one that was noted; NULL: it is. Heap string. */
char *lvm_kept_fault(const struct flow_env *env, const struct snapshot_disk *d);
/* Bytes that the volume takes up of its group; 0 for a thin one. */
int64_t lvm_kept_bytes(const struct snapshot_disk *d);
/* Remove the volume of this path, if it exists. SX_ECANTWRITE: it does not have safexl's tag. */
int lvm_kept_remove(const struct flow_env *env, const char *path, struct sx_err *err) SX_MUST;

/* ---- for the kinds (bytes.c) ---- */

/* Open for reading, a device past the page cache, which does not have what a guest wrote. */
int bytes_open(const char *path, struct sx_err *err) SX_MUST;
/* Who is told of the progress, and of what: "disk xvda". */
struct bytes_told {
	const struct flow_progress *progress; /* NULL: nobody */
	const char *what;
};

/*
 * Copy `size` bytes to a new, empty file; blocks of zeros become holes. A pending signal (Ctrl-C)
 * ends it with an error. `digest`, unless NULL, gets the digest of what was read, a heap string.
 */
int bytes_copy(int from, int to, const char *to_path, int64_t size, const struct bytes_told *told,
	       char **digest, struct sx_err *err) SX_MUST;
/* Read the file from its disk and compare its digest. SX_ECANTWRITE: it differs. */
int bytes_check(const char *path, int64_t size, const char *digest, const struct bytes_told *told,
		struct sx_err *err) SX_MUST;
/*
 * Overwrite a device where it differs from `volume`, in pieces of 4 KiB. Writing equal data would
 * take up room in a thin pool and in the device's snapshots. Durable at the end.
 */
int bytes_write_device(const char *volume, const char *device, int64_t size,
		       const struct bytes_told *told, struct sx_err *err) SX_MUST;
/* Is given the bytes as they are read; a result other than 0 ends the copy. */
struct bytes_watch {
	int (*step)(const char *bytes, size_t len, void *arg,
		    struct sx_err *err); /* NULL: nobody */
	void *arg;
	struct bytes_told told;
};

/* As bytes_copy, watched. `to` -1: only read; `sparse`: blocks of zeros become holes. */
int bytes_pass(int from, int to, const char *path, int64_t size, bool sparse,
	       const struct bytes_watch *watch, struct sx_err *err) SX_MUST;
/* The size of a file or device, -1 with the error. */
int64_t bytes_size(int fd, const char *path, struct sx_err *err) SX_MUST;
int64_t bytes_size_of(const char *path, struct sx_err *err) SX_MUST;
/*
 * Replace a file by a new one that `fill` writes, with the old one's owner, mode and attributes.
 * The old one stays until the new one is on disk.
 */
int bytes_replace(const struct flow_env *env, const char *path,
		  int (*fill)(const struct flow_env *env, int fd, const struct snapshot_disk *d,
			      struct sx_err *err),
		  const struct snapshot_disk *d, struct sx_err *err) SX_MUST;
