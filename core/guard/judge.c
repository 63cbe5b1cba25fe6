/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Judge one image by its marker and the present state of its disks: see guard.h. */
#include "guard/saved.h"

/* NULL, or which disks are in use or have changed. `notes`: what the comparison cannot prove. */
static char *judge_disks(const struct marker *m, const struct flow_env *env, struct sx_words *notes,
			 enum guard_way *way)
{
	SX_WORDS uses = { 0 };
	SX_WORDS what = { 0 };
	SX_FREE char *holder = NULL;
	SX_FREE char *moved = NULL;
	SX_ERR err = { 0 };
	enum evidence_state state;

	if (marker_uses(m, &uses, &err))
		return sx_format("safexl cannot tell whether its disks are in use: %s", err.msg);
	holder = saved_in_use_by(m);
	if (holder)
		sx_words_add(&uses, holder);
	if (uses.len) {
		*way = GUARD_WAY_RELEASE;
		return sx_words_join(&uses, "; ");
	}
	moved = saved_moved(m, NULL, NULL);
	if (moved) {
		*way = GUARD_WAY_PLACE;
		return sx_steal(&moved);
	}
	state = marker_compare(m, env, &what, notes);
	*way = state == EVIDENCE_MISSING   ? GUARD_WAY_BRING_BACK
	       : state == EVIDENCE_UNSEEN  ? GUARD_WAY_MEND
	       : state == EVIDENCE_ANOTHER ? GUARD_WAY_PLACE
					   : *way;
	if (evidence_forbids(state))
		return sx_words_join(&what, "; ");
	if (m->state == MARKER_CHECKPOINT && state != EVIDENCE_UNCHANGED_EXACT)
		return sx_strdup(
			"it is a checkpoint: the guest continued, and safexl cannot prove that "
			"it wrote nothing since");
	if (state == EVIDENCE_UNKNOWN)
		for (size_t i = 0; i < what.len; i++)
			sx_words_give(notes, sx_format("%s; safexl cannot tell whether it changed",
						       what.items[i]));
	return NULL;
}

char *guard_judge_marker(const struct marker *m, const struct flow_env *env, struct sx_words *notes,
			 enum guard_way *way)
{
	*way = saved_in_progress(m) ? GUARD_WAY_WAIT : GUARD_WAY_NONE;
	if (m->pending)
		return sx_strdup(m->pending);
	switch (m->state) {
	case MARKER_SAVING:
		return sx_strdup("it is still being written");
	case MARKER_RESTORING:
		return sx_strdup("it is being restored right now");
	case MARKER_DISCARDING:
		return sx_format("it is being discarded right now by %s (%s)", m->ended_by,
				 m->ended_how);
	case MARKER_RESTORED:
		return sx_format("it was restored already, on %s by %s; its guest has run since",
				 m->ended_at, m->ended_by);
	case MARKER_DISCARDED:
		return sx_format("it was discarded on %s by %s (%s)", m->ended_at, m->ended_by,
				 m->ended_how);
	case MARKER_MIGRATING:
	case MARKER_MIGRATED:
		return sx_format("it runs on %s", m->to_host);
	case MARKER_SNAPSHOT:
		*way = GUARD_WAY_REVERT;
		return sx_strdup("it is the memory of a snapshot, which goes with disks that are "
				 "kept there");
	case MARKER_HELD:
		return sx_strdup("its disks are being copied or put back right now");
	case MARKER_SAVED:
	case MARKER_CHECKPOINT:
	case MARKER_STATES:
		break;
	}
	if (*m->uncertain)
		return sx_strdup(m->uncertain);
	if (*m->adopted)
		sx_words_give(notes,
			      sx_format("its image was adopted on %s; for the time before, safexl "
					"relies on that person's word",
					m->adopted));
	return judge_disks(m, env, notes, way);
}

char *guard_judge_image(const struct marker *m, struct sx_words *notes, enum guard_way *way)
{
	SX_FREE char *reason = guard_judge_marker(m, NULL, notes, way);
	bool is_wanted = m->state == MARKER_SAVED || m->state == MARKER_CHECKPOINT;
	SX_FREE char *lost = is_wanted ? saved_image_lost(m) : NULL;

	if (!lost)
		return sx_steal(&reason);
	*way = GUARD_WAY_FIND;
	return reason ? sx_format("%s; %s", reason, lost) : sx_steal(&lost);
}
