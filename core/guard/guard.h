/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The guard: nothing that would make a saved image stale, or resume a stale one, happens without
 * a person saying so. Decides from markers, libxl and the disks; see the states in marker.h.
 */
#pragma once

#include "guard/marker.h"
#include "spec/disk.h"
#include "xlcfg/xlcfg.h"

/* Disks of a configuration or command, as evidence wants them. */
struct guard_disks {
	SX_VEC_OF(struct disk_spec);
};

void guard_disks_dispose(struct guard_disks *d);
/* The disks of a configuration; SX_ESYNTAX when one cannot be read. */
int guard_disks_read(const struct xlcfg *doc, const char *path, struct guard_disks *out,
		     struct sx_err *err) SX_MUST;
/* Where a relative target leads that xl opens now, absolute; NULL: it is none. Heap string. */
char *guard_object(const struct flow_env *env, const char *target);

/*
 * Whose disk this file or device is, by whatever path, and also what a device lies on or beneath:
 * of a domain that runs, else of one that is known to safexl, else of a configuration. `except`: a guest whose own
 * disks do not count, or NULL. *owner: "disk xvda of 'web1' (FILE)", a heap string; NULL: nobody's.
 */
int guard_disk_owner(const struct flow_env *env, const char *path, const char *except, char **owner,
		     struct sx_err *err) SX_MUST;

/* What somebody is about to do. */
struct guard_want {
	const char *name; /* the domain it is done to, or that it makes */
	const char *uuid; /* "" when not known */
	bool starts; /* it starts that domain: its own marker counts as well */
	const struct guard_disks *disks; /* those written to are looked at */
	const char *retry; /* the command with --discard-marker, for the hint */
	const char *except; /* file of a marker that does not count, or NULL */
};

/*
 * Refuse (SX_EGUARD) what a marker forbids, naming it and both ways out. With --discard-marker such
 * markers are no reason; in a dry run each is told. Nothing is changed.
 */
int guard_check(const struct flow_env *env, const struct guard_want *want,
		struct sx_err *err) SX_MUST;
/* The same among these; the markers gone ahead against are moved to `discarded`, which may be NULL. */
int guard_check_among(const struct flow_env *env, struct markers *all,
		      const struct guard_want *want, struct markers *discarded,
		      struct sx_err *err) SX_MUST;

/*
 * --discard-marker: the markers that xl is run against. They say "discarding" before it begins, so
 * that their images are refused whatever dies, and end as discarded when it succeeded. When it
 * failed, and no guest can have touched their disks, they are as before. Each end is a notice.
 */
struct guard_discard {
	const struct flow_env *env;
	struct markers markers;
	char *runs_as; /* the domain that is started, "" when none is */
	bool was_there; /* it was there before */
	bool stays; /* xl stays while the guest runs, so that its failure tells nothing */
};

#define GUARD_DISCARD SX_CLEANUP(guard_discard_dispose) struct guard_discard

typedef int (*guard_started)(const struct proc_id *id, void *arg, struct sx_err *err);

/* Refuse as guard_check, or write ahead. Without --discard-marker there is nothing to write. */
int guard_discard_begin(const struct flow_env *env, const struct guard_want *want,
			struct guard_discard *out, struct sx_err *err) SX_MUST;
/* The same among these, which lose what is gone ahead against; the guard's lock is held. */
int guard_discard_among(const struct flow_env *env, struct markers *all,
			const struct guard_want *want, struct guard_discard *out,
			struct sx_err *err) SX_MUST;
/* Run xl as proc_run does, then see what came of it. `a` may have no markers. */
int guard_discard_run(struct guard_discard *a, const char *xl, char *const argv[],
		      guard_started started, void *arg, int *status, struct sx_err *err) SX_MUST;
void guard_discard_dispose(struct guard_discard *a);

