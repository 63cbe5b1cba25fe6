/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Markers: what is known of saved images and migrated domains, so that no stale image is resumed
 * and no saved guest is booted over. One small durable file each in the state directory.
 */
#pragma once

#include "domain/env.h"
#include "evidence/evidence.h"
#include "host/proc.h"
#include "xen/image.h"

enum marker_state {
	MARKER_SAVING, /* written ahead: xl save runs */
	MARKER_SAVED, /* the image holds the guest, and only the image */
	MARKER_CHECKPOINT, /* the guest went on after the image */
	MARKER_RESTORING, /* written ahead: xl restore runs */
	MARKER_RESTORED, /* the image was used */
	MARKER_DISCARDED, /* a person went ahead against it */
	MARKER_MIGRATING, /* written ahead: xl migrate runs */
	MARKER_MIGRATED, /* it runs on the other host */
	MARKER_DISCARDING, /* written ahead: xl runs with --discard-marker against it */
	MARKER_SNAPSHOT, /* the memory of a snapshot: it is used by revert alone, and never up */
	MARKER_HELD, /* written ahead: a snapshot of a guest that is off is taken, or put back */
	MARKER_STATES,
};

struct marker {
	char *file; /* of the marker; NULL until it is written */
	enum marker_state state;
	bool goes_on; /* save -c or -p: the guest goes on */
	bool with_host; /* saved as the host went down: to be restored as it comes up */
	bool was_paused; /* it stood still until then: to be restored so */
	/* While restoring or discarding: */
	char *before; /* the state it had, "" for an image that was not known */
	char *runs_as; /* the name of the guest that is started, "" when none is */
	char *name;
	char *uuid;
	char *image; /* absolute path of the image */
	char *to_host; /* where it was migrated to, "" else */
	char *temp; /* where it is written while saving; "" after */
	char *image_id; /* of its content, "" until it is complete */
	char *host;
	char *boot_id;
	char *uncertain; /* why its disks cannot be vouched for, "" when the evidence can */
	char *saved_at; /* ISO 8601, local time with offset */
	char *adopted; /* "WHEN by WHOM" of an image that plain xl saved, "" else */
	char *config; /* path of the configuration, "" when none is known */
	char *config_text; /* its text at the save */
	char *ended_at; /* when it was restored or discarded, "" before */
	char *ended_by; /* by whom */
	char *ended_how; /* the command line */
	struct proc_id owner; /* of the safexl that wrote a state ahead */
	struct proc_id child; /* the xl it started; pid 0: none yet */
	/* {"disks": [{"subject": {...}, "evidence": {...}}], "objects": [{"vdev", "object"}]} */
	struct json *disks;
	/* Not in the file: why what was begun could not be settled now, and what helps; or NULL. */
	char *pending, *pending_hint;
};

/* One that cannot be read or is not as we write them: nothing is done by what it says. */
struct marker_bad {
	char *file;
	char *reason;
	char *safe_name; /* of its domain, escaped, as its file's name has it; "" when not known */
	char *uuid; /* "" when not known */
};

struct markers {
	SX_VEC_OF(struct marker *);
	struct {
		SX_VEC_OF(struct marker_bad);
	} bad;
};

#define MARKERS SX_CLEANUP(markers_dispose) struct markers

struct marker *marker_new(void);
void marker_free(struct marker *m);
void markers_dispose(struct markers *m);
/* "saved", ...; as written in the file. */
const char *marker_state_name(enum marker_state state);

/* All markers, oldest first, and those that are bad. */
int markers_load(const struct flow_env *env, struct markers *out, struct sx_err *err) SX_MUST;
/* The bad one of a domain (uuid "": not known), borrowed; NULL: none. It guards that domain alone. */
const struct marker_bad *markers_bad_of(const struct markers *all, const char *name,
					const char *uuid);
/* "FILE guards a saved guest and cannot be used: why". Heap string. */
char *marker_bad_text(const struct marker_bad *bad);
/* Refuse (SX_EGUARD) what it stands against, with the way out. */
int marker_bad_refuse(const struct marker_bad *bad, const char *name, struct sx_err *err);
/* Name each of them. */
void markers_tell_bad(const struct flow_env *env, const struct markers *all);
/*
 * Write durably; a new one gets its file, and is removed where that failed. Host, boot id and owner are
 * filled in.
 */
int marker_write(const struct flow_env *env, struct marker *m, struct sx_err *err) SX_MUST;
int marker_remove(const struct marker *m, struct sx_err *err) SX_MUST;
/* Read it again; *m becomes NULL when it is gone. */
int marker_reload(struct marker **m, struct sx_err *err) SX_MUST;
/*
 * Written ahead of xl restore, which makes a domain of the name `runs_as` from the image; `is_new`:
 * the marker is made for an image that was not known.
 */
