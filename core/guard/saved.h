/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Saved images opened, proven and described; and how a save, restore or discard begins and ends. */
#pragma once

#include "guard/guard.h"

struct live_disks;

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
/* Prove that it is complete, and find its identity. SX_EGUARD with the reason. */
int saved_image_prove(struct saved_image *s, struct sx_err *err) SX_MUST;
/* NULL, or why the image of a marker cannot be used: gone, cut, or another one now. Heap string. */
char *saved_image_lost(const struct marker *m);
/* Add the image's disks to a marker without any; with evidence taken now if `env` is not NULL. */
void saved_image_note_disks(const struct saved_image *s, const struct flow_env *env,
			    struct marker *m);
/*
 * Make a marker, not written, for a proven image that has none, with its disks as they are now.
 * Free it with marker_free.
 */
struct marker *saved_unknown(const struct flow_env *env, const struct saved_image *image);
/*
 * Of disks examined just now: which one was written to after the image was complete, at `image`;
 * and which ones keep no time that could tell. NULL: none. Heap strings.
 */
char *saved_written_after(const struct marker *m, const struct timespec *image);
char *saved_untold(const struct marker *m);
/* Report the disks that could not be examined; returns how many have no evidence at all. */
size_t saved_say_unseen(const struct flow_env *env, const struct marker *m);
/*
 * Note in the marker, whose disks were examined just now, if that may have been too late: somebody
 * may have written to one after the image's last byte, at `image`.
 */
void saved_note_uncertain(struct marker *m, const struct timespec *image);
/*
 * Sync the complete image of a marker in state "saving", then note its identity. Syncing gigabytes
 * takes long, so the caller does not hold the guard's lock.
 */
int saved_secure(const struct flow_env *env, struct marker *m, const struct saved_image *image,
		 struct sx_err *err) SX_MUST;
/*
 * The state the marker gets: checkpoint, saved, or discarded (reason noted) when the guest was
 * started again meanwhile.
 */
enum marker_state saved_outcome(const struct flow_env *env, struct marker *m);
/*
 * Give the image its name, end the markers that it makes obsolete, and write the marker in this
 * state. The caller holds the guard's lock; removed markers leave `all` too. If the rename fails:
 * SX_ECANTWRITE, or at the last try the image keeps its temporary name.
 */
int saved_finish(const struct flow_env *env, struct markers *all, struct marker *m,
		 enum marker_state state, bool last_try, struct sx_err *err) SX_MUST;
/*
 * Why an image may not get this name; NULL: nothing, an empty file or another image is there. Heap
 * string.
 */
char *saved_place_reason(const char *path);
/*
 * Refuse a place where a save must not or cannot put its image, with the way out: a configuration,
 * a guest's disk, a device in use, a file that is no image (SX_EGUARD); a name that cannot be
 * written (SX_ECANTWRITE). `words`: the command's, for the hint.
 */
int save_place_judge(const struct flow_env *env, char *const *words,
		     const struct saved_words *split, const char *image,
		     struct sx_err *err) SX_MUST;
/* SX_ECANTWRITE: no room there for the image of a guest of that size. */
int save_place_room(const char *image, uint64_t memory_kib, struct sx_err *err) SX_MUST;
/* Is the image of a marker where the marker says? */
bool saved_is_there(const struct marker *m);
/* The save had no effect: remove temporary file and marker. */
int saved_withdraw(const struct marker *m, struct sx_err *err) SX_MUST;
/* As saved_withdraw when the file cannot be removed: the marker (discarded) is about that file. */
int saved_leave(const struct flow_env *env, struct marker *m, const char *why,
		struct sx_err *err) SX_MUST;
/*
 * The guest is gone, and for the reason `why` its image is unusable. The file stays for a person to
 * examine, its marker says discarded; an empty or lost file and its marker are removed. If the file
 * was moved or cannot be read, it may still hold the guest: its marker guards it (saved,
 * uncertain).
 */
int saved_give_up(const struct flow_env *env, struct marker *m, const struct sx_err *why,
		  struct sx_err *err) SX_MUST;
/* What a restore makes of an image: the guest's identity and disks, by the image or a file. */
struct saved_target {
	char *name, *uuid;
	struct guard_disks disks;
	char *config; /* file that replaces the image's configuration; NULL: none */
};

void saved_target_dispose(struct saved_target *t);
/* `config`: as on the command line, or NULL. SX_ESYNTAX and errors of reading the file. */
int saved_target_read(const struct flow_env *env, const struct saved_image *image,
		      const char *config, struct saved_target *out, struct sx_err *err) SX_MUST;
