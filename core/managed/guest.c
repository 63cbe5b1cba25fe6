/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One guest of the roster, and its state in words. */
#include "domain/domain.h"
#include "managed/private.h"

struct guest *guest_add(struct roster *r, const char *name, const char *uuid)
{
	struct guest g = { .name = sx_strdup(name),
			   .uuid = sx_strdup(uuid),
			   .detail = sx_strdup(""),
			   .problem = sx_strdup(""),
			   .path = sx_strdup(""),
			   .image = sx_strdup("") };

	sx_vec_push(r, g);
	return &r->items[r->len - 1];
}

const char *guest_state_name(const struct guest *g)
{
	static const char *const words[GUEST_STATES] = {
		[GUEST_OFF] = "off",
		[GUEST_UNKNOWN] = "unknown",
		[GUEST_BROKEN] = "broken",
		[GUEST_TWICE] = "twice",
		[GUEST_SAVED] = "saved",
		[GUEST_STALE] = "stale",
		[GUEST_BLOCKED] = "blocked",
		[GUEST_SAVING] = "saving",
		[GUEST_RESTORING] = "restoring",
		[GUEST_DISCARDING] = "discarding",
		[GUEST_MIGRATING] = "migrating",
		[GUEST_MIGRATED] = "migrated",
	};

	return g->state == GUEST_RUNS ? domain_state(g->live) : words[g->state];
}

static char *state_alone(const struct guest *g)
{
	switch (g->state) {
	case GUEST_UNKNOWN:
		return sx_strdup("off, unless it runs");
	case GUEST_STALE:
		return sx_format("saved, stale: %s", g->detail);
	case GUEST_BLOCKED:
		return sx_format("saved, blocked: %s", g->detail);
	case GUEST_MIGRATING:
	case GUEST_MIGRATED:
		return sx_format("%s to %s", guest_state_name(g), g->detail);
	case GUEST_BROKEN:
	case GUEST_TWICE:
		return sx_format("%s: %s", guest_state_name(g), g->detail);
	case GUEST_OFF:
	case GUEST_RUNS:
	case GUEST_SAVED:
	case GUEST_SAVING:
	case GUEST_RESTORING:
	case GUEST_DISCARDING:
	case GUEST_STATES:
		break;
	}
	return sx_strdup(guest_state_name(g));
}

char *guest_state_text(const struct guest *g)
{
	SX_FREE char *state = state_alone(g);

	return *g->problem ? sx_format("%s, %s", state, g->problem) : sx_steal(&state);
}