int marker_restoring(const struct flow_env *env, struct marker *m, bool is_new, const char *runs_as,
		     struct sx_err *err) SX_MUST;
/* Written ahead of an xl that is run against it; `runs_as` as in the marker. */
int marker_discarding(const struct flow_env *env, struct marker *m, const char *runs_as,
		      struct sx_err *err) SX_MUST;
/* It came to nothing: back to the state before; an image that was not known loses its marker. */
int marker_back(const struct flow_env *env, struct marker *m, struct sx_err *err) SX_MUST;
/* Its image was restored: by this person now, unless who began that is noted. */
int marker_used(const struct flow_env *env, struct marker *m, struct sx_err *err) SX_MUST;
/* Note that it ended now, by this person, with this command or (when not NULL) that reason. */
void marker_note_end(const struct flow_env *env, struct marker *m, const char *why);
/* The same, and write it in this state. */
int marker_end(const struct flow_env *env, struct marker *m, enum marker_state state,
	       const char *why, struct sx_err *err) SX_MUST;
/* Say to the person that its image is of no use any more. */
void marker_tell_discarded(const struct flow_env *env, const struct marker *m);

/* Where an image is written before it gets its name; `n` for another one. Heap string. */
char *marker_temp_name(const char *image, unsigned n);
/* Is this (a last component) the name of such a file? Nothing else has one like it. */
bool marker_is_temp_name(const char *base);

/* Does it stand for a domain that must not be started here? */
bool marker_is_open(const struct marker *m);

/* How large its file would be, in bytes. */
size_t marker_size(struct marker *m);
/*
 * See to it that it can be written and read back: when what is noted of its disks is too much, that
 * goes, which is its `uncertain` then; their names stay as long as they fit.
 */
void marker_fit(struct marker *m);
/* Add a disk; `env`: with its evidence as it is now, NULL: without. */
void marker_add_disk(struct marker *m, const struct evidence_subject *s,
		     const struct flow_env *env);
/*
 * Before the disks are added: what the target of one stands for while the guest runs, where that is
 * not the target itself. "": nothing was noted.
 */
void marker_add_object(struct marker *m, const char *vdev, const char *object);
const char *marker_object(const struct marker *m, const char *vdev);
size_t marker_disk_count(const struct marker *m);
/* The i-th disk; strings borrowed from the marker. */
void marker_disk(const struct marker *m, size_t i, struct evidence_subject *out);

/* What the i-th disk is made of, and was at the save; free with evidence_storage_free. */
struct evidence_storage *marker_storage(const struct marker *m, size_t i);
/* Why something of the i-th disk could not be noted: appended. False: nothing of it is. */
bool marker_unseen(const struct marker *m, size_t i, struct sx_words *reasons);
/* When the i-th disk is known to have been written to last; false: it cannot tell. */
bool marker_last_write(const struct marker *m, size_t i, struct timespec *when);
/* Is the i-th disk made of files alone, whose times tell of every write? */
bool marker_is_file(const struct marker *m, size_t i);

/* Was a digest of all that is on its disks asked for at the save? */
bool marker_is_full(const struct marker *m);

/*
 * Compare every disk of the marker with what it is now; `what` gets one line a disk that changed
 * or cannot be looked at, `notes` what an unchanged look does not prove. The worst state of all.
 * `env`: where the save kept a digest of all of a disk, all of it is read, and that it takes time is
 * told; NULL: never, for those who only want to know how things stand.
 */
enum evidence_state marker_compare(const struct marker *m, const struct flow_env *env,
				   struct sx_words *what, struct sx_words *notes);
/* One line a disk that is mounted or held open for writing right now. */
int marker_uses(const struct marker *m, struct sx_words *out, struct sx_err *err) SX_MUST;

/*
 * Markers that a killed safexl left half-way (saving, restoring, migrating) are settled from what
 * libxl and the disks say; each outcome is a notice, also that there is none: that is in `pending`
 * as well. Those whose safexl or xl still runs are left alone. The caller holds the guard's lock.
 * How many were settled.
 */
size_t markers_settle(const struct flow_env *env, struct markers *all);
/* Loaded again: those that are as they were know still why they are not settled. */
void markers_keep_pending(struct markers *now, struct markers *before);
/* Take the guard's lock, load and settle. */
int markers_take(const struct flow_env *env, struct sx_lock *lock, struct markers *out,
		 struct sx_err *err) SX_MUST;
/* markers_load, and settled; takes the guard's lock only when there is something to settle. */
int markers_load_settled(const struct flow_env *env, struct markers *out,
			 struct sx_err *err) SX_MUST;
