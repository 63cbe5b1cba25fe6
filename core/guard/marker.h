/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Markers: what safexl knows of saved images and migrated domains, so that it resumes no stale
 * image and boots no saved guest. Each is a small durable file in the state directory.
 */
#pragma once

#include "domain/env.h"
#include "evidence/evidence.h"
#include "host/proc.h"
#include "xen/image.h"

enum marker_state {
	MARKER_SAVING, /* written before xl save runs */
	MARKER_SAVED, /* the guest exists only in the image */
	MARKER_CHECKPOINT, /* the guest went on after the save */
	MARKER_RESTORING, /* written before xl restore runs */
	MARKER_RESTORED, /* the image was used */
	MARKER_DISCARDED, /* not to be used: a person discarded it, or it is broken or outdated */
	MARKER_MIGRATING, /* written before xl migrate runs */
	MARKER_MIGRATED, /* it runs on the other host */
	MARKER_DISCARDING, /* written before xl runs with --discard-marker against it */
	MARKER_SNAPSHOT, /* the memory of a snapshot: only revert uses it, any number of times */
	MARKER_HELD, /* written before the guest's disks are copied or put back */
	MARKER_STATES,
};

struct marker {
	char *file; /* path of the marker itself; NULL until it is written */
	enum marker_state state;
	bool goes_on; /* save -c or -p: the guest goes on after the save */
	bool with_host; /* saved at the host's shutdown: restore it when the host comes up */
	bool was_paused; /* it was paused before the save: restore it paused */
	/* Only while restoring or discarding: */
	char *before; /* the state before, "" for an image without a marker */
	char *runs_as; /* name of the guest that xl starts, "" when none */
	char *name;
	char *uuid;
	char *image; /* absolute path of the image */
	char *to_host; /* host it was migrated to, "" else */
	char *temp; /* path that xl writes to while saving; "" after */
	char *image_id; /* identity of its content, "" until it is complete */
	char *host;
	char *boot_id;
	char *uncertain; /* why its disks are unproven, "" when there is evidence */
	char *saved_at; /* as flow_time_text, or "unknown" */
	char *adopted; /* "WHEN by WHOM" for an adopted image of plain xl, "" else */
	char *config; /* path of the configuration, "" when unknown */
	char *config_text; /* its text at the save */
	char *ended_at; /* when it was restored or discarded, "" before */
	char *ended_by; /* by whom */
	char *ended_how; /* the command line, or the reason */
	struct proc_id owner; /* the safexl that wrote the marker last */
	struct proc_id child; /* the xl it started; pid 0: none yet */
	/* {"disks": [{"subject": {...}, "evidence": {...}}], "objects": [{"vdev", "object"}]} */
	struct json *disks;
	/* Not in the file: why settling it failed, and what helps; or NULL. */
	char *pending, *pending_hint;
};