/* The words of `xl save` and `xl restore`, split; pointers borrowed from the words. */
struct saved_words {
	const char *domain; /* save */
	const char *config; /* NULL when not given */
	const char *image; /* NULL when not given (save) */
	bool goes_on; /* save -c, -p */
	bool paused; /* save -p: it does so only when it is unpaused */
	bool stays; /* restore -F, -c: xl stays while the guest runs */
	bool valid; /* false: xl would refuse them */
};

void save_words_split(char *const *words, struct saved_words *out);
void restore_words_split(char *const *words, struct saved_words *out);

/*
 * Save through a temporary name, verified, durable, with a marker from before to after. *pass: xl
 * shall run alone (Domain-0, a FIFO or device). *status: xl's, as from waitpid(2).
 */
int save_run(const struct flow_env *env, char *const *words, bool *pass, int *status,
	     struct sx_err *err) SX_MUST;
/* What is done while the guest stands still behind its image, by the one who needs the image. */
struct save_still {
	/* xl has paused it, and the marker has the evidence of its disks; it runs again afterwards. */
	int (*work)(const struct marker *m, void *arg, struct sx_err *err);
	void *arg;
};

/*
 * `save -p` with work in between; the image is proven after that, and its marker says "snapshot". The
 * work fails: the image is withdrawn. Without xl's success there was no work: see *status.
 */
int save_still_run(const struct flow_env *env, char *const *words, const struct save_still *still,
		   int *status, struct sx_err *err) SX_MUST;
/* Only the verdict on the place of the image, as save_run has it; nothing is changed. */
int save_judge(const struct flow_env *env, char *const *words, struct sx_err *err) SX_MUST;
/* Restore, if the image is whole, was not used, and its disks are unchanged. */
int restore_run(const struct flow_env *env, char *const *words, bool *pass, int *status,
		struct sx_err *err) SX_MUST;
/* Only the verdict: SX_EGUARD as restore_run would, else 0; nothing is changed. */
int restore_judge(const struct flow_env *env, char *const *words, struct sx_err *err) SX_MUST;

/*
 * Take in an image that plain xl saved, with its disks as they are now, at the person's word: SX_EGUARD
 * when it is not whole, is known already, or its guest or disks say otherwise. In a dry run only what
 * would be done is told. Heap strings: the guest's name, the image's path.
 */
int image_adopt(const struct flow_env *env, const char *word, char **name, char **path,
		struct sx_err *err) SX_MUST;

/* What a person can do about a refusal, --discard-marker apart. */
enum guard_way {
	GUARD_WAY_NONE,
	GUARD_WAY_WAIT, /* another safexl is at it */
	GUARD_WAY_RELEASE, /* a disk is in use right now */
	GUARD_WAY_BRING_BACK, /* a disk is not there: whoever went ahead would fail */
	GUARD_WAY_MEND, /* a disk that was noted cannot be looked at */
	GUARD_WAY_FIND, /* the image is not where it was */
	GUARD_WAY_ADOPT, /* nothing is known of the image, and nothing speaks against it */
	GUARD_WAY_PLACE, /* a path of a disk leads elsewhere */
};

/*
 * The verdict on one image whose marker is known: NULL when it can be restored, else why not, and the
 * way out. `env` as with marker_compare.
 */
char *guard_judge_marker(const struct marker *m, const struct flow_env *env, struct sx_words *notes,
			 enum guard_way *way);
/* The same for one who does not have the image in hand: also whether it is where it was, as it was. */
char *guard_judge_image(const struct marker *m, struct sx_words *notes, enum guard_way *way);

/*
 * Migrate with a marker from before to after: on success the domain is held to run on the other
 * host. *pass as with save_run.
 */
int migrate_run(const struct flow_env *env, char *const *words, bool *pass, int *status,
		struct sx_err *err) SX_MUST;
/* Run xl migrate-receive, bytes untouched; a domain that comes back ends its marker. */
int receive_run(const struct flow_env *env, char *const *words, int *status,
		struct sx_err *err) SX_MUST;

/* Settle markers (markers_settle) for its own sake: adds how many were, and how many wait still. */
int guard_recover(const struct flow_env *env, size_t *settled, size_t *pending,
		  struct sx_err *err) SX_MUST;
