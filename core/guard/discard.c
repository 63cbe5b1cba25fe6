/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * --discard-marker: markers say "discarding" while xl runs, and end as discarded only if a guest
 * may have touched the disks. See guard.h.
 */
#include "guard/saved.h"
#include "host/lock.h"
#include "host/proc.h"

#include <sys/wait.h>

void guard_discard_dispose(struct guard_discard *a)
{
	markers_dispose(&a->markers);
	free(a->runs_as);
}

static int note_child(const struct guard_discard *a, const struct proc_id *id, struct sx_err *err)
{
	for (size_t i = 0; i < a->markers.len; i++) {
		a->markers.items[i]->child = *id;
		if (marker_write(a->env, a->markers.items[i], err))
			return -1;
	}
	return 0;
}

int guard_discard_among(const struct flow_env *env, struct markers *all,
			const struct guard_want *want, struct guard_discard *out,
			struct sx_err *err)
{
	MARKERS found = { 0 };

	out->env = env;
	out->runs_as = sx_strdup(want->starts ? want->name : "");
	out->was_there = want->starts && saved_domain_runs(want->name, "");
	if (guard_check_among(env, all, want, &found, err))
		return -1;
	for (size_t i = 0; i < found.len; i++)
		if (marker_discarding(env, found.items[i], out->runs_as, err))
			return -1;
	out->markers = sx_steal(&found);
	return 0;
}

int guard_discard_begin(const struct flow_env *env, const struct guard_want *want,
			struct guard_discard *out, struct sx_err *err)
{
	SX_LOCK lock = { 0 };
	MARKERS all = { 0 };

	return markers_take(env, &lock, &all, err) ? -1
						   : guard_discard_among(env, &all, want, out, err);
}

/* Under the lock; another safexl that saw the guest run may have settled the marker already. */
static int end_one(struct guard_discard *a, struct marker **m, int status, struct sx_err *err)
{
	bool succeeded = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	bool reported = WIFEXITED(status) && !a->stays;

	if (marker_reload(m, err))
		return -1;
	if (!*m || (*m)->state != MARKER_DISCARDING)
		return 0;
	return discard_settle(a->env, *m,
			      succeeded ? DISCARD_GIVEN_UP
					: discard_judge_as(*m, a->was_there ? "" : a->runs_as,
							   reported),
			      err);
}

static int guard_discard_end(struct guard_discard *a, int status, struct sx_err *err)
{
	SX_LOCK lock = { 0 };

	if (!a->markers.len)
		return 0;
	if (flow_lock(a->env, "guard", "markers", &lock, err))
		return -1;
	for (size_t i = 0; i < a->markers.len; i++)
		if (end_one(a, &a->markers.items[i], status, err))
			return -1;
	return 0;
}

struct started {
	struct guard_discard *discard;
	guard_started next;
	void *arg;
};

static int xl_started(const struct proc_id *id, void *arg, struct sx_err *err)
{
	struct started *s = arg;

	if (note_child(s->discard, id, err))
		return -1;
	return s->next ? s->next(id, s->arg, err) : 0;
}

int guard_discard_run(struct guard_discard *a, const char *xl, char *const argv[],
		      guard_started started, void *arg, int *status, struct sx_err *err)
{
	struct started s = { a, started, arg };
	SX_ERR ignored = { 0 };

	if (proc_run(xl, argv, xl_started, &s, status, err)) {
		/* xl never started: settle as if it had exited with 1. */
		if (guard_discard_end(a, W_EXITCODE(EXIT_FAILURE, 0), &ignored))
			sx_err_clear(&ignored);
		return -1;
	}
	/* The markers stay "discarding": images are refused until the next command settles them. */
	if (guard_discard_end(a, *status, &ignored))
		flow_notice(a->env, "the outcome of --discard-marker is not recorded yet: %s",
			    ignored.msg);
	return 0;
}
