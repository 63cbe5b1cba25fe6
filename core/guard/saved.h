/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An image file opened, checked and described. */
#pragma once

#include "guard/guard.h"

struct saved_image {
	int fd; /* -1: not open */
	char *path; /* absolute */
	struct image_header header;
	struct image_config config;
	struct image_stream stream;
	char id[33];
};

#define SAVED_IMAGE SX_CLEANUP(saved_image_dispose) struct saved_image
#define SAVED_IMAGE_NONE \
	{                \
		.fd = -1 \
	}

void saved_image_dispose(struct saved_image *s);
/* Open it and read its header and configuration. SX_EGUARD with the reason. */
int saved_image_open(const char *path, struct saved_image *out, struct sx_err *err) SX_MUST;
/* Prove that it is whole, and find its identity. SX_EGUARD with the reason. */
int saved_image_prove(struct saved_image *s, struct sx_err *err) SX_MUST;
/* NULL, or why the image of a marker is not to be had: gone, cut, another one now. Heap string. */
char *saved_image_lost(const struct marker *m);
/* Put its disks, with evidence as of now, into a marker that has none yet. */
void saved_image_note_disks(const struct saved_image *s, const struct flow_env *env,
			    struct marker *m);
/*
 * A marker, not written, of a proven image that none is about: with its disks as they are now. Free it
 * with marker_free.
 */
struct marker *saved_unknown(const struct flow_env *env, const struct saved_image *image);
/*
 * What the times of its disks, looked at just now, say against their being as they were when the image
 * was complete, at the time given; NULL: nothing. And of which disks they say nothing. Heap strings.
 */
char *saved_written_after(const struct marker *m, const struct timespec *image);
char *saved_untold(const struct marker *m);
/* Say what could not be looked at of its disks, and return of how many of them nothing is noted. */
size_t saved_say_unseen(const struct flow_env *env, const struct marker *m);
/*
 * Note in the marker, whose disks were looked at just now, why that look may have come too late:
 * somebody may have written to a disk since the image's last byte, at the time given.
 */
void saved_note_uncertain(struct marker *m, const struct timespec *image);
/*
 * The image of a marker that says "saving" is whole and its disks are noted: make it durable, and
 * then note its identity. Memory of gigabytes takes its time: without the guard's lock.
 */
int saved_secure(const struct flow_env *env, struct marker *m, const struct saved_image *image,
		 struct sx_err *err) SX_MUST;
/*
 * What the image is by then: a checkpoint, the saved state, or given up (with the reason noted) when
 * the guest runs again, on the disks that belong to the image.
 */
enum marker_state saved_outcome(const struct flow_env *env, struct marker *m);
/*
 * After that: give it its name, end the markers that it makes pointless, and write the marker in
 * this state. The guard's lock is held; what is removed goes from `all` as well. An image that
 * cannot get its name is an error (SX_ECANTWRITE), at the last try it keeps the one it has.
 */
int saved_finish(const struct flow_env *env, struct markers *all, struct marker *m,
		 enum marker_state state, bool last_try, struct sx_err *err) SX_MUST;
/*
 * Why an image may not get this name; NULL: the place is free, an empty file or another image. Heap
 * string.
 */
char *saved_place_reason(const char *path);
/*
 * Would a save put its image in a place that it may have, and can? Refused with the way out: a
 * configuration, a disk of a guest, a device in use, a file that is something else (SX_EGUARD); a
 * name that the image could not get (SX_ECANTWRITE). The words are those of the command.
 */
int save_place_judge(const struct flow_env *env, char *const *words,
		     const struct saved_words *split, const char *image,
		     struct sx_err *err) SX_MUST;
/* Is there room for an image of a guest of that size? */
int save_place_room(const char *image, uint64_t memory_kib, struct sx_err *err) SX_MUST;
/* Is the image of a marker where the marker says? */
bool saved_is_there(const struct marker *m);
/* Nothing came of a save: temporary file and marker go. */
int saved_withdraw(const struct marker *m, struct sx_err *err) SX_MUST;
/* The same when the file does not let itself be removed: the marker (discarded) is about it. */
int saved_leave(const struct flow_env *env, struct marker *m, const char *why,
		struct sx_err *err) SX_MUST;
/*
 * The guest is gone and its image is of no use, as far as we can tell, for the reason `why`: what
 * there is stays where it is for a person to look at, and the marker (discarded) is about that file.
 * Where that cannot be told, as the file was moved or cannot be read, the marker guards it (saved,
 * with a doubt).
 */
int saved_give_up(const struct flow_env *env, struct marker *m, const struct sx_err *why,
		  struct sx_err *err) SX_MUST;
