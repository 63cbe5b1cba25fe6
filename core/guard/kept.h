/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Markers that hold a guest while its disks are copied or put back, and those of snapshots. */
#pragma once

#include "guard/marker.h"

/* A guest that is off, or about to be, and its disks. All borrowed. */
struct kept_guest {
	const char *name, *uuid; /* uuid "": not known */
	const struct evidence_subject *disks;
	size_t count;
	bool runs; /* it is about to be destroyed: its own use of the disks does not matter */
	const char *
		instead; /* the path whose held marker this one replaces; NULL: it is also `path` */
	const char *
		saved; /* the image it is saved in: its marker is no reason to refuse; NULL or "" */
};

/*
 * Hold the guest until kept_release: a marker named after `path` (the snapshot) keeps it from being
 * started, and others from writing to its disks. An earlier one is overwritten in place.
 * SX_EGUARD with the way out: another marker forbids it, or a disk is in use. Dry run: only check.
 */
int kept_hold(const struct flow_env *env, const struct kept_guest *guest, const char *path,
	      struct sx_err *err) SX_MUST;
/* SX_EGUARD: a disk is mounted here, open for writing, or used by another running guest. */
int kept_check_unused(const struct kept_guest *guest, struct sx_err *err) SX_MUST;
/*
 * Record an image that was put back together with its disks: after a proof that it is complete, it
 * is the saved state, with the disks as they are now. SX_EGUARD with the reason.
 */
int kept_put_saved(const struct flow_env *env, const char *path, struct sx_err *err) SX_MUST;
/*
 * End the markers about this path (a snapshot, or the image in it). SX_EGUARD: that image is the
 * guest's only saved state; SX_ELOCKED: it is still being written.
 */
int kept_release(const struct flow_env *env, const char *path, struct sx_err *err) SX_MUST;

/* ---- saved guests ---- */

/* The marker of a guest that is saved here; NULL: it is not saved. Borrowed. */
const struct marker *kept_saved(const struct markers *all, const char *guest);
/*
 * SX_EGUARD, with the ways out, when the guest's memory and disks do not belong together any more.
 * `command`, for the messages: "snapshot" or "backup".
 */
int kept_prove_saved(const struct flow_env *env, const struct marker *m, const char *command,
		     struct sx_err *err) SX_MUST;
/* *is: the guest is saved, and in this image. */
int kept_is_saved(const struct flow_env *env, const char *guest, const char *image, bool *is,
		  struct sx_err *err) SX_MUST;
/* The guest's disks get another content: discard the images it is saved in, with this reason. */
int kept_discard_saved(const struct flow_env *env, const char *guest, const char *why,
		       struct sx_err *err) SX_MUST;
/* Record that the image at this path is the memory of a snapshot. */
int kept_put_snapshot(const struct flow_env *env, const char *path, struct sx_err *err) SX_MUST;
/*
 * Can an image of the guest, `size` bytes, be put back there? SX_EGUARD with the way out: there is
 * something else than a known image of it. SX_ECANTWRITE: the directory is missing, or has no room.
 */
int kept_check_place(const struct flow_env *env, const char *guest, const char *path, int64_t size,
		     struct sx_err *err) SX_MUST;
