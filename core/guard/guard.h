/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The guard: without a person's consent no command makes a saved image stale or resumes a stale
 * one. It decides from markers, libxl and the disks; marker.h has the states.
 */
#pragma once

#include "guard/marker.h"
#include "spec/disk.h"
#include "xlcfg/xlcfg.h"

/* Disks of a configuration or command, in the form that evidence needs. */
struct guard_disks {
	SX_VEC_OF(struct disk_spec);
};

void guard_disks_dispose(struct guard_disks *d);
/* Read the disks of a configuration; SX_ESYNTAX when xl cannot read one of them. */
int guard_disks_read(const struct xlcfg *doc, const char *path, struct guard_disks *out,
		     struct sx_err *err) SX_MUST;
/* Where xl would find a relative target, absolute; NULL: not relative, or no file. Heap string. */
char *guard_object(const struct flow_env *env, const char *target);

/*
 * Which guest has this file or device, by whatever path, or a device above or below it, as a disk:
 * a running domain, else a guest with a marker, else a configuration. `except`: a guest whose disks
 * do not count, or NULL. *owner: "disk xvda of 'web1' (FILE)", a heap string; NULL: nobody.
 */
int guard_disk_owner(const struct flow_env *env, const char *path, const char *except, char **owner,
		     struct sx_err *err) SX_MUST;

/* What a command is about to do. */
struct guard_want {
	const char *name; /* the domain that it acts on or makes */
	const char *uuid; /* "" when not known */
	bool starts; /* the command starts that domain, so the domain's own marker counts too */
	const struct guard_disks *disks; /* only the writable ones are checked */
	const char *retry; /* the command with --discard-marker, for the hint */
	const char *except; /* file of a marker that does not count, or NULL */
};

/*
 * Refuse (SX_EGUARD) what a marker forbids, naming it and both ways out. With --discard-marker
 * saved and migrated states do not forbid it; a dry run names each. Changes nothing.
 */
int guard_check(const struct flow_env *env, const struct guard_want *want,
		struct sx_err *err) SX_MUST;
/* As guard_check, among these; moves the markers it overrides to `discarded` (may be NULL). */
int guard_check_among(const struct flow_env *env, struct markers *all,
		      const struct guard_want *want, struct markers *discarded,
		      struct sx_err *err) SX_MUST;

/*
 * --discard-marker: the markers that this run of xl overrides. They say "discarding" before xl
 * starts, so that their images stay refused even if safexl dies. If xl succeeds, they end
 * (discarded; removed if migrated). If it fails and no guest can have had the disks, they return to
 * the state before. A notice reports each end.
 */
struct guard_discard {
	const struct flow_env *env;
	struct markers markers;
	char *runs_as; /* the domain that xl starts, "" when none */
	bool was_there; /* a domain of that name ran before xl did */
	bool stays; /* xl stays while the guest runs, so its failure proves nothing */
};

#define GUARD_DISCARD SX_CLEANUP(guard_discard_dispose) struct guard_discard

typedef int (*guard_started)(const struct proc_id *id, void *arg, struct sx_err *err);

/* Refuse as guard_check, or write the markers ahead. Without --discard-marker none is written. */
int guard_discard_begin(const struct flow_env *env, const struct guard_want *want,
			struct guard_discard *out, struct sx_err *err) SX_MUST;
/* As guard_discard_begin, taking the markers from `all`; the caller holds the guard's lock. */
int guard_discard_among(const struct flow_env *env, struct markers *all,
			const struct guard_want *want, struct guard_discard *out,
			struct sx_err *err) SX_MUST;
/* Run xl as proc_run does, then judge and record the outcome. `a` may have no markers. */
int guard_discard_run(struct guard_discard *a, const char *xl, char *const argv[],
		      guard_started started, void *arg, int *status, struct sx_err *err) SX_MUST;
void guard_discard_dispose(struct guard_discard *a);

/* The arguments of `xl save` and `xl restore`, split; pointers borrowed from the arguments. */
struct saved_words {
	const char *domain; /* save */
	const char *config; /* NULL when not given */
	const char *image; /* NULL when not given (save) */
	bool goes_on; /* save -c, -p: the guest continues after the save */
	bool paused; /* save -p: the guest continues only when it is unpaused */
	bool stays; /* restore -F, -c: xl stays while the guest runs */
	bool valid; /* false: xl would refuse them */
};