/* A marker that cannot be read or trusted: safexl does not act on what it says. */
struct marker_bad {
	char *file;
	char *reason;
	char *safe_name; /* the domain's, escaped as in the marker's file name; "" when unknown */
	char *uuid; /* "" when unknown */
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
/* As in the file: "saved", ... */
const char *marker_state_name(enum marker_state state);

/* Load all markers, oldest first, and the bad ones. */
int markers_load(const struct flow_env *env, struct markers *out, struct sx_err *err) SX_MUST;
/* The bad marker of a domain (uuid "": unknown), borrowed, or NULL. It guards only that domain. */
const struct marker_bad *markers_bad_of(const struct markers *all, const char *name,
					const char *uuid);
/* "FILE guards a saved guest and cannot be used: why". Heap string. */
char *marker_bad_text(const struct marker_bad *bad);
/* Refuse (SX_EGUARD) to start this domain because of it, with the way out. */
int marker_bad_refuse(const struct marker_bad *bad, const char *name, struct sx_err *err);
/* Name each bad marker in a notice. */
void markers_tell_bad(const struct flow_env *env, const struct markers *all);
/*
 * Write durably, with this host, boot id and process as owner. A new marker gets its file; if that
 * fails, the file is removed.
 */
int marker_write(const struct flow_env *env, struct marker *m, struct sx_err *err) SX_MUST;
int marker_remove(const struct marker *m, struct sx_err *err) SX_MUST;
/* Read the file again; *m becomes NULL when it is gone. */
int marker_reload(struct marker **m, struct sx_err *err) SX_MUST;
/*
 * Write it before xl restore makes a domain called `runs_as` from the image. `is_new`: the image
 * had no marker.
 */
int marker_restoring(const struct flow_env *env, struct marker *m, bool is_new, const char *runs_as,
		     struct sx_err *err) SX_MUST;
/* Write it before xl runs against it; `runs_as` as in the marker. */
int marker_discarding(const struct flow_env *env, struct marker *m, const char *runs_as,
		      struct sx_err *err) SX_MUST;
/* It had no effect: return to the state before, or remove the marker if there was none before. */
int marker_back(const struct flow_env *env, struct marker *m, struct sx_err *err) SX_MUST;
/* The image was restored: end it, by this person unless marker_restoring has noted who. */
int marker_used(const struct flow_env *env, struct marker *m, struct sx_err *err) SX_MUST;
/* Note that it ended now, by this person, by this command or (not NULL) for that reason. */
void marker_note_end(const struct flow_env *env, struct marker *m, const char *why);
/* marker_note_end, and write it in this state. */
int marker_end(const struct flow_env *env, struct marker *m, enum marker_state state,
	       const char *why, struct sx_err *err) SX_MUST;
/* Tell the person that its image cannot be used any more. */
void marker_tell_discarded(const struct flow_env *env, const struct marker *m);

/* The temporary path that an image is written to; `n` gives alternatives. Heap string. */
char *marker_temp_name(const char *image, unsigned n);
/* Is this last component a temporary name of marker_temp_name? No other file has such a name. */
bool marker_is_temp_name(const char *base);

/* Does it keep its domain from being started here? */
bool marker_is_open(const struct marker *m);

/* The size of its file, in bytes. */
size_t marker_size(struct marker *m);
/*
 * Make it small enough to be written and read back: if the evidence of the disks is too large, drop
 * it and set `uncertain`; the disks' names stay if they fit.
 */
void marker_fit(struct marker *m);
/* Add a disk, with evidence taken now; `env` NULL: without evidence. */
void marker_add_disk(struct marker *m, const struct evidence_subject *s,
		     const struct flow_env *env);
/*
 * Before the disks are added: note the path that the backend has open for a vdev, where the target
 * does not lead there by itself. marker_object gives "" when nothing is noted.
 */
void marker_add_object(struct marker *m, const char *vdev, const char *object);
const char *marker_object(const struct marker *m, const char *vdev);
size_t marker_disk_count(const struct marker *m);
/* The i-th disk; strings borrowed from the marker. */
void marker_disk(const struct marker *m, size_t i, struct evidence_subject *out);

/* What the i-th disk consists of, now and at the save; free with evidence_storage_free. */
struct evidence_storage *marker_storage(const struct marker *m, size_t i);
/* Append why parts of the i-th disk are not in its evidence. False: nothing of it is. */
bool marker_unseen(const struct marker *m, size_t i, struct sx_words *reasons);
/* When the i-th disk was last written to; false: it keeps no such time. */
bool marker_last_write(const struct marker *m, size_t i, struct timespec *when);
/* Does the i-th disk consist of files only? Their times change with every write. */
bool marker_is_file(const struct marker *m, size_t i);

/* Did the save take a digest of a whole disk (verify = "full")? */
bool marker_is_full(const struct marker *m);

/*
 * Compare every disk with its evidence and return the worst state. `what` gets one line for each
 * disk that changed or cannot be examined, `notes` what an unchanged result does not prove. `env`:
 * read a whole disk where the save kept a digest of it, with progress notices; NULL: never read
 * whole disks, for callers that only show the state.
 */
enum evidence_state marker_compare(const struct marker *m, const struct flow_env *env,
				   struct sx_words *what, struct sx_words *notes);
/* One line for each disk that is mounted or open for writing right now. */
int marker_uses(const struct marker *m, struct sx_words *out, struct sx_err *err) SX_MUST;

/*
 * Settle the markers that a killed safexl left halfway (saving, restoring, migrating, discarding),
 * from what libxl and the disks say. A notice reports each outcome; for an unsettled one `pending`
 * says why. Skips markers whose safexl or xl is alive. The caller holds the guard's lock. Returns
 * the number settled.
 */
size_t markers_settle(const struct flow_env *env, struct markers *all);
/* After a reload: markers in the same state as before keep their `pending`. */
void markers_keep_pending(struct markers *now, struct markers *before);
/* Take the guard's lock, load and settle. */
int markers_take(const struct flow_env *env, struct sx_lock *lock, struct markers *out,
		 struct sx_err *err) SX_MUST;
/* markers_load, settled; takes the guard's lock only if a marker needs settling. */
int markers_load_settled(const struct flow_env *env, struct markers *out,
			 struct sx_err *err) SX_MUST;
