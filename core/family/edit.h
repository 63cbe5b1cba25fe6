/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A person edits a configuration: on a private copy, which is judged as xl would read it and put in
 * place as one commit. No lock is held while the editor runs: changes made to the file meanwhile
 * are merged, or the copy is kept.
 */
#pragma once

#include "change/change.h"
#include "check/inspect.h"

/* An edit under way. */
struct edit {
	char *domain;
	bool running;
	char *path; /* of the configuration, real */
	char *dir; /* private; holds the copy and the text it was made from */
	char *copy; /* what the editor gets */
	int held; /* descriptor that locks `dir`, so that others see it in use; 0 or -1: none */
	struct sx_words words; /* for change_run */
};

#define EDIT SX_CLEANUP(edit_dispose) struct edit

/* Frees the struct; the copy stays until edit_discard. */
void edit_dispose(struct edit *e);
/* Make the copy. The word is a domain, or a configuration file (with a slash). */
int edit_begin(const struct flow_env *env, const char *word, struct edit *out,
	       struct sx_err *err) SX_MUST;
/* Continue an abandoned copy, by its name. SX_EUSAGE: there is none; SX_ELOCKED: it is in use. */
int edit_resume(const struct flow_env *env, const char *name, struct edit *out,
		struct sx_err *err) SX_MUST;
/* Open only the copy, for edit_discard: its configuration may be gone. Fails as edit_resume. */
int edit_open(const struct flow_env *env, const char *name, struct edit *out,
	      struct sx_err *err) SX_MUST;
/*
 * Remove the copy, and what the editor left of it. Files of other names stay: a notice says where.
 */
void edit_discard(const struct flow_env *env, const struct edit *e);

/* What the edit changed. */
struct edit_judgement {
	bool changed; /* the copy differs from its base; else all below is empty */
	bool was_broken; /* xl could not read the file as it was */
	struct sx_str keys; /* that differ, comma-separated */
	struct sx_str diff; /* unified */
	struct inspect_report report; /* findings of `check` that the base does not have */
};

#define EDIT_JUDGEMENT SX_CLEANUP(edit_judgement_dispose) struct edit_judgement

void edit_judgement_dispose(struct edit_judgement *j);
/* Judge the copy. SX_ESYNTAX "file:line: ...": xl could not read it. */
int edit_judge(const struct flow_env *env, const struct edit *e, struct edit_judgement *out,
	       struct sx_err *err) SX_MUST;

/* A copy that exists. */
struct edit_copy {
	char *name; /* for edit_resume */
	char *path; /* of the configuration */
	time_t time; /* of its last change */
	bool busy; /* being edited now, not abandoned */
};

struct edit_copies {
	SX_VEC_OF(struct edit_copy); /* oldest first */
};

void edit_copies_dispose(struct edit_copies *c);
void edit_copies_find(const struct flow_env *env, struct edit_copies *out);
