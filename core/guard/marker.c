/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Markers in memory, their states and members: see marker.h. */
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
	{ "name", JSON_TEXT, offsetof(struct marker, name), false },
	{ "uuid", JSON_TEXT, offsetof(struct marker, uuid), false },
	{ "image", JSON_TEXT, offsetof(struct marker, image), false },
	{ "to_host", JSON_TEXT, offsetof(struct marker, to_host), false },
	{ "temp", JSON_TEXT, offsetof(struct marker, temp), false },
	{ "before", JSON_TEXT, offsetof(struct marker, before), false },
	{ "runs_as", JSON_TEXT, offsetof(struct marker, runs_as), false },
	{ "doubt", JSON_TEXT, offsetof(struct marker, uncertain), false },
	{ "image_id", JSON_TEXT, offsetof(struct marker, image_id), false },
	{ "host", JSON_TEXT, offsetof(struct marker, host), false },
	{ "boot_id", JSON_TEXT, offsetof(struct marker, boot_id), false },
	{ "saved_at", JSON_TEXT, offsetof(struct marker, saved_at), false },
	{ "config", JSON_TEXT, offsetof(struct marker, config), false },
	{ "config_text", JSON_TEXT, offsetof(struct marker, config_text), false },
	{ "ended_at", JSON_TEXT, offsetof(struct marker, ended_at), false },
	{ "ended_by", JSON_TEXT, offsetof(struct marker, ended_by), false },
	{ "ended_how", JSON_TEXT, offsetof(struct marker, ended_how), false },
	{ "adopted", JSON_TEXT, offsetof(struct marker, adopted), true },
	{ "goes_on", JSON_BOOL, offsetof(struct marker, goes_on), false },
	{ "with_host", JSON_BOOL, offsetof(struct marker, with_host), true },
	{ "was_paused", JSON_BOOL, offsetof(struct marker, was_paused), true },
	{ "owner_pid", JSON_PID, offsetof(struct marker, owner.pid), false },
	{ "owner_start", JSON_NUMBER, offsetof(struct marker, owner.start), false },
	{ "child_pid", JSON_PID, offsetof(struct marker, child.pid), false },
	{ "child_start", JSON_NUMBER, offsetof(struct marker, child.start), false },
	{ 0 },
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
	json_free_fields(m, marker_fields);
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
