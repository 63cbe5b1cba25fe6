/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of this room share. */
#pragma once

#include "guard/marker.h"
#include "snapshot/kind.h"
#include "snapshot/snapshot.h"
#include "xen/live.h"

/* ---- manifest.c ---- */

/* The directory of a guest's snapshots. Heap string. */
char *snapshots_dir(const struct flow_env *env, const char *guest);
/* Read and check the manifest in this directory. SX_ENOCONFIG: there is none. */
int snapshot_read(const char *dir, struct snapshot *out, struct sx_err *err) SX_MUST;
/* Write the manifest durably, with this process as its owner. */
int snapshot_write(struct snapshot *s, struct sx_err *err) SX_MUST;
const char *snapshot_state_name(enum snapshot_state state);
/* The path of its memory image. Heap string. */
char *snapshot_image(const struct snapshot *s);
/* The file that exists while work on the guest's snapshots is under way. Heap string. */
char *snapshot_begun(const char *guest_dir);
/* The lock of a guest's snapshots; as flow_lock. */
int snapshot_lock(const struct flow_env *env, const char *guest, struct sx_lock *lock,
		  struct sx_err *err) SX_MUST;

/* ---- plan.c ---- */

/* Where to find the disks of a guest. */
struct plan_source {
	struct live *live;
	const struct live_domain *domain; /* the guest runs; NULL: it does not */
	const struct marker *saved; /* it is saved with the disks noted here; NULL: it is not */
	const char *text; /* of its configuration, for a guest that is off */
};

/* Fill in the disks of a guest and how each will be kept; refuse one that cannot be kept. */
int snapshot_plan(const struct flow_env *env, const struct plan_source *from,
		  const struct snapshot_options *options, struct snapshot *s,
		  struct sx_err *err) SX_MUST;

/* Does a running guest have disks whose data its QEMU may hold in memory? */
bool snapshot_stops_qemu(struct live *live, uint32_t domid);

/* ---- still.c ---- */

/* Run the real xl with these words; SX_EXL: it failed. `s` (or NULL) notes the child. */
int still_xl(const struct flow_env *env, struct snapshot *s, const char *const *words,
	     struct sx_err *err) SX_MUST;
/* The paused domain as it is now. SX_ENODOMAIN: it is gone, or another one has its number. */
int still_find(const struct snapshot *s, struct live_domain *out, struct sx_err *err) SX_MUST;
/* Is this the paused domain: the same number and uuid, in the same boot of the host? */
bool still_is_ours(const struct snapshot *s, const struct live_domain *d);
/* Unpause the guest that was paused for this snapshot, if it is still there and paused. */
int still_end(const struct flow_env *env, const struct snapshot *s, struct sx_err *err) SX_MUST;
/* SX_EGUARD: somebody started the guest without safexl, so its disks must not be written. */
int still_off(const struct snapshot *s, struct sx_err *err) SX_MUST;

/* ---- untouched.c ---- */

/* Check that nobody has its disks mounted or may write to them. SX_EGUARD names who does. */
int snapshot_check_unused(const struct snapshot *s, struct sx_err *err) SX_MUST;
/*
 * Borrow guest and disks without their evidence, to note other evidence of them. End it before the
 * snapshot is disposed of.
 */
void snapshot_follow(const struct snapshot *s, struct snapshot *out);
void snapshot_follow_end(struct snapshot *followed);
/* Was a disk written to since its evidence was noted? Adds to `what` what happened to each. */
bool snapshot_is_written(const struct snapshot *s, struct sx_words *what);

/* ---- take.c ---- */

/*
 * As snapshot_take of the guest with this name, with its snapshot_lock held; `stays`: the guest is
 * left paused.
 */
int take_locked(const struct flow_env *env, const char *guest,
		const struct snapshot_options *options, bool stays, struct snapshot *out,
		struct sx_err *err) SX_MUST;

/* ---- image.c ---- */

/* Keep a saved guest's image as the snapshot's memory: a clone, or a copy that is read back. */
int image_keep(const struct flow_env *env, const struct snapshot *s, struct sx_err *err) SX_MUST;
/* Does a revert put the memory back as a saved image? */
bool image_goes_back(const struct snapshot *s);
/* SX_ECANTWRITE: the image's name is too long for that of its staged file. */
int image_check_name(const struct snapshot *s, struct sx_err *err) SX_MUST;
/* Stage the image beside its place; remove it there; rename it and mark the guest as saved. */
int image_stage(const struct flow_env *env, const struct snapshot *s, struct sx_err *err) SX_MUST;
int image_unstage(const struct snapshot *s, struct sx_err *err) SX_MUST;
int image_put_back(const struct flow_env *env, const struct snapshot *s,
		   struct sx_err *err) SX_MUST;

/* ---- drop.c ---- */

/* Unpause the guest that was paused for it, and remove all that there is of the snapshot. */
int snapshot_withdraw(const struct flow_env *env, struct snapshot *s, struct sx_err *err) SX_MUST;

/* ---- revert_steps.c ---- */

/* Note that this step begins. */
int revert_enter(struct snapshot *s, enum snapshot_step step, struct sx_err *err) SX_MUST;
/*
 * Can the revert be settled at once? Then its guest, which may be paused, need not wait for
 * `recover`. Other reverts take time, and a marker guards their guests.
 */
bool revert_is_quick(const struct snapshot *s);
/* Release the guest and leave its disks as they are. */
int revert_give_up(const struct flow_env *env, struct snapshot *s, struct sx_err *err) SX_MUST;
/*
 * Go on with a revert from the noted step, or back while nothing was changed. *reverted (may be
 * NULL): it went on. SX_EPARTIAL.
 */
int revert_go_on(const struct flow_env *env, struct snapshot *s, bool *reverted,
		 struct sx_err *err) SX_MUST;

/* ---- revert.c ---- */

/* snapshot_revert, after what others left was settled. */
int revert_named(const struct flow_env *env, const char *word, const char *name,
		 const struct revert_options *options, struct snapshot_revert_plan *plan,
		 struct sx_err *err) SX_MUST;
