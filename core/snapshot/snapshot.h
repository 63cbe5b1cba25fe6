/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Snapshots: memory, configuration and disks of a guest, of one instant, kept together and put back
 * together. One directory each, below the state directory, with a manifest that is written ahead: it
 * names every file that will be made before the first one is, so that whoever is killed leaves
 * nothing that the next safexl does not know of.
 */
#pragma once

#include "domain/env.h"
#include "evidence/evidence.h"
#include "host/file.h"
#include "host/proc.h"

#include <stdint.h>

enum snapshot_state {
	SNAPSHOT_TAKING, /* written ahead: it is being made */
	SNAPSHOT_COMPLETE,
	SNAPSHOT_REVERTING, /* written ahead: it is being put back, `step` says how far */
	SNAPSHOT_DROPPING, /* written ahead: it is being removed */
	SNAPSHOT_STATES,
};

/* How far a revert has come: what is begun. */
enum snapshot_step {
	STEP_KEEP, /* the present is kept; the guest is as it was */
	STEP_DESTROY, /* from here on there is only one way: forward */
	STEP_DISKS,
	STEP_CONFIG,
	STEP_MEMORY,
	STEP_END, /* each part is in place */
	STEPS,
};

struct snapshot_disk {
	char *vdev, *format;
	char *target; /* as the configuration has it */
	char *object; /* absolute: what that led to */
	char *kind; /* "thin", "thick", "reflink", "copy"; "reference": it is only read, and not kept */
	char *volume; /* the file or volume that keeps it; "" with a reference */
	int64_t size; /* of the disk's file or device, bytes */
	char *digest; /* of what was copied, while it is being taken; NULL: none was */
	int64_t room; /* of a thick snapshot that is being taken, bytes */
	struct json *
		evidence; /* of the volume, which one it is in LVM, or of the disk itself; NULL before it is taken */
};

struct snapshot {
	char *dir; /* absolute */
	enum snapshot_state state;
	enum snapshot_step step;
	char *guest, *uuid, *name;
	char *taken_at; /* as people read it */
	char *by, *command, *reason; /* reason "": none was given */
	char *config; /* path of the configuration that it has the text of */
	char *commit; /* that had this text then, "" when none had */
	char *consistency; /* "exact", "clean", "crash" */
	char *image_id; /* of the memory, "" when it has none, or not yet */
	char *saved_in; /* the image of a guest that is saved, where its memory goes back to; "": it is not */
	char *boot_id;
	bool memory;
	bool keep_memory; /* of a revert: the memory is put back, too */
	char *paused_uuid; /* with `pauses`: of the domain, as its number is `domid` */
	bool pauses; /* safexl pauses the guest for it, or restores it paused, and must let it run again */
	bool stops_qemu; /* and its QEMU */
	uint32_t domid;
	long long paused_ms;
	struct proc_id owner; /* who is at it, or was */
	struct proc_id child; /* the xl that it started last; pid 0: none */
	struct {
		SX_VEC_OF(struct snapshot_disk);
	} disks;
};

#define SNAPSHOT SX_CLEANUP(snapshot_dispose) struct snapshot

void snapshot_dispose(struct snapshot *s);
/* The disk as evidence has it: as it is used (false), or as it is kept. */
void snapshot_subject(const struct snapshot_disk *d, bool kept, struct evidence_subject *out);
/* All of its disks as they are used, in order. Heap array; its texts are the snapshot's. */
struct evidence_subject *snapshot_subjects(const struct snapshot *s);
/* As its manifest has it, for other places than its own; nothing is checked but the form. */
struct json *snapshot_to_json(struct snapshot *s, const char *kind);
int snapshot_from_json(const struct json *j, struct snapshot *s, struct sx_err *err) SX_MUST;

/* Note, in the evidence of a disk, what it is now; the same for each of them. */
void snapshot_note_disk(struct snapshot_disk *d);
void snapshot_note_disks(struct snapshot *s);
/*
 * Its guest is off still, and its disks are as they were noted, and nobody's: what was copied of them since, or
 * to them before, is whole. SX_EGUARD with what happened meanwhile.
 */
