/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Backups: memory, configuration and disks of a guest as plain files in a directory, with SHA256SUMS for
 * sha256sum(1). Of a guest that runs a snapshot is taken first, and goes again. Nothing is called a backup
 * before its bytes were read back from where they were written to.
 */
#pragma once

#include "snapshot/snapshot.h"

struct backup_options {
	const char *dir; /* as typed; NULL: backup_dir of the settings */
	bool no_memory;
	bool copy; /* a guest that runs stands still while disks are copied that cannot be kept at once */
	int64_t cow; /* as of a snapshot */
};

/*
 * Make one of the guest that the word means; `out` is what its manifest says, out->dir where it is. SX_EXL:
 * xl said itself what was wrong.
 */
int backup_take(const struct flow_env *env, const char *word, const struct backup_options *options,
		struct snapshot *out, struct sx_err *err) SX_MUST;

/* A backup that was looked at. */
struct backup_look {
	struct snapshot s; /* what its manifest says; guest NULL: that cannot be read */
	struct sx_words faults; /* each names the file; none: it is whole */
};

#define BACKUP_LOOK SX_CLEANUP(backup_look_dispose) struct backup_look

void backup_look_dispose(struct backup_look *look);
/* The newest backup of a guest where backups go when no place is named; NULL: there is none. Heap string. */
char *backup_newest(const struct flow_env *env, const char *guest);
/* The directory that a word means: that of a backup, else the newest of the guest of that name. Heap string. */
int backup_find(const struct flow_env *env, const char *word, char **dir,
		struct sx_err *err) SX_MUST;
/* Read all of it. SX_EUSAGE: the directory is no backup at all. */
int backup_verify(const char *dir, const struct flow_progress *progress, struct backup_look *out,
		  struct sx_err *err) SX_MUST;

struct restore_options {
	const char *as; /* another guest, without its memory; NULL: the one that it was */
	struct sx_words disks; /* "VDEV=PATH" */
	bool overwrite; /* what is on the disks is given up */
	bool no_memory; /* the guest is off afterwards */
};

/*
 * Put it back: the guest is saved or off afterwards. SX_EGUARD with the way out: it is not whole, the
 * guest runs or is saved, a disk is there already or somebody else's.
 */
int backup_restore(const struct flow_env *env, const char *dir,
		   const struct restore_options *options, struct sx_err *err) SX_MUST;

/*
 * Give up an interrupted restore of that guest: its disks stay as they are, and nothing holds it back any more.
 * *found: there was one.
 */
int backup_give_up(const struct flow_env *env, const char *guest, bool *found,
		   struct sx_err *err) SX_MUST;
/*
 * What a killed safexl left: a backup that is not whole is removed, and a restore is gone on with; each
 * outcome is a notice. `restores` false: that, which takes its time and guards its guest by a marker, is
 * only told. Who is at work is left alone.
 */
int backups_settle(const struct flow_env *env, bool restores, size_t *settled, size_t *pending,
		   struct sx_err *err) SX_MUST;
