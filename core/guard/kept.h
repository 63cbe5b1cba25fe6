/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The markers of snapshots: a guest that is held while its disks are taken or put back, and images that stay. */
#pragma once

#include "guard/marker.h"

/* A guest that does not run, or will not, and its disks. All borrowed. */
struct kept_guest {
	const char *name, *uuid; /* uuid "": not known */
	const struct evidence_subject *disks;
	size_t count;
	bool runs; /* it is about to be destroyed: that it uses its disks itself does not matter */
	const char *
		instead; /* the marker about this path is replaced; NULL: that about the path itself */
	const char *
		saved; /* the image that it is saved in, which is no reason against it; NULL or "": none */
};

/*
 * From now on nobody starts it, and nobody else gets its disks to write to: a marker about `path`, the
 * snapshot, says so, until kept_release; one that is there is replaced, never gone meanwhile. SX_EGUARD with the way out: a saved image or another marker
 * stands against it, or somebody uses its disks. In a dry run that is only found out.
 */
int kept_hold(const struct flow_env *env, const struct kept_guest *guest, const char *path,
	      struct sx_err *err) SX_MUST;
/* SX_EGUARD: a disk is mounted here, held open for writing, or another guest's that runs. */
int kept_check_unused(const struct kept_guest *guest, struct sx_err *err) SX_MUST;
/*
 * An image that came from elsewhere with the disks that it goes with: it is whole, and saved from now on,
 * with these disks as they are. SX_EGUARD with the reason.
 */
int kept_put_saved(const struct flow_env *env, const char *path, struct sx_err *err) SX_MUST;
/*
 * The markers about this path (a snapshot, or an image in it) end. SX_EGUARD: that image is all that
 * there is of its guest; SX_ELOCKED: it is still being written.
 */
int kept_release(const struct flow_env *env, const char *path, struct sx_err *err) SX_MUST;

/* ---- of a guest that is saved ---- */

/* The marker of a guest that is saved here; NULL: it is not. Borrowed. */
const struct marker *kept_saved(const struct markers *all, const char *guest);
/*
 * Do its memory and its disks belong together still? SX_EGUARD with the ways out; `command`: the one that
 * asks, "snapshot" or "backup".
 */
int kept_prove_saved(const struct flow_env *env, const struct marker *m, const char *command,
		     struct sx_err *err) SX_MUST;
/* Is it saved in that image, and not in another? */
int kept_is_saved(const struct flow_env *env, const char *guest, const char *image, bool *is,
		  struct sx_err *err) SX_MUST;
/* Its disks get another content: no image that it is saved in is restored from now on, for the reason given. */
int kept_discard_saved(const struct flow_env *env, const char *guest, const char *why,
		       struct sx_err *err) SX_MUST;
/* The image in this path is the memory of a snapshot from now on. */
int kept_put_snapshot(const struct flow_env *env, const char *path, struct sx_err *err) SX_MUST;
/*
 * May an image of that identity be put there for the guest? SX_EGUARD with the way out: there is something
 * else than an image of its own that is known. SX_ECANTWRITE: there is no such directory, or no room.
 */
int kept_check_place(const struct flow_env *env, const char *guest, const char *path, int64_t size,
		     struct sx_err *err) SX_MUST;
