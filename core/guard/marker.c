/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a marker, and its being written: see marker.h. */
#include "guard/marker_private.h"
#include "host/file.h"
#include "host/json.h"

static const char *const state_names[MARKER_STATES] = {
	[MARKER_SAVING] = "saving",
	[MARKER_SAVED] = "saved",
	[MARKER_CHECKPOINT] = "checkpoint",
	[MARKER_RESTORING] = "restoring",
	[MARKER_RESTORED] = "restored",
	[MARKER_DISCARDED] = "discarded",
	[MARKER_MIGRATING] = "migrating",
	[MARKER_MIGRATED] = "migrated",
	[MARKER_DISCARDING] = "discarding",
	[MARKER_SNAPSHOT] = "snapshot",
	[MARKER_HELD] = "held",
};

const char *marker_state_name(enum marker_state state)
{
	return state_names[state];
}

enum marker_state marker_state_find(const char *name)
{
	enum marker_state state = 0;

	while (state < MARKER_STATES && !sx_streq(name, state_names[state]))
		state++;
	return state;
}

struct marker *marker_new(void)
{
	struct marker *m = sx_alloc(sizeof(*m));

	m->disks = json_new();
	return m;
}

void marker_free(struct marker *m)
{
	if (!m)
		return;
	free(m->file);
	free(m->name);
	free(m->uuid);
	free(m->image);
	free(m->to_host);
	free(m->temp);
	free(m->before);
	free(m->runs_as);
	free(m->doubt);
	free(m->image_id);
	free(m->host);
	free(m->boot_id);
	free(m->saved_at);
	free(m->adopted);
	free(m->config);
	free(m->config_text);
	free(m->ended_at);
	free(m->ended_by);
	free(m->ended_how);
	free(m->pending);
	free(m->pending_hint);
	json_free(m->disks);
	free(m);
}

static void bad_dispose(struct marker_bad *bad)
{
	free(bad->file);
	free(bad->reason);
	free(bad->safe_name);
	free(bad->uuid);
}

void markers_dispose(struct markers *all)
{
	for (size_t i = 0; i < all->len; i++)
		marker_free(all->items[i]);
	sx_vec_free(all);
	for (size_t i = 0; i < all->bad.len; i++)
		bad_dispose(&all->bad.items[i]);
	sx_vec_free(&all->bad);
}

bool marker_is_open(const struct marker *m)
{
	return m->state != MARKER_CHECKPOINT && m->state != MARKER_RESTORED &&
	       m->state != MARKER_DISCARDED && m->state != MARKER_SNAPSHOT;
}
