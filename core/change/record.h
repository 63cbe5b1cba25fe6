/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The record side of a change: plan on the file's text, prove, stage, put in place, commit. Used
 * by the transaction and by recovery.
 */
#pragma once

#include "change/change.h"
#include "git/repo.h"
#include "host/file.h"
#include "host/lock.h"

struct journal_entry;

struct recording {
	const struct flow_env *env;
	const struct change_said *said;
	const char *path; /* as resolved; image.path is the real one */
	const char *domain; /* its name */
	const char *uuid; /* "" when it does not run */
	const char *live_only; /* see change_live_only; for hints, may be NULL */
	const struct sx_words *overrides; /* keys that must not be edited; may be NULL */
	const struct repo_person *author;
	const char *message;
	struct file_image image; /* the file as read */
	char *about; /* the configuration to name in the journal; NULL: image.path */
	struct xlcfg *doc; /* with the edit */
	struct change_plan plan;
	struct file_staged staged;
	struct repo *repo;
	struct journal_entry *entry; /* rewritten when the plan is made again; may be NULL */
};

void recording_dispose(struct recording *r);

/* Read the file and plan the edit; libxlutil proves that the new text means what was intended. */
int recording_plan(struct recording *r, struct sx_err *err) SX_MUST;
/*
 * Open (or create) the repository of r->image.path, take its lock, and try everything that a commit
 * of `len` bytes needs.
 */
int recording_ready(struct recording *r, size_t len, struct sx_lock *lock,
		    struct sx_err *err) SX_MUST;
/*
 * Check that the file may be committed (repo_admit), now and with `next` as its text (NULL: none,
 * or not known yet). Then commit a hand edit that waits in it. Of a file that does not exist yet,
 * the caller sets r->image.st.st_mode alone.
 */
int recording_take_in(struct recording *r, const char *next, size_t len,
		      struct sx_err *err) SX_MUST;
/* recording_ready and recording_take_in for the planned text; then stage the new file. */
int recording_prepare(struct recording *r, struct sx_err *err) SX_MUST;
/* Write the new plan's texts and staged file into r->entry. No entry: only sync the staged file. */
int recording_journal(const struct recording *r, struct sx_err *err) SX_MUST;
/* Put the staged file in place (planning again when the file changed meanwhile) and commit. */
int recording_finish(struct recording *r, char commit_out[65], struct sx_err *err) SX_MUST;
/* Open the repository only; r->repo stays NULL when there is none yet. */
int recording_open(struct recording *r, struct sx_err *err) SX_MUST;
/* Take the repository's lock, with a notice when it has to wait. */
int recording_lock(const struct recording *r, struct sx_lock *lock, struct sx_err *err) SX_MUST;
/* Commit `bytes` as the file's content; the caller holds the repository's lock. */
int recording_commit(struct recording *r, const char *bytes, size_t len, const char *message,
		     char commit_out[65], struct sx_err *err) SX_MUST;
/* The same for several files of the repository in one commit. May return 1, see repo_commit. */
int recording_commit_files(struct recording *r, const struct repo_file *files, size_t count,
			   const char *message, char commit_out[65], struct sx_err *err) SX_MUST;
/* Check that the file may be committed (repo_admit), as it is and as planned. */
int recording_admit(const struct recording *r, struct sx_err *err) SX_MUST;

/* Before the file is replaced: find its hard links in the configuration directories. */
void record_links_find(const struct flow_env *env, const struct file_image *image,
		       struct sx_words *out);
/* Afterwards: link those names to the new file. One that cannot be linked is a notice. */
void record_links_keep(const struct flow_env *env, const struct file_image *image,
		       const struct sx_words *names);

/* The commit message, in the form that the manual shows. Heap string. */
char *change_message(const struct change *c, const struct change_plan *plan);

/* Find the running domain of this uuid, which had this name but may have been renamed. */
int record_find_live(struct live *live, const char *name, const char *uuid, struct live_domain *out,
		     struct sx_err *err) SX_MUST;

/* The lock of a domain, and that of its new name when it is renamed. */
struct record_locks {
	struct sx_lock first, second;
};

/* Take both, sorted by name to avoid a deadlock. `other` may be NULL. Waits as flow_lock. */
int record_lock(const struct flow_env *env, const char *name, const char *other,
		struct record_locks *out, struct sx_err *err) SX_MUST;
void record_unlock(struct record_locks *locks);