void save_words_split(char *const *words, struct saved_words *out);
void restore_words_split(char *const *words, struct saved_words *out);

/*
 * Save to a temporary name, verify, sync, rename, with a marker throughout. *pass: the caller runs
 * xl alone (arguments xl refuses, Domain-0, a FIFO or device). *status: xl's, as from waitpid(2).
 */
int save_run(const struct flow_env *env, char *const *words, bool *pass, int *status,
	     struct sx_err *err) SX_MUST;
/* Work on a guest that xl has paused after `save -p`, for a caller that needs its image. */
struct save_still {
	/* The marker has the evidence of the disks already; the guest runs again afterwards. */
	int (*work)(const struct marker *m, void *arg, struct sx_err *err);
	void *arg;
};

/*
 * `save -p`, then `still`, then the proof of the image, whose marker becomes "snapshot". If the
 * work fails, image and marker are removed. If xl fails, the work is not done: see *status.
 */
int save_still_run(const struct flow_env *env, char *const *words, const struct save_still *still,
		   int *status, struct sx_err *err) SX_MUST;
/*
 * Only judge, as save_run does, in a dry run; changes nothing. *image: the file that safexl would
 * add to the words, a heap string; NULL: none.
 */
int save_preview(const struct flow_env *env, char *const *words, char **image,
		 struct sx_err *err) SX_MUST;
/* Only judge the image's place, as save_run does; changes nothing. */
int save_judge(const struct flow_env *env, char *const *words, struct sx_err *err) SX_MUST;
/* Restore an image that is complete, unused, and has unchanged disks. *pass: as in save_run. */
int restore_run(const struct flow_env *env, char *const *words, bool *pass, int *status,
		struct sx_err *err) SX_MUST;
/* Only judge: SX_EGUARD as restore_run, else 0; changes nothing. */
int restore_judge(const struct flow_env *env, char *const *words, struct sx_err *err) SX_MUST;

/*
 * Adopt an image that plain xl saved: a person vouches that its disks are as they were. SX_EGUARD
 * when it is incomplete or known already, its guest runs, or its disks are missing, in use or
 * written to since. A dry run only reports. Heap strings: the guest's name, the image's path.
 */
int image_adopt(const struct flow_env *env, const char *word, char **name, char **path,
		struct sx_err *err) SX_MUST;

/* What a person can do about a refusal, --discard-marker apart. */
enum guard_way {
	GUARD_WAY_NONE,
	GUARD_WAY_WAIT, /* another safexl works on it */
	GUARD_WAY_RELEASE, /* a disk is in use right now */
	GUARD_WAY_BRING_BACK, /* a disk is missing: even --discard-marker would fail */
	GUARD_WAY_MEND, /* a disk that was recorded cannot be examined */
	GUARD_WAY_FIND, /* the image has moved, is damaged or was replaced */
	GUARD_WAY_ADOPT, /* nothing is known of the image, and nothing speaks against it */
	GUARD_WAY_PLACE, /* a disk's path leads to another disk */
	GUARD_WAY_REVERT, /* the image is the memory of a snapshot */
};

/*
 * Judge an image by its marker: NULL when it can be restored, else the reason, and in *way what to
 * do. `env`: see marker_compare. Heap string; `notes` gets what the judgement cannot prove.
 */
char *guard_judge_marker(const struct marker *m, const struct flow_env *env, struct sx_words *notes,
			 enum guard_way *way);
/* As guard_judge_marker, and checks also that the image is in its place, unchanged. */
char *guard_judge_image(const struct marker *m, struct sx_words *notes, enum guard_way *way);

/*
 * Migrate, with a marker before and after: on success safexl assumes that the domain runs on the
 * other host. *pass as in save_run. A dry run only judges.
 */
int migrate_run(const struct flow_env *env, char *const *words, bool *pass, int *status,
		struct sx_err *err) SX_MUST;
/* Run xl migrate-receive without touching its stream; if a domain comes back, its marker ends. */
int receive_run(const struct flow_env *env, char *const *words, int *status,
		struct sx_err *err) SX_MUST;

/* Settle all markers; adds how many were settled, and how many are still pending or unreadable. */
int guard_recover(const struct flow_env *env, size_t *settled, size_t *pending,
		  struct sx_err *err) SX_MUST;
