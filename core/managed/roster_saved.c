/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guests that markers know: saved, migrated to another host, or on their way. See roster.h. */
#include "guard/guard.h"
#include "guard/saved.h"
#include "managed/private.h"

/* Judge a saved guest by a quick look at its image and disks. */
static void judge_saved(const struct marker *m, struct guest *g)
{
	SX_WORDS notes = { 0 };
	enum guard_way way;
	char *reason = guard_judge_image(m, &notes, &way);

	g->state = !reason ? GUEST_SAVED : way == GUARD_WAY_NONE ? GUEST_STALE : GUEST_BLOCKED;
	if (reason)
		sx_put(&g->detail, reason);
}

static void judge(const struct marker *m, struct guest *g)
{
	static const enum guest_state states[MARKER_STATES] = {
		[MARKER_SAVING] = GUEST_SAVING,		[MARKER_RESTORING] = GUEST_RESTORING,
		[MARKER_DISCARDING] = GUEST_DISCARDING, [MARKER_MIGRATING] = GUEST_MIGRATING,
		[MARKER_MIGRATED] = GUEST_MIGRATED,
	};

	sx_set(&g->detail, m->to_host);
	sx_set(&g->image, m->image);
	if (m->state == MARKER_SAVED)
		judge_saved(m, g);
	else
		g->state = states[m->state];
	if (m->pending)
		sx_set(&g->problem, m->pending);
}

/* Has the guest got its state from a marker? */
static bool is_judged(const struct guest *g)
{
	switch (g->state) {
	case GUEST_OFF:
	case GUEST_UNKNOWN:
	case GUEST_BROKEN:
	case GUEST_TWICE:
	case GUEST_RUNS:
		return false;
	default:
		return true;
	}
}

static struct guest *find(struct roster *r, const struct marker *m)
{
	for (size_t i = 0; *m->uuid && i < r->len; i++)
		if (sx_streq(r->items[i].uuid, m->uuid))
			return &r->items[i];
	for (size_t i = 0; i < r->len; i++)
		if (sx_streq(r->items[i].name, m->name))
			return &r->items[i];
	return NULL;
}

static void add_bad(const struct markers *markers, struct guest *g)
{
	const struct marker_bad *bad = markers_bad_of(markers, g->name, g->uuid);

	if (!bad || g->state == GUEST_RUNS)
		return;
	g->state = GUEST_BLOCKED;
	sx_put(&g->detail, marker_bad_text(bad));
}

void roster_add_saved(const struct markers *markers, struct roster *out)
{
	/* From the newest on, which decides the guest's state. */
	for (size_t i = markers->len; i-- > 0;) {
		const struct marker *m = markers->items[i];
		struct guest *g = marker_is_open(m) ? find(out, m) : NULL;

		if (!marker_is_open(m) || m->state == MARKER_HELD || (g && is_judged(g)))
			continue;
		/* It runs: it was started without safexl, and its image is refused now. */
		if (g && g->state == GUEST_RUNS && !saved_in_progress(m))
			continue;
		judge(m, g ? g : guest_add(out, m->name, m->uuid));
	}
	for (size_t i = 0; markers->bad.len && i < out->len; i++)
		add_bad(markers, &out->items[i]);
}
