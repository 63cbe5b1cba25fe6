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
/* Read the manifest in this directory. SX_EFAIL with the reason. */
int snapshot_read(const char *dir, struct snapshot *out, struct sx_err *err) SX_MUST;
/* Write it durably, as this process' own. */
int snapshot_write(struct snapshot *s, struct sx_err *err) SX_MUST;
const char *snapshot_state_name(enum snapshot_state state);
/* The path of its memory image. Heap string. */
char *snapshot_image(const struct snapshot *s);
/* While that file is there, something of the guest's snapshots is under way. Heap string. */
char *snapshot_begun(const char *guest_dir);
/* The lock of a guest's snapshots; as flow_lock. */
int snapshot_lock(const struct flow_env *env, const char *guest, struct sx_lock *lock,
		  struct sx_err *err) SX_MUST;

/* ---- plan.c ---- */

/* Where the disks of a guest are found. */
struct plan_source {
	struct live *live;
	const struct live_domain *domain; /* it runs; NULL: it does not */
	const struct marker *saved; /* it is saved, with these; NULL: it is not */
	const char *text; /* else: those of its configuration */
};

/* The disks of a guest, and how each is to be kept. */
int snapshot_plan(const struct flow_env *env, const struct plan_source *from,
		  const struct snapshot_options *options, struct snapshot *s,
		  struct sx_err *err) SX_MUST;

/* Does a running guest have disks of which its QEMU keeps something in memory? */
bool snapshot_stops_qemu(struct live *live, uint32_t domid);

/* ---- still.c ---- */

/* Run the real xl with these words; SX_EXL when it fails. `s`: NULL, or its manifest notes the child. */
int still_xl(const struct flow_env *env, struct snapshot *s, const char *const *words,
	     struct sx_err *err) SX_MUST;
/* Its domain as it is now: SX_ENODOMAIN when it is not there, or is another. */
int still_find(const struct snapshot *s, struct live_domain *out, struct sx_err *err) SX_MUST;
/* Is it there still in the boot that it was paused in, under the number that it had? */
bool still_is_ours(const struct snapshot *s, const struct live_domain *d);
/* Let the guest run that was paused for this snapshot, if it is there and paused. */
int still_end(const struct flow_env *env, const struct snapshot *s, struct sx_err *err) SX_MUST;
/* SX_EGUARD: its guest runs, which somebody has started without safexl: no disk is written under it. */
int still_off(const struct snapshot *s, struct sx_err *err) SX_MUST;

/* ---- untouched.c ---- */

/* None of its disks is mounted, or held by anybody who may write to it. SX_EGUARD names who does. */
int snapshot_check_unused(const struct snapshot *s, struct sx_err *err) SX_MUST;
/*
 * Only its guest and its disks, borrowed, of which nothing is noted: for notes that are not those of the
 * snapshot. To be ended while the snapshot is there.
 */
void snapshot_follow(const struct snapshot *s, struct snapshot *out);
void snapshot_follow_end(struct snapshot *followed);
/* Was a disk written to since it was noted? What happened to each is appended. */
bool snapshot_is_written(const struct snapshot *s, struct sx_words *what);

/* ---- take.c ---- */

/* The same as snapshot_take, for a guest whose lock is held; `stays`: it is left standing still. */
int take_locked(const struct flow_env *env, const char *word,
		const struct snapshot_options *options, bool stays, struct snapshot *out,
		struct sx_err *err) SX_MUST;

/* ---- image.c ---- */

/* Keep the image that a saved guest is in as the memory of its snapshot: a clone of it, or a copy that is read back. */
int image_keep(const struct flow_env *env, const struct snapshot *s, struct sx_err *err) SX_MUST;
/* Is the memory of the snapshot put back as a saved image? */
bool image_goes_back(const struct snapshot *s);
/* SX_ECANTWRITE: its name leaves no room for the one that it has until then. */
int image_check_name(const struct snapshot *s, struct sx_err *err) SX_MUST;
/* Lay it beside its place, where nobody finds it; take that away again; make the guest saved in it. */
int image_stage(const struct flow_env *env, const struct snapshot *s, struct sx_err *err) SX_MUST;
int image_unstage(const struct snapshot *s, struct sx_err *err) SX_MUST;
int image_put_back(const struct flow_env *env, const struct snapshot *s,
		   struct sx_err *err) SX_MUST;

/* ---- drop.c ---- */

/* Whatever there is of it goes, and the guest that was paused for it runs. */
int snapshot_withdraw(const struct flow_env *env, struct snapshot *s, struct sx_err *err) SX_MUST;

/* ---- revert_steps.c ---- */

/* Note that this step begins. */
int revert_enter(struct snapshot *s, enum snapshot_step step, struct sx_err *err) SX_MUST;
/*
 * Is it settled in a moment? Its guest is there then, and stands still: it waits for nobody's 'recover'.
 * What is left of other reverts takes its time, and a marker guards their guests.
 */
bool revert_is_quick(const struct snapshot *s);
/* Its guest is free again, with its disks as they are. */
int revert_give_up(const struct flow_env *env, struct snapshot *s, struct sx_err *err) SX_MUST;
/* Go on with a revert from the step that is noted. */
int revert_go_on(const struct flow_env *env, struct snapshot *s, struct sx_err *err) SX_MUST;

/* ---- revert.c ---- */

/* snapshot_revert, when what others left is settled. */
int revert_named(const struct flow_env *env, const char *word, const char *name,
		 const struct revert_options *options, struct snapshot_revert_plan *plan,
		 struct sx_err *err) SX_MUST;
