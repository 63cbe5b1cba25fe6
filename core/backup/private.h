/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of this room share. */
#pragma once

#include "backup/backup.h"
#include "host/sum.h"

/* ---- manifest.c ---- */

/* Read the manifest of a backup in this directory; volumes become absolute. SX_EFAIL: invalid. */
int backup_read(const char *dir, struct snapshot *out, struct sx_err *err) SX_MUST;
/* Write the manifest of a backup into s->dir, durably. */
int backup_write(struct snapshot *s, struct sx_err *err) SX_MUST;
/* The disk's file in a backup, "disks/xvda". Heap string. */
char *backup_disk_file(const struct snapshot_disk *d);
/* Does the backup contain the disk? One that the guest only reads is just named. */
bool backup_has_disk(const struct snapshot_disk *d);

/* ---- sums.c ---- */

struct file_sum {
	char *name; /* in the backup */
	char digits[SUM_DIGITS + 1];
};

struct file_sums {
	SX_VEC_OF(struct file_sum);
};

#define FILE_SUMS SX_CLEANUP(file_sums_dispose) struct file_sums

void file_sums_dispose(struct file_sums *sums);
void file_sums_add(struct file_sums *sums, const char *name, const char *digits);
/* The digits of that file, borrowed; NULL: it is not listed. */
const char *file_sums_find(const struct file_sums *sums, const char *name);
/* Read SHA256SUMS in this directory. SX_EFAIL names a line that is not in sha256sum's format. */
int file_sums_read(const char *dir, struct file_sums *out, struct sx_err *err) SX_MUST;
int file_sums_write(const struct file_sums *sums, const char *dir, struct sx_err *err) SX_MUST;

/* ---- copy.c ---- */

/* SHA-256 of `size` bytes of a file or device, read from its disk. `what`: for the progress. */
int backup_sum(const char *path, int64_t size, const char *what,
	       const struct flow_progress *progress, char digits[SUM_DIGITS + 1],
	       struct sx_err *err) SX_MUST;
/* The same of a whole file. */
int backup_sum_file(const char *path, const struct flow_progress *progress, const char *what,
		    char digits[SUM_DIGITS + 1], struct sx_err *err) SX_MUST;

/* A file or device to be copied to a new file. */
struct backup_copying {
	const char *from, *to;
	const char *what; /* "disk xvda" */
	int64_t size;
	const struct flow_progress *progress;
};

/* Copy, sync, read back and compare; `digits`: the SHA-256. */
int backup_copy(const struct backup_copying *c, char digits[SUM_DIGITS + 1],
		struct sx_err *err) SX_MUST;

/* ---- source.c ---- */

/* What is backed up: a guest that is off, or saved, or the snapshot of one that runs. */
struct backup_source {
	struct snapshot s; /* volumes: the file or device to read for each disk */
	struct file_image config;
	char *image; /* of its memory, NULL: none */
	char *snapshot; /* the name of that snapshot; NULL: there is none */
	bool runs;
	bool saved;
};

void backup_source_dispose(struct backup_source *source);
/* Find the guest and its disks; makes nothing. The volumes of a running guest are not known yet. */
int backup_source_find(const struct flow_env *env, const char *word,
		       const struct backup_options *options, struct backup_source *out,
		       struct sx_err *err) SX_MUST;
/* Keep the source as it is from now on: by a snapshot, or a marker about `path`. */
int backup_source_hold(const struct flow_env *env, const struct backup_options *options,
		       const char *path, struct backup_source *source, struct sx_err *err) SX_MUST;
/* Check that it is as it was when it was held; an error: what was copied is not consistent. */
int backup_source_check(const struct flow_env *env, const struct backup_source *source,
			struct sx_err *err) SX_MUST;
/* End the marker about `path` and drop the snapshot ("": none). */
int backup_source_release(const struct flow_env *env, const char *guest, const char *snapshot,
			  const char *path, struct sx_err *err) SX_MUST;

/* ---- find.c ---- */

/* Is that directory a backup, complete or not? */
bool backup_is_one(const char *dir);
/* Of a directory that is none: hint at the newest backup in it, if there is one. */
void backup_hint_newest(const char *dir, struct sx_err *err);

/* ---- trust.c ---- */

/* SX_EGUARD: not only root can change that directory. `what` begins the message ("no backup"). */
int backup_trust(const char *dir, const char *what, struct sx_err *err) SX_MUST;
/* Is it a directory, and no symlink to one? */
bool backup_is_dir(const char *path);

/* ---- unfinished.c ---- */

/* A backup or restore under way, written before it begins. */
struct unfinished {
	char *guest;
	char *dir; /* of the backup: hidden until it is complete */
	char *place; /* where it will be */
	char *snapshot; /* that was taken for it; "" when none was */
	bool restores; /* it is a restore of the backup in `dir`; only then the rest is used */
	char *as;
	bool no_memory;
	struct sx_words disks;
	bool done; /* every part is in place; only the marker must still go */
	char *image; /* with `done`: where its memory is; "" when it has none */
};

#define UNFINISHED SX_CLEANUP(unfinished_dispose) struct unfinished

void unfinished_dispose(struct unfinished *u);
int unfinished_write(const struct flow_env *env, const struct unfinished *u,
		     struct sx_err *err) SX_MUST;
int unfinished_end(const struct flow_env *env, const char *guest, struct sx_err *err) SX_MUST;
/* The paths of the files of all that are unfinished; and read one of these. */
int unfinished_list(const struct flow_env *env, struct sx_words *out, struct sx_err *err) SX_MUST;
int unfinished_read(const char *path, struct unfinished *out, struct sx_err *err) SX_MUST;
/* Read that of this guest; out->guest NULL: there is none. */
int unfinished_of(const struct flow_env *env, const char *guest, struct unfinished *out,
		  struct sx_err *err) SX_MUST;
/* Refuse to replace it: only recover knows how far it came. `what`: "no backup". SX_EGUARD. */
int unfinished_refuse(const struct unfinished *u, const char *what, struct sx_err *err);
/* Path of the configuration that a restore puts back. Heap string. */
char *unfinished_config(const struct flow_env *env, const char *guest);
int unfinished_write_config(const struct flow_env *env, const char *guest,
			    const struct sx_str *text, struct sx_err *err) SX_MUST;
/* The lock of a guest's backups; as flow_lock. */
int backup_lock(const struct flow_env *env, const char *guest, struct sx_lock *lock,
		struct sx_err *err) SX_MUST;
/* Remove all that there is of an unfinished backup, its marker and its snapshot. */
int backup_withdraw(const struct flow_env *env, const struct unfinished *u,
		    struct sx_err *err) SX_MUST;
