/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Snapshots: memory, configuration and disks of a guest at one instant, kept and put back together.
 * Each has a directory below the state directory. Its manifest names every file and volume before
 * the first one is made, so that after a kill the next safexl knows of all of them.
 */
#pragma once

#include "domain/env.h"
#include "evidence/evidence.h"
#include "host/file.h"
#include "host/proc.h"

#include <stdint.h>

/* All but COMPLETE are written before the work begins. */
enum snapshot_state {
	SNAPSHOT_TAKING, /* being made */
	SNAPSHOT_COMPLETE,
	SNAPSHOT_REVERTING, /* being put back; `step` says how far */
	SNAPSHOT_DROPPING, /* being removed */
	SNAPSHOT_STATES,
};

/* How far a revert has come: the step that has begun. */
enum snapshot_step {
	STEP_KEEP, /* the present state is kept; the guest is unchanged */
	STEP_DESTROY, /* once the guest is gone, the revert can only go forward */
	STEP_DISKS,
	STEP_CONFIG,
	STEP_MEMORY,
	STEP_END, /* every part is in place */
	STEPS,
};

struct snapshot_disk {
	char *vdev, *format;
	char *target; /* as the configuration has it */
	char *object; /* absolute: the file or device that the target led to */
	char *kind; /* "thin", "thick", "reflink", "copy"; "reference": only read, not kept */
	char *volume; /* the file or volume that keeps it; "" with a reference */
	int64_t size; /* of the disk's file or device, bytes */
	char *digest; /* of a copy, until the snapshot is complete; NULL: not copied */
	int64_t room; /* of a thick snapshot that is being taken, bytes */
	struct json *
		evidence; /* of the volume (LVM: its uuid), or of the disk itself; NULL: none noted yet */
};

struct snapshot {
	char *dir; /* absolute */
	enum snapshot_state state;
	enum snapshot_step step;
	char *guest, *uuid, *name;
	char *taken_at; /* as flow_time_text writes it */
	char *by, *command, *reason; /* reason "": none was given */
	char *config; /* path of the configuration whose text it has */
	char *commit; /* the commit that had this text then; "": none had */
	char *consistency; /* "exact", "clean", "crash" */
	char *image_id; /* of the memory image; "": none, or none yet */
	char *saved_in; /* the image of a saved guest, where a revert puts it back; "": not saved */
	char *boot_id;
	bool memory;
	bool keep_memory; /* of a revert: the memory is put back, too */
	char *paused_uuid; /* with `pauses`: of the paused domain, whose number is `domid` */
	bool pauses; /* safexl pauses the guest, or restores it paused, and must unpause it */
	bool stops_qemu; /* and stops its QEMU, too */
	uint32_t domid;
	long long paused_ms;
	struct proc_id owner; /* the safexl that wrote the manifest last */
	struct proc_id child; /* the xl that it started last; pid 0: none */
	struct {
		SX_VEC_OF(struct snapshot_disk);
	} disks;
};

#define SNAPSHOT SX_CLEANUP(snapshot_dispose) struct snapshot

void snapshot_dispose(struct snapshot *s);
/* The disk as evidence looks at it: as the guest uses it, or (`kept`) what keeps it. Borrowed. */
void snapshot_subject(const struct snapshot_disk *d, bool kept, struct evidence_subject *out);
/* All of its disks as the guest uses them, in order. Heap array; the texts are borrowed. */
struct evidence_subject *snapshot_subjects(const struct snapshot *s);
/* To and from the JSON of a manifest, for backups, too; only the form is checked. */
struct json *snapshot_to_json(struct snapshot *s, const char *kind);
int snapshot_from_json(const struct json *j, struct snapshot *s, struct sx_err *err) SX_MUST;

/* Note the present state of a disk, or of all disks, as its evidence. */
void snapshot_note_disk(struct snapshot_disk *d);
void snapshot_note_disks(struct snapshot *s);
/*
 * Check that the guest is still off, and its disks unused and as noted. Then what was copied from
 * them since, or to them before, is consistent. SX_EGUARD says what happened meanwhile.
 */
int snapshot_check_disks(const struct snapshot *s, struct sx_err *err) SX_MUST;

struct snapshots {
	SX_VEC_OF(struct snapshot); /* by guest, then oldest first */
	struct sx_words broken; /* "DIR: why it cannot be read" */
};

