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

const struct json_field marker_fields[] = {
	{ "name", offsetof(struct marker, name) },
	{ "uuid", offsetof(struct marker, uuid) },
	{ "image", offsetof(struct marker, image) },
	{ "to_host", offsetof(struct marker, to_host) },
	{ "temp", offsetof(struct marker, temp) },
	{ "before", offsetof(struct marker, before) },
	{ "runs_as", offsetof(struct marker, runs_as) },
	{ "doubt", offsetof(struct marker, doubt) },
	{ "image_id", offsetof(struct marker, image_id) },
	{ "host", offsetof(struct marker, host) },
	{ "boot_id", offsetof(struct marker, boot_id) },
	{ "saved_at", offsetof(struct marker, saved_at) },
	{ "config", offsetof(struct marker, config) },
	{ "config_text", offsetof(struct marker, config_text) },
	{ "ended_at", offsetof(struct marker, ended_at) },
	{ "ended_by", offsetof(struct marker, ended_by) },
	{ "ended_how", offsetof(struct marker, ended_how) },
	{ NULL, 0 },
};

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
	free(m->adopted);
	json_free_texts(m, marker_fields);
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
	sx_vec_dispose(&all->bad, bad_dispose);
}

bool marker_is_open(const struct marker *m)
{
	return m->state != MARKER_CHECKPOINT && m->state != MARKER_RESTORED &&
	       m->state != MARKER_DISCARDED && m->state != MARKER_SNAPSHOT;
}
