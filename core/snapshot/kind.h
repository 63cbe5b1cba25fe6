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
	const struct snapshot *s; /* with the disks before it */
	struct snapshot_disk *d;
	const struct lvm_volume *lvm; /* what it is of LVM; uuid NULL: nothing */
	const char *command; /* that asks, for what is refused */
	int64_t cow; /* bytes of a thick snapshot; 0: as many as it can need */
};

struct snapshot_kind {
	const char *name; /* in the manifest */
	bool needs_leave; /* it takes its time: only where a person asks for it */
	bool in_lvm; /* the volume is one of LVM: noted, judged and removed by LVM's tools */
	/* Can it keep the disk in the volume? */
	bool (*fits)(const struct snapshot_disk *d, const struct lvm_volume *lvm);
	/* Where it keeps it; `dir` is that of the snapshot. Heap string. */
	char *(*place)(const struct snapshot_disk *d, const char *dir, const char *name);
	/* NULL, or refuse what has no room. SX_ECANTWRITE. */
	int (*check_room)(const struct kind_request *r, struct sx_err *err);
	/* Make the volume, which is not there. Not on disk yet. */
	int (*take)(const struct flow_env *env, struct snapshot_disk *d, struct sx_err *err);
	/* The disk is as the volume, durably; may be done again. */
	int (*put_back)(const struct flow_env *env, const struct snapshot_disk *d,
			struct sx_err *err);
};

extern const struct snapshot_kind kind_thin, kind_thick, kind_reflink, kind_copy;

/* By its name; NULL: there is none such. */
const struct snapshot_kind *kind_find(const char *name);
/* The first that fits, those that take their time only with `leave`. NULL: none. */
const struct snapshot_kind *kind_choose(const struct snapshot_disk *d, const struct lvm_volume *lvm,
					bool leave);
/* The volume is the disk's, by its name and place: only such a file is ever removed. */
bool kind_is_volume(const struct snapshot_disk *d, const char *dir, const char *name);
/* By how many bytes the name of the volume is too long, SIZE_MAX: however short that of the snapshot is; 0: it fits. */
size_t kind_excess(const struct snapshot_disk *d);
/* Is there something under the volume's name? */
int kind_is_there(const struct flow_env *env, const struct snapshot_disk *d, bool *there,
		  struct sx_err *err) SX_MUST;
/* Remove the volume, if it is there. */
int kind_drop(const struct flow_env *env, const struct snapshot_disk *d,
	      struct sx_err *err) SX_MUST;

/* ---- for the kinds of LVM (lvm_kept.c) ---- */

/* Beside the disk's own, in its group. Heap string. */
char *lvm_kept_place(const struct snapshot_disk *d, const char *dir, const char *name);
size_t lvm_kept_excess(const struct snapshot_disk *d);
int lvm_kept_is_there(const struct flow_env *env, const struct snapshot_disk *d, bool *there,
		      struct sx_err *err) SX_MUST;
/* Note which volume it is, in d->evidence; an error if it is not sound. */
int lvm_kept_note(const struct flow_env *env, struct snapshot_disk *d, struct sx_err *err) SX_MUST;
/* NULL, or why it is not what was noted any more. Heap string. */
char *lvm_kept_fault(const struct flow_env *env, const struct snapshot_disk *d);
/* What it takes up of its group by itself, bytes. */
int64_t lvm_kept_bytes(const struct snapshot_disk *d);
/* Remove a volume that safexl has made, if it is there; by its path. */
int lvm_kept_remove(const struct flow_env *env, const char *path, struct sx_err *err) SX_MUST;

/* ---- for the kinds (bytes.c) ---- */

/* Open for reading, past the page cache where it is a device: what a guest wrote is not in that. */
int bytes_open(const char *path, struct sx_err *err) SX_MUST;
/* Who is told how far it is, and of what: "disk xvda". */
struct bytes_told {
	const struct flow_progress *progress; /* NULL: nobody */
	const char *what;
};

/*
 * Copy `size` bytes to what is new and empty; blocks of zeros are left out. A signal that waits (Ctrl-C)
 * ends it with an error. `digest`, unless NULL, gets that of what was read, a heap string.
 */
int bytes_copy(int from, int to, const char *to_path, int64_t size, const struct bytes_told *told,
	       char **digest, struct sx_err *err) SX_MUST;
/* Does the file, read from its disk, have that digest? SX_ECANTWRITE: it does not. */
int bytes_check(const char *path, int64_t size, const char *digest, const struct bytes_told *told,
		struct sx_err *err) SX_MUST;
/*
 * Write a device over where it is not as `volume`, in pieces of 4 KiB: what is equal already takes no room of
 * a thin pool, nor of the snapshots that depend on the device. Durable at the end.
 */
int bytes_write_device(const char *volume, const char *device, int64_t size,
		       const struct bytes_told *told, struct sx_err *err) SX_MUST;
/* Given the bytes as they come by; what it returns but 0 ends that. */
struct bytes_watch {
	int (*step)(const char *bytes, size_t len, void *arg,
		    struct sx_err *err); /* NULL: nobody */
	void *arg;
	struct bytes_told told;
};

/* The same as bytes_copy, watched. `to` -1: they are only read; `sparse`: zeros are left out. */
int bytes_pass(int from, int to, const char *path, int64_t size, bool sparse,
	       const struct bytes_watch *watch, struct sx_err *err) SX_MUST;
/* The size of a file or device, -1 with the error. */
int64_t bytes_size(int fd, const char *path, struct sx_err *err) SX_MUST;
int64_t bytes_size_of(const char *path, struct sx_err *err) SX_MUST;
/*
 * A new file in place of one that is there, with its owner, mode and attributes: `fill` writes it. What is
 * there stays until the new one is on disk.
 */
int bytes_replace(const struct flow_env *env, const char *path,
		  int (*fill)(const struct flow_env *env, int fd, const struct snapshot_disk *d,
			      struct sx_err *err),
		  const struct snapshot_disk *d, struct sx_err *err) SX_MUST;