int snapshot_check_disks(const struct snapshot *s, struct sx_err *err) SX_MUST;

struct snapshots {
	SX_VEC_OF(struct snapshot); /* by guest, then oldest first */
	struct sx_words broken; /* "DIR: why it cannot be read" */
};

#define SNAPSHOTS SX_CLEANUP(snapshots_dispose) struct snapshots

void snapshots_dispose(struct snapshots *all);
/* Those of a guest, NULL: of all. */
int snapshots_load(const struct flow_env *env, const char *guest, struct snapshots *out,
		   struct sx_err *err) SX_MUST;
/* SX_ENOCONFIG with those that there are: none of that name. */
int snapshot_find(const struct flow_env *env, const char *guest, const char *name,
		  struct snapshot *out, struct sx_err *err) SX_MUST;
/* Add the names of a guest's snapshots: while there are any, its configuration must not go. */
int snapshots_names(const struct flow_env *env, const char *guest, struct sx_words *out,
		    struct sx_err *err) SX_MUST;
/* What it takes up on disk, bytes: memory, and copies of disks. */
uint64_t snapshot_bytes(const struct snapshot *s);
/* NULL, or what is wrong with it: a volume that was changed, a memory image that is not whole. Heap string. */
char *snapshot_fault(const struct flow_env *env, const struct snapshot *s);

struct snapshot_options {
	const char *name; /* NULL: the time */
	const char *command; /* that asks, for what is refused; NULL: "snapshot" */
	const char *to; /* a word that stands last in it; NULL: none */
	bool reads; /* nothing is kept: each disk is a copy, which needs no room here */
	bool no_memory;
	bool copy; /* disks that nothing quicker can be done with are copied */
	int64_t cow; /* room of each thick snapshot, bytes; 0: so much that it cannot overflow */
};

/* The command that asks. */
const char *snapshot_command(const struct snapshot_options *options);

/*
 * What a snapshot would have: the guest, its disks, and its configuration, which is read. Nothing is made.
 * s->domid 0: it does not run.
 */
int snapshot_look(const struct flow_env *env, const char *word,
		  const struct snapshot_options *options, struct snapshot *s,
		  struct file_image *config, struct sx_err *err) SX_MUST;
/*
 * Take one of the guest that the word means. SX_EXL: xl said itself what was wrong. In a dry run it is only
 * described, as far as nothing forbids it.
 */
int snapshot_take(const struct flow_env *env, const char *word,
		  const struct snapshot_options *options, struct snapshot *out,
		  struct sx_err *err) SX_MUST;
int snapshot_drop(const struct flow_env *env, struct snapshot *s, struct sx_err *err) SX_MUST;

struct revert_options {
	bool no_keep; /* the present is given up */
	bool no_memory; /* the guest is off afterwards */
	bool copy; /* the present may be kept by copies, too */
};

/* What a revert would do. */
struct snapshot_revert_plan {
	struct snapshot to;
	char *keeps; /* the name of the snapshot of what is now; NULL: none is taken */
	bool runs; /* the guest would be destroyed */
	char *saved; /* its saved state in this image would be discarded; "" or NULL: it has none */
};

void snapshot_revert_plan_dispose(struct snapshot_revert_plan *plan);
/* Put disks, configuration and memory back. In a dry run `plan` is filled in, as far as nothing forbids it. */
int snapshot_revert(const struct flow_env *env, const char *word, const char *name,
		    const struct revert_options *options, struct snapshot_revert_plan *plan,
		    struct sx_err *err) SX_MUST;

/* The same as backup_give_up, of an interrupted revert; its snapshot stays, and can be reverted to. */
int snapshot_give_up(const struct flow_env *env, const char *guest, bool *found,
		     struct sx_err *err) SX_MUST;
/*
 * What a killed safexl left: a guest that it paused runs again, what it had begun to take or to drop
 * is removed, and a revert is gone on with. Each outcome is a notice. `reverts` false: a revert, which
 * takes its time and guards its guest by a marker, is left. *pending counts what has to wait.
 */
int snapshots_settle(const struct flow_env *env, bool reverts, size_t *settled, size_t *pending,
		     struct sx_err *err) SX_MUST;