/* NULL, or which disk would differ from the saved guest's; `m` may be NULL. Heap string. */
char *saved_target_differs(const struct saved_target *t, const struct saved_image *image,
			   const struct marker *m);

/* Is it saving, restoring, migrating or discarding: xl runs, or its end was not seen? */
bool saved_in_progress(const struct marker *m);
/* What happens to it right now: "'web1' is being saved to FILE right now". Heap string. */
char *saved_progress(const struct marker *m);
/* What to type meanwhile, or if it was interrupted. Heap string. */
char *saved_wait_hint(const struct marker *m);
/*
 * Note in the marker what the backends of the running domain's disks (live_disks_locate) have open,
 * where their paths do not lead there by themselves. A disk whose path leads elsewhere makes the
 * marker uncertain.
 */
void saved_note_objects(struct marker *m, const struct live_disks *disks);
/*
 * NULL, or which path leads to another disk than the guest had. `cwd`: where xl will start; NULL:
 * skip relative paths. `disks`: what xl is given; NULL: the saved guest's own paths. Heap string.
 */
char *saved_moved(const struct marker *m, const char *cwd, const struct guard_disks *disks);
/* The directory from which its relative paths lead to its disks; NULL: none. Heap string. */
char *saved_place(const struct marker *m);
/* The command that restores it from that directory. `options`: "" or "-N ". Heap string. */
char *saved_command(const struct marker *m, const char *options);
/* Which running domain of another name may write to one of its disks. Heap string; NULL: none. */
char *saved_in_use_by(const struct marker *m);
/* In xl's arguments, replace the domain `word` by its number; NULL: keep it, xl understands it. */
void saved_give_number(struct sx_words *argv, const char *word, const char *number);
/* Remove the i-th from the list (its file stays), and free it. */
void saved_drop(struct markers *all, size_t i);
/* As saved_drop, but the caller owns it. */
struct marker *saved_take(struct markers *all, size_t i);

/* The newest marker that keeps a guest of that name from being started; NULL: none. Borrowed. */
const struct marker *saved_holder(const struct markers *all, const char *name);
/*
 * After an error: if a marker knows where the missing domain is (saved, or on another host),
 * replace the error by that, with the way to continue. Always -1.
 */
int saved_tell_absent(const struct flow_env *env, const char *word, struct sx_err *err);

/* What libxl says of the domain of this name and uuid ("": any). */
enum saved_presence {
	SAVED_UNKNOWN, /* Xen cannot be asked */
	SAVED_ABSENT,
	SAVED_PAUSED, /* by a person, or it is still being built */
	SAVED_SUSPENDED, /* stopped for a save, and not resumed */
	SAVED_RUNS,
};

enum saved_presence saved_domain_look(const char *name, const char *uuid);
/* Does it exist? False also when Xen cannot be asked. */
bool saved_is_present(enum saved_presence p);
bool saved_domain_runs(const char *name, const char *uuid);
/* The value of migrate's -C, as main_migrate in xl_migrate.c takes it; NULL: none. Borrowed. */
const char *migrate_config(char *const *words);
/* xl's argv: path, options, the words; new_word replaces old_word (NULL: it is appended). */
void saved_xl_words(const struct flow_env *env, char *const *words, const char *old_word,
		    const char *new_word, struct sx_words *out);
/* Run xl and note its pid in the marker, with saved_run_discarding also in those it overrides. */
int saved_run_xl(const struct flow_env *env, struct sx_words *argv, struct marker *m, int *status,
		 struct sx_err *err) SX_MUST;
int saved_run_discarding(const struct flow_env *env, struct sx_words *argv, struct marker *m,
			 struct guard_discard *discard, int *status, struct sx_err *err) SX_MUST;

/* How an xl that ran against a marker ended. */
enum discard_end {
	DISCARD_OPEN, /* unknown yet */
	DISCARD_AS_BEFORE, /* it had no effect */
	DISCARD_GIVEN_UP, /* a guest has, or had, the disks */
};

/*
 * `runs_as`: the name of a guest that would have its disks now, "": none; `reported`: xl itself
 * reported failure.
 */
enum discard_end discard_judge_as(const struct marker *m, const char *runs_as, bool reported);
/* As discard_judge_as when the safexl that ran xl was killed. */
enum discard_end discard_judge(const struct marker *m);
int discard_settle(const struct flow_env *env, struct marker *m, enum discard_end end,
		   struct sx_err *err) SX_MUST;