/* What a restore makes of an image: the guest's identity and disks, from the image or a file. */
struct saved_target {
	char *name, *uuid;
	struct guard_disks disks;
	char *config; /* path of the file that replaces the image's configuration; NULL: none does */
};

void saved_target_dispose(struct saved_target *t);
/* `config`: as on the command line, or NULL. */
int saved_target_read(const struct flow_env *env, const struct saved_image *image,
		      const char *config, struct saved_target *out, struct sx_err *err) SX_MUST;
/* NULL, or which disk of the saved guest would be another one; `m` may be NULL. Heap string. */
char *saved_target_differs(const struct saved_target *t, const struct saved_image *image,
			   const struct marker *m);

/* Saving, restoring, migrating: xl runs, or its end was not seen. */
bool saved_in_progress(const struct marker *m);
/* What it is about right now: "'web1' is being saved to FILE right now". Heap string. */
char *saved_progress(const struct marker *m);
/* What to type while that lasts, or when it did not end well. Heap string. */
char *saved_wait_hint(const struct marker *m);
/*
 * Note in the marker what the disks of the domain are that runs still: what its backends have open,
 * where that is not what their paths say by themselves. What cannot be told makes it doubtful.
 */
void saved_note_objects(struct marker *m, struct live *live, uint32_t domid);
/*
 * NULL, or which path leads to another disk than the guest had. `cwd`: where xl is started, NULL:
 * relative paths are left out; `disks`: what xl is given, NULL: the paths of the saved guest. Heap
 * string.
 */
char *saved_moved(const struct marker *m, const char *cwd, const struct guard_disks *disks);
/* The directory in which its relative paths lead to its disks; NULL: it has none. Heap string. */
char *saved_place(const struct marker *m);
/* The command that restores it, from there. `options`: "" or "-N ". Heap string. */
char *saved_command(const struct marker *m, const char *options);
/* A running domain, other than the marker's, that writes to one of its disks. Heap string or NULL. */
char *saved_in_use_by(const struct marker *m);
/* Of xl's words, give it this number for the domain; NULL: it understands the word. */
void saved_give_number(struct sx_words *argv, const char *word, const char *number);
/* Remove the i-th from the list (not from the disk). */
void saved_drop(struct markers *all, size_t i);
/* The same, and it is the caller's. */
struct marker *saved_take(struct markers *all, size_t i);

/* The newest marker that stands for a guest of that name, wherever it is; NULL: none. Borrowed. */
const struct marker *saved_holder(const struct markers *all, const char *name);
/*
 * After an error: where no running domain has the name as the guest is saved, or on another host,
 * the error says so, with the way to go on. Always -1.
 */
int saved_tell_absent(const struct flow_env *env, const char *word, struct sx_err *err);

/* What libxl says of the domain of a name and a uuid ("": of any). */
enum saved_presence {
	SAVED_UNKNOWN, /* Xen cannot be asked */
	SAVED_ABSENT,
	SAVED_PAUSED, /* by a person, or it is being built */
	SAVED_SUSPENDED, /* stopped for a save, and not gone on */
	SAVED_RUNS,
};

enum saved_presence saved_domain_look(const char *name, const char *uuid);
/* Is it there at all? False also when Xen cannot be asked. */
bool saved_is_present(enum saved_presence p);
bool saved_domain_runs(const char *name, const char *uuid);
/* The value of migrate's -C, as main_migrate in xl_migrate.c takes it; NULL: none. Borrowed. */
const char *migrate_config(char *const *words);
/* The words for xl: path, options, then the words as typed but for one that is replaced or added. */
void saved_xl_words(const struct flow_env *env, char *const *words, const char *old_word,
		    const char *new_word, struct sx_words *out);
/* Run xl, noting it in the marker; with markers that it is run against. */
int saved_run_xl(const struct flow_env *env, struct sx_words *argv, struct marker *m, int *status,
		 struct sx_err *err) SX_MUST;
int saved_run_discarding(const struct flow_env *env, struct sx_words *argv, struct marker *m,
			 struct guard_discard *discard, int *status, struct sx_err *err) SX_MUST;

/* What came of an xl that was run against a marker. */
enum discard_end {
	DISCARD_OPEN, /* that shows later */
	DISCARD_AS_BEFORE, /* nothing */
	DISCARD_GIVEN_UP, /* a guest has, or had, its disks */
};

/*
 * `runs_as`: under which name a guest would have its disks now, "": none; `reported`: xl itself said that it
 * failed.
 */
enum discard_end discard_judge_as(const struct marker *m, const char *runs_as, bool reported);
/* Whoever ran it was killed. */
enum discard_end discard_judge(const struct marker *m);
int discard_settle(const struct flow_env *env, struct marker *m, enum discard_end end,
		   struct sx_err *err) SX_MUST;
