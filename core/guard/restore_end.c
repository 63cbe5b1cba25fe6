/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* After xl has ended: did it make a guest of the image, so that the image is used up? */
#include "guard/restore.h"
#include "host/lock.h"

#include <sys/wait.h>

/* NULL: a safexl that saw the guest run has settled the marker, and it may be gone. */
static int reload(struct restore *r, struct marker **now, struct sx_err *err)
{
	MARKERS all = { 0 };

	*now = NULL;
	if (markers_load(r->env, &all, err))
		return -1;
	for (size_t i = 0; i < all.len; i++)
		if (sx_streq(all.items[i]->file, r->marker->file) &&
		    all.items[i]->state == MARKER_RESTORING)
			*now = r->marker;
	return 0;
}

/*
 * Did xl make a guest nevertheless? A failure report of xl says no, unless xl stays with the guest.
 * Without a report (xl was killed) only disks that are proven unchanged say no.
 */
static int restore_failed(struct restore *r, struct marker *m, int status, struct sx_err *err)
{
	enum saved_presence p = saved_domain_look(r->target.name, "");
	bool told = WIFEXITED(status) && !r->split.stays;
	SX_WORDS what = { 0 };
	SX_WORDS notes = { 0 };

	if (p == SAVED_RUNS || p == SAVED_SUSPENDED)
		return marker_used(r->env, m, err);
	if (told && p != SAVED_PAUSED)
		return marker_back(r->env, m, err);
	if (p == SAVED_PAUSED) {
		flow_notice(r->env,
			    "%s: the outcome of the restore is unknown: the domain exists, paused: "
			    "'safexl unpause %pQ' lets it run, 'safexl destroy %pQ' "
			    "ends it",
			    m->name, r->target.name, r->target.name);
		return 0;
	}
	if (p != SAVED_ABSENT) {
		flow_notice(r->env,
			    "%s: the outcome of the restore is unknown: Xen cannot be "
			    "asked; when it can: safexl recover",
			    m->name);
		return 0;
	}
	if (marker_compare(m, r->env, &what, &notes) == EVIDENCE_UNCHANGED_EXACT)
		return marker_back(r->env, m, err);
	return marker_used(r->env, m, err);
}

int restore_settle(struct restore *r, int status, struct sx_err *err)
{
	bool succeeded = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	SX_LOCK lock = { 0 };
	struct marker *m;

	if (flow_lock(r->env, "guard", "markers", &lock, err) || reload(r, &m, err))
		return -1;
	if (m && (succeeded ? marker_used(r->env, m, err) : restore_failed(r, m, status, err)))
		return -1;
	if (succeeded)
		flow_notice(r->env,
			    "%s: restored; %s cannot be restored again (safexl images --prune "
			    "removes it)",
			    r->target.name, r->image.path);
	return 0;
}
