/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of this room share. */
#pragma once

#include "backup/backup.h"
#include "host/sum.h"

/* ---- manifest.c ---- */

/* Of the backup in this directory; volumes are absolute. SX_EFAIL with the reason. */
int backup_read(const char *dir, struct snapshot *out, struct sx_err *err) SX_MUST;
/* Write it into s->dir, durably, as that of a backup; `state` is s->state. */
int backup_write(struct snapshot *s, struct sx_err *err) SX_MUST;
/* Where in a backup the disk is, "disks/xvda". Heap string. */
char *backup_disk_file(const struct snapshot_disk *d);
/* Is it in the backup? Others are only read by their guest, and named. */
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
/* NULL: it is not among them. */
const char *file_sums_find(const struct file_sums *sums, const char *name);
/* SHA256SUMS in this directory. SX_EFAIL names the line that is not in the format of sha256sum. */
int file_sums_read(const char *dir, struct file_sums *out, struct sx_err *err) SX_MUST;
int file_sums_write(const struct file_sums *sums, const char *dir, struct sx_err *err) SX_MUST;

/* ---- copy.c ---- */

/* SHA-256 of `size` bytes of a file or device, as its disk has them. `what`: for the progress. */
int backup_sum(const char *path, int64_t size, const char *what,
	       const struct flow_progress *progress, char digits[SUM_DIGITS + 1],
	       struct sx_err *err) SX_MUST;
/* The same of a whole file. */
int backup_sum_file(const char *path, const struct flow_progress *progress, const char *what,
		    char digits[SUM_DIGITS + 1], struct sx_err *err) SX_MUST;

/* One file or device that is copied to a file that is not there yet. */
struct backup_copying {
	const char *from, *to;
	const char *what; /* "disk xvda" */
	int64_t size;
	const struct flow_progress *progress;
};

/* Copied, on disk, and read back: `digits` are of both. */
int backup_copy(const struct backup_copying *c, char digits[SUM_DIGITS + 1],
		struct sx_err *err) SX_MUST;

/* ---- source.c ---- */

/* What is backed up: a guest that is off, or saved, or the snapshot of one that runs. */
struct backup_source {
	struct snapshot s; /* volumes: what is read of each disk */
	struct file_image config;
	char *image; /* of its memory, NULL: none */
	char *snapshot; /* the name of that snapshot; NULL: there is none */
	bool runs;
	bool saved;
};

void backup_source_dispose(struct backup_source *source);
/* Nothing is made: of a guest that runs only the guest is known. */
int backup_source_find(const struct flow_env *env, const char *word,
		       const struct backup_options *options, struct backup_source *out,
		       struct sx_err *err) SX_MUST;
/* It stays as it is from now on: a snapshot, or a marker about `path`. */
int backup_source_hold(const struct flow_env *env, const struct backup_options *options,
		       const char *path, struct backup_source *source, struct sx_err *err) SX_MUST;
/* It is as it was when it was held. SX_EGUARD: what was copied does not belong together. */
int backup_source_check(const struct flow_env *env, const struct backup_source *source,
			struct sx_err *err) SX_MUST;
/* Nobody needs it any more. */
int backup_source_release(const struct flow_env *env, const char *guest, const char *snapshot,
			  const char *path, struct sx_err *err) SX_MUST;

/* ---- find.c ---- */

/* Is that directory a backup, whole or not? */
bool backup_is_one(const char *dir);
/* Of what is none: name the newest of the backups in it, if there are any. */
void backup_hint_newest(const char *dir, struct sx_err *err);

/* ---- trust.c ---- */

/*
 * SX_EGUARD: others than root can change what is in that directory, `what` being refused for it ("no backup").
 */
int backup_trust(const char *dir, const char *what, struct sx_err *err) SX_MUST;
/* Is it a directory, and no link to one? */
bool backup_is_dir(const char *path);

/* ---- unfinished.c ---- */

/* What is under way, written ahead. */
struct unfinished {
	char *guest;
	char *dir; /* hidden, as long as it is not whole */
	char *place; /* where it will be */
	char *snapshot; /* that was taken for it; "" when none was */
	bool restores; /* the backup in `dir` is put back; the rest is of that alone */
	char *as;
	bool no_memory;
	struct sx_words disks;
	bool done; /* each part is in place: what holds the guest back is to go */
	char *image; /* then: where its memory is; "" when it has none */
};

#define UNFINISHED SX_CLEANUP(unfinished_dispose) struct unfinished

void unfinished_dispose(struct unfinished *u);
int unfinished_write(const struct flow_env *env, const struct unfinished *u,
		     struct sx_err *err) SX_MUST;
int unfinished_end(const struct flow_env *env, const char *guest, struct sx_err *err) SX_MUST;
/* All of them: the paths of their files; and one of these. */
int unfinished_list(const struct flow_env *env, struct sx_words *out, struct sx_err *err) SX_MUST;
int unfinished_read(const char *path, struct unfinished *out, struct sx_err *err) SX_MUST;
/* That of this guest; guest NULL: there is none. */
int unfinished_of(const struct flow_env *env, const char *guest, struct unfinished *out,
		  struct sx_err *err) SX_MUST;
/* Refuse what would take its place, `what` ("no backup"): only recover knows how far it came. SX_EGUARD. */
int unfinished_refuse(const struct unfinished *u, const char *what, struct sx_err *err);
/* The configuration that a restore is to put back, beside it. Heap string. */
char *unfinished_config(const struct flow_env *env, const char *guest);
int unfinished_write_config(const struct flow_env *env, const char *guest,
			    const struct sx_str *text, struct sx_err *err) SX_MUST;
/* The lock of a guest's backups; as flow_lock. */
int backup_lock(const struct flow_env *env, const char *guest, struct sx_lock *lock,
		struct sx_err *err) SX_MUST;
/* Nothing is left of it but the disks, which were only read. */
int backup_withdraw(const struct flow_env *env, const struct unfinished *u,
		    struct sx_err *err) SX_MUST;
