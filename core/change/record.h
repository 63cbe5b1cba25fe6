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
	const char *live_only; /* the command without a record, for hints; may be NULL */
	const struct sx_words *overrides; /* keys that must not be touched; may be NULL */
	const struct repo_person *author;
	const char *message;
	struct file_image image; /* the file as read */
	struct xlcfg *doc; /* with the edit */
	struct change_plan plan;
	struct file_staged staged;
	struct repo *repo;
	struct journal_entry *entry; /* kept true when the plan is made again; may be NULL */
};

void recording_dispose(struct recording *r);

/* Read the file and plan on it; proven by libxlutil. */
int recording_plan(struct recording *r, struct sx_err *err) SX_MUST;
/*
 * Open (or create) the repository of r->image.path, take its lock, and try everything that a commit of
 * `len` bytes needs.
 */
int recording_ready(struct recording *r, size_t len, struct sx_lock *lock,
		    struct sx_err *err) SX_MUST;
/*
 * May the file be committed, with `next` as its text (NULL: none, or not known yet)? Then commit a hand
 * edit that is waiting in it; a file that is not there yet has r->image.st.st_mode alone, and none.
 */
int recording_take_in(struct recording *r, const char *next, size_t len,
		      struct sx_err *err) SX_MUST;
/* Both for what was planned, and stage the new file. */
int recording_prepare(struct recording *r, struct sx_err *err) SX_MUST;
/* Tell the journal (r->entry) which texts and which staged file it is about now. */
int recording_journal(const struct recording *r, struct sx_err *err) SX_MUST;
/* Put the staged file in place (planning again when the file changed meanwhile) and commit. */
int recording_finish(struct recording *r, char commit_out[65], struct sx_err *err) SX_MUST;
/* Open the repository only; *r->repo stays NULL when there is none yet. */
int recording_open(struct recording *r, struct sx_err *err) SX_MUST;
/* Take the lock of the repository, saying so when it has to wait. */
int recording_lock(const struct recording *r, struct sx_lock *lock, struct sx_err *err) SX_MUST;
/* Commit this content of the file with this message, under the lock already held. */
int recording_commit(struct recording *r, const char *bytes, size_t len, const char *message,
		     char commit_out[65], struct sx_err *err) SX_MUST;
/* The same for several files of that repository, in one commit. 1: as repo_commit. */
int recording_commit_files(struct recording *r, const struct repo_file *files, size_t count,
			   const char *message, char commit_out[65], struct sx_err *err) SX_MUST;
/* May the file be committed in that repository, as it is and as it will be? See repo_admit. */
int recording_admit(const struct recording *r, struct sx_err *err) SX_MUST;

/* Other names (hard links) of the file in the configuration directories, before it is replaced. */
void record_links_find(const struct flow_env *env, const struct file_image *image,
		       struct sx_words *out);
/* They are names of what is there now; one that cannot be made so is a notice. */
void record_links_keep(const struct flow_env *env, const struct file_image *image,
		       const struct sx_words *names);

/* The commit message, as design and manual show it. Heap string. */
char *change_message(const struct change *c, const struct change_plan *plan);

/* The domain that had this name and has this uuid, also when it was given another name. */
int record_find_live(struct live *live, const char *name, const char *uuid, struct live_domain *out,
		     struct sx_err *err) SX_MUST;

/* The lock of a domain, and of a second name: NULL, or one that it gets. */
struct record_locks {
	struct sx_lock first, second;
};

/* Take both, in an order that all keep to. Waits as flow_lock. */
int record_lock(const struct flow_env *env, const char *name, const char *other,
		struct record_locks *out, struct sx_err *err) SX_MUST;
void record_unlock(struct record_locks *locks);
