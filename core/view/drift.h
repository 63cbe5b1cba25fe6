/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Drift: what a configuration says against what its running domain has and what was committed
 * last. Looks only; `record` (core/family/record.c) takes the running domain's side in.
 */
#pragma once

#include "domain/env.h"
#include "view/view.h"

/*
 * The repository of the directory that was asked for last: opening it takes far longer than asking, and
 * most files have the directory of the one before.
 */
struct drift_repo {
	char *dir; /* NULL: none yet */
	struct repo *repo; /* NULL: there is none */
};

void drift_repo_dispose(struct drift_repo *r);

struct drift {
	struct drift_repo *kept; /* set by who looks at many; NULL: this one opens its own */
	char *name;
	char *uuid; /* "" when it does not run */
	char *path; /* of the configuration; NULL: there is none, `error` says why */
	bool running;
	uint32_t domid;
	enum live_state state;
	struct view views[VIEW_SIDES];
	bool have[VIEW_SIDES]; /* which of them could be made */
	bool in_history; /* the last commit has the file, whether it can be compared or not */
	bool untracked; /* there is a history, and it is to have the file, but has it not */
	bool deleted; /* the last commit has the file, and nothing else does */
	bool has_start; /* the start is a text that safexl noted, not what libxl tells of it */
	/* That text of an earlier start: the guest rebooted, or plain xl started it anew. */
	struct view earlier;
	bool has_earlier;
	long long started; /* when, seconds since 1970; 0: not known */
	struct view_differences differences;
	struct sx_words notes; /* how it was compared */
	struct sx_words left_out; /* what was not compared, and why: no silence hides that */
	bool partial; /* of that, what is no mistake in the file */
	struct sx_fields host; /* what xl.conf says, see struct view */
	struct sx_words extras; /* words of create that count as a part of the file */
	struct sx_err error; /* in drift_all: why this one could not be compared */
};

struct drifts {
	SX_VEC_OF(struct drift);
	char *no_xen; /* why Xen cannot be asked; NULL: it can */
};

void drift_dispose(struct drift *d);
void drifts_dispose(struct drifts *d);

/*
 * One domain and its configuration, which are known; `live` NULL: it does not run. Then a path in a
 * configuration directory is compared as it is.
 */
int drift_at(const struct flow_env *env, struct live *live, const struct live_domain *domain,
	     const char *path, struct drift *out, struct sx_err *err) SX_MUST;
/* One domain, running or not. SX_ENOCONFIG when there is no file of it. */
int drift_look(const struct flow_env *env, const char *word, struct drifts *out,
	       struct sx_err *err) SX_MUST;
/* All running domains, and all files that differ from the last commit, or are in one of the two only. */
int drift_all(const struct flow_env *env, struct drifts *out, struct sx_err *err) SX_MUST;

/* Add the files that the last commit has and the directories of configurations have not. */
int drift_add_deleted(const struct flow_env *env, struct drifts *out, struct sx_err *err) SX_MUST;
/* The sides of a domain but the file's: running (`live` NULL: not), last commit, at creation. */
int drift_sides(const struct flow_env *env, struct live *live, const struct live_domain *domain,
		const char *path, struct drift *out, struct sx_err *err) SX_MUST;
/* The view of a text with the words of create behind it, as xl reads both. */
int drift_view(const struct drift *d, const char *text, size_t len, const char *path,
	       struct view *out, struct sx_err *err) SX_MUST;

/*
 * What differs between that file and the other sides, and who moved: as the text of the start or
 * libxl prove it, else as the history suggests. *guessed: of some it is not known. The file's view
 * must outlive the result.
 */
int drift_compare(const struct drift *d, const struct view *file, struct view_differences *out,
		  bool *guessed, struct sx_err *err) SX_MUST;
/* What to type to clear a device that is half attached. Heap string. */
char *drift_clearing(const struct view_difference *d, const char *domain);

/* "not recorded", ...: a constant. */
const char *drift_state(enum view_state state);
/* "not recorded: memory: 256 MiB in the file, 512 MiB running". Heap string. */
char *drift_text(const struct view_difference *d);
