/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a run of xl against a marker ended: see saved.h. */
#include "guard/saved.h"

/* True only if its disks are proven unchanged and nobody uses them. */
static bool is_certain(const struct marker *m)
{
	SX_WORDS what = { 0 };
	SX_WORDS notes = { 0 };
	SX_WORDS uses = { 0 };
	SX_ERR ignored = { 0 };
	SX_FREE char *holder = saved_in_use_by(m);

	return !holder && marker_uses(m, &uses, &ignored) == 0 && !uses.len &&
	       marker_compare(m, NULL, &what, &notes) == EVIDENCE_UNCHANGED_EXACT;
}

/* True if nothing speaks against its disks: enough when xl itself says that no guest had them. */
static bool is_free(const struct marker *m)
{
	SX_WORDS what = { 0 };
	SX_WORDS notes = { 0 };
	SX_FREE char *holder = saved_in_use_by(m);

	return !holder && marker_compare(m, NULL, &what, &notes) != EVIDENCE_CHANGED;
}

enum discard_end discard_judge_as(const struct marker *m, const char *runs_as, bool reported)
{
	enum saved_presence p = *runs_as ? saved_domain_look(runs_as, "") : SAVED_ABSENT;

	if (p == SAVED_RUNS || p == SAVED_SUSPENDED)
		return DISCARD_GIVEN_UP;
	if (p == SAVED_PAUSED || (p == SAVED_UNKNOWN && !reported))
		return DISCARD_OPEN;
	if (*m->to_host || (reported && is_free(m)) || (!reported && is_certain(m)))
		return DISCARD_AS_BEFORE;
	return DISCARD_GIVEN_UP;
}

int discard_settle(const struct flow_env *env, struct marker *m, enum discard_end end,
		   struct sx_err *err)
{
	if (end == DISCARD_OPEN)
		return 0;
	if (end == DISCARD_AS_BEFORE) {
		if (marker_back(env, m, err))
			return -1;
		if (*m->to_host)
			flow_notice(
				env,
				"%s: the command failed; safexl still assumes that it runs on %s",
				m->name, m->to_host);
		else
			flow_notice(env,
				    "%s: the command failed; the saved state in %s is unchanged",
				    m->name, m->image);
		return 0;
	}
	if (*m->to_host) {
		if (marker_remove(m, err))
			return -1;
		flow_notice(env, "%s: safexl no longer assumes that it runs on %s", m->name,
			    m->to_host);
		return 0;
	}
	m->state = MARKER_DISCARDED;
	if (marker_write(env, m, err))
		return -1;
	marker_tell_discarded(env, m);
	return 0;
}

enum discard_end discard_judge(const struct marker *m)
{
	/* xl never ran. Otherwise nobody saw how it ended, and a disk may be attached. */
	if (!m->child.pid)
		return DISCARD_AS_BEFORE;
	return discard_judge_as(m, m->runs_as, false);
}
