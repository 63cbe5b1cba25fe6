/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Drift: how a configuration file, its running domain and its last commit differ. Read-only;
 * `record` (core/family/record.c) writes the running domain's side into the file.
 */
#pragma once

#include "domain/env.h"
#include "view/view.h"

/*
 * The repository of the last directory asked for. Opening one takes far longer than a question to
 * it, and most files lie in the same directory as the one before.
 */
struct drift_repo {
	char *dir; /* NULL: none yet */
	struct repo *repo; /* NULL: the directory is in none */
};

void drift_repo_dispose(struct drift_repo *r);

struct drift {
	struct drift_repo *kept; /* set by callers that look at many; NULL: each opens its own */
	char *name;
	char *uuid; /* "" when it does not run */
	char *path; /* of the configuration; NULL: none found, `error` says why */
	bool running;
	uint32_t domid;
	enum live_state state;
	struct view views[VIEW_SIDES];
	bool have[VIEW_SIDES]; /* which of them are known */
	bool in_history; /* the last commit has the file, comparable or not */
	bool untracked; /* the repository does not ignore the file, but its last commit lacks it */
	bool deleted; /* only the last commit still has the file */
	bool has_start; /* VIEW_START is the text that safexl noted, not what libxl stored */
	/* The text noted at an earlier start; the guest rebooted, or plain xl started it since. */
	struct view earlier;
	bool has_earlier;
	long long started; /* when the domain started, seconds since 1970; 0: unknown */
	struct view_differences differences;
	struct sx_words notes; /* how it was compared */
	struct sx_words left_out; /* what was not compared, and why */
	bool partial; /* left_out holds more than mistakes in the file */
	struct sx_fields host; /* what xl.conf says, see struct view */
	struct sx_words extras; /* arguments of create that count as part of the file */
	struct sx_err error; /* in drift_all: why this one could not be compared */
};

struct drifts {
	SX_VEC_OF(struct drift);
	char *no_xen; /* why Xen does not answer; NULL: it does */
};

void drift_dispose(struct drift *d);
void drifts_dispose(struct drifts *d);

/* Compare a domain with the file at `path`. `live` NULL: off, arguments of create do not count. */
int drift_at(const struct flow_env *env, struct live *live, const struct live_domain *domain,
	     const char *path, struct drift *out, struct sx_err *err) SX_MUST;
/* Compare one domain, running or not. SX_ENOCONFIG: it has no configuration file. */
int drift_look(const struct flow_env *env, const char *word, struct drifts *out,
	       struct sx_err *err) SX_MUST;
/* Compare all running domains, and all files not as committed last (new and deleted ones too). */
int drift_all(const struct flow_env *env, struct drifts *out, struct sx_err *err) SX_MUST;

/* Add the files that the last commit has but the configuration directories no longer have. */
int drift_add_deleted(const struct flow_env *env, struct drifts *out, struct sx_err *err) SX_MUST;
/* Fill in all sides but the file's: running (`live` NULL: none), last commit, start. */
int drift_sides(const struct flow_env *env, struct live *live, const struct live_domain *domain,
		const char *path, struct drift *out, struct sx_err *err) SX_MUST;
/* View a text with the arguments of create appended, as xl reads both. */
int drift_view(const struct drift *d, const char *text, size_t len, const char *path,
	       struct view *out, struct sx_err *err) SX_MUST;

/*
 * Compare `file` with the other sides and judge which side moved: by the noted start text, else by
 * the history, else by what libxl stored. *guessed: some states are uncertain. `file` must outlive
 * the result.
 */
int drift_compare(const struct drift *d, const struct view *file, struct view_differences *out,
		  bool *guessed, struct sx_err *err) SX_MUST;
/* The command that detaches a half attached device. Heap string. */
char *drift_clearing(const struct view_difference *d, const char *domain);

/* "not recorded", ...: a constant. */
const char *drift_state(enum view_state state);
/* "not recorded: memory: 256 MiB in the file, 512 MiB running". Heap string. */
char *drift_text(const struct view_difference *d);