#define SNAPSHOTS SX_CLEANUP(snapshots_dispose) struct snapshots

void snapshots_dispose(struct snapshots *all);
/* The snapshots of a guest; NULL: of all guests. */
int snapshots_load(const struct flow_env *env, const char *guest, struct snapshots *out,
		   struct sx_err *err) SX_MUST;
/* Find one by its name. SX_ENOCONFIG: there is none; the message lists the others. */
int snapshot_find(const struct flow_env *env, const char *guest, const char *name,
		  struct snapshot *out, struct sx_err *err) SX_MUST;
/* Add the names of a guest's snapshots: while there are any, its configuration must stay. */
int snapshots_names(const struct flow_env *env, const char *guest, struct sx_words *out,
		    struct sx_err *err) SX_MUST;
/* Bytes it takes up on disk: memory, copies, thick snapshots; nothing for shared blocks. */
uint64_t snapshot_bytes(const struct snapshot *s);
/* What is wrong with it (changed volume, incomplete memory image); NULL: nothing. Heap string. */
char *snapshot_fault(const struct flow_env *env, const struct snapshot *s);

struct snapshot_options {
	const char *name; /* NULL: the time */
	const char *command; /* the command to name in hints; NULL: "snapshot" */
	const char *to; /* its last argument; NULL: none */
	bool reads; /* disks are only read, as by a backup: all are "copy", and need no room here */
	bool named; /* of the guest of that very name: digits are no number */
	bool no_memory;
	bool copy; /* copy disks for which there is no quicker way */
	int64_t cow; /* room of each thick snapshot, bytes; 0: so much that it cannot overflow */
};

/* The name, or with the first number of "-2", "-3", ... that is free in `dir`. Heap string. */
char *snapshot_free_name(const char *dir, const char *wanted);
/* The command to name in hints. Borrowed. */
const char *snapshot_command(const struct snapshot_options *options);

/*
 * Find out what a snapshot would have: the guest, its disks, and its configuration, which is read.
 * Makes nothing. s->domid 0: the guest does not run.
 */
int snapshot_look(const struct flow_env *env, const char *word,
		  const struct snapshot_options *options, struct snapshot *s,
		  struct file_image *config, struct sx_err *err) SX_MUST;
/*
 * Take a snapshot of the guest that the word means. SX_EXL: xl failed and said why itself. A dry
 * run only describes it in *out, or refuses it.
 */
int snapshot_take(const struct flow_env *env, const char *word,
		  const struct snapshot_options *options, struct snapshot *out,
		  struct sx_err *err) SX_MUST;
/* Remove a complete snapshot, which is read again first. */
int snapshot_drop(const struct flow_env *env, struct snapshot *s, struct sx_err *err) SX_MUST;

struct revert_options {
	bool no_keep; /* the present state is given up */
	bool no_memory; /* the guest is off afterwards */
	bool copy; /* the present state may be kept by copies, too */
};

/* What a revert would do. */
struct snapshot_revert_plan {
	struct snapshot to;
	char *keeps; /* name of the snapshot that keeps the present state; NULL: none is taken */
	bool runs; /* the guest would be destroyed */
	char *saved; /* image whose saved state would be discarded; "" or NULL: none */
};

void snapshot_revert_plan_dispose(struct snapshot_revert_plan *plan);
/* Put disks, configuration and memory back. A dry run only fills in *plan, or refuses it. */
int snapshot_revert(const struct flow_env *env, const char *word, const char *name,
		    const struct revert_options *options, struct snapshot_revert_plan *plan,
		    struct sx_err *err) SX_MUST;

/* As backup_give_up, for an interrupted revert; the snapshot stays and can be reverted to. */
int snapshot_give_up(const struct flow_env *env, const char *guest, bool *found,
		     struct sx_err *err) SX_MUST;
/*
 * Settle what a killed safexl left: unpause its guest, remove what it had begun to take or to drop,
 * continue a revert. Each outcome is a notice. `reverts` false: leave reverts that take time; a
 * marker guards their guests. *pending counts what has to wait.
 */
int snapshots_settle(const struct flow_env *env, bool reverts, size_t *settled, size_t *pending,
		     struct sx_err *err) SX_MUST;
