/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Backups: memory, configuration and disks of a guest as plain files in a directory, with
 * SHA256SUMS for sha256sum(1). Of a running guest safexl takes a snapshot first, and drops it
 * afterwards. A backup gets its name only after its bytes were read back from the disk.
 */
#pragma once

#include "snapshot/snapshot.h"

struct backup_options {
	const char *dir; /* as typed; NULL: backup_dir of the settings */
	bool no_memory;
	bool copy; /* pause a running guest to copy disks that cannot be kept at once */
	int64_t cow; /* as in snapshot_options */
};

/*
 * Back up the guest that the word means; *out is what the manifest says, out->dir where the backup
 * is. SX_EXL: xl failed and said why itself.
 */
int backup_take(const struct flow_env *env, const char *word, const struct backup_options *options,
		struct snapshot *out, struct sx_err *err) SX_MUST;

/* What backup_verify found. */
struct backup_look {
	struct snapshot s; /* what the manifest says; guest NULL: it cannot be read */
	struct sx_words faults; /* each names the file; none: it is complete and unchanged */
	size_t unread; /* how many of them tell that something cannot be read, which proves nothing */
};

#define BACKUP_LOOK SX_CLEANUP(backup_look_dispose) struct backup_look

void backup_look_dispose(struct backup_look *look);
/* A guest's newest backup in backup_dir of the settings; NULL: there is none. Heap string. */
char *backup_newest(const struct flow_env *env, const char *guest);
/* The directory that a word means: a path, or a guest's newest backup. Heap string. */
int backup_find(const struct flow_env *env, const char *word, char **dir,
		struct sx_err *err) SX_MUST;
/* Read all of a backup and compare it with its sums. SX_EUSAGE: the directory is no backup. */
int backup_verify(const char *dir, const struct flow_progress *progress, struct backup_look *out,
		  struct sx_err *err) SX_MUST;

struct restore_options {
	const char *as; /* name of another guest to make of it, without memory; or NULL */
	struct sx_words disks; /* "VDEV=PATH" */
	bool overwrite; /* write over disks that exist */
	bool no_memory; /* the guest is off afterwards */
};

/*
 * Put a backup back; the guest is saved or off afterwards. SX_EGUARD with a hint: the backup is
 * damaged, the guest runs or is saved, a disk exists already or is somebody else's.
 */
int backup_restore(const struct flow_env *env, const char *dir,
		   const struct restore_options *options, struct sx_err *err) SX_MUST;

/*
 * Give up an interrupted restore of that guest: its disks stay as they are, and its marker goes, so
 * that it can be started. *found: there was one.
 */
int backup_give_up(const struct flow_env *env, const char *guest, bool *found,
		   struct sx_err *err) SX_MUST;
/*
 * Settle what a killed safexl left: remove an incomplete backup, continue a restore; each outcome
 * is a notice. `restores` false: only report a restore that takes time, as a marker guards its
 * guest. Those that are still at work are left alone.
 */
int backups_settle(const struct flow_env *env, bool restores, size_t *settled, size_t *pending,
		   struct sx_err *err) SX_MUST;
