/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a marker, and its being written: see marker.h. */
#include "marker_private.h"

#include <safexl/file.h>
#include <safexl/json.h>

#include <string.h>
#include <time.h>

static const char *const state_names[] = { "saving",	"saved",    "checkpoint",
					   "restoring", "restored", "discarded",
					   "migrating", "migrated", "discarding" };

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

static char *host_name(void)
{
	char name[256] = "";

	gethostname(name, sizeof(name) - 1);
	return sx_strdup(name);
}

/* The first marker of all must not be lost with its directory. */
static int make_dir(const struct flow_env *env, const char *dir, struct sx_err *err)
{
	SX_FREE char *above = sx_path_dir(env->paths.state);

	if (access(dir, F_OK) == 0)
		return 0;
	if (sx_path_mkdirs(env->paths.state, 0700, err) || sx_path_mkdirs(dir, 0700, err) ||
	    file_sync_dir(env->paths.state, err) || file_sync_dir(above, err))
		return -1;
	return 0;
}

int marker_write(const struct flow_env *env, struct marker *m, struct sx_err *err)
{
	SX_FREE char *dir = markers_dir(env);
	SX_FREE char *text = NULL;
	SX_FREE char *safe = sx_path_escape(m->name);
	struct timespec now;

	if (make_dir(env, dir, err))
		return -1;
	if (!m->file) {
		clock_gettime(CLOCK_REALTIME, &now);
		m->file = sx_format("%s/%lld.%09ld-%s.json", dir, (long long)now.tv_sec,
				    now.tv_nsec, safe);
	}
	if (!m->host || !*m->host) {
		free(m->host);
		m->host = host_name();
	}
	free(m->boot_id);
	m->boot_id = proc_boot_id();
	if (!proc_identify(getpid(), &m->owner))
		return sx_err_set(err, SX_EFAIL, "cannot find this process in /proc");
	text = marker_to_text(m);
	return file_write_durable(m->file, text, strlen(text), err);
}

int marker_remove(const struct marker *m, struct sx_err *err)
{
	return file_remove_durable(m->file, err);
}

void marker_note_end(const struct flow_env *env, struct marker *m, const char *why)
{
	enum { longest_how = 2000 };
	const char *how = why ? why : env->command;

	free(m->ended_at);
	free(m->ended_by);
	free(m->ended_how);
	m->ended_at = flow_time_text(time(NULL));
	m->ended_by = sx_format("%s <%s>", env->author.name, env->author.email);
	/* It is noted when xl has run: there must be room for it, however long it is. */
	m->ended_how =
		sx_format("%.*s%s", longest_how, how, strlen(how) > longest_how ? " ..." : "");
}

int marker_end(const struct flow_env *env, struct marker *m, enum marker_state state,
	       const char *why, struct sx_err *err)
{
	marker_note_end(env, m, why);
	m->state = state;
	return marker_write(env, m, err);
}

static bool was_used(const struct marker *m)
{
	return sx_streq(m->before, state_names[MARKER_RESTORED]) ||
	       sx_streq(m->before, state_names[MARKER_DISCARDED]);
}

int marker_restoring(const struct flow_env *env, struct marker *m, bool is_new, const char *runs_as,
		     struct sx_err *err)
{
	free(m->before);
	free(m->runs_as);
	m->before = sx_strdup(is_new ? "" : state_names[m->state]);
	m->runs_as = sx_strdup(runs_as);
	m->child = (struct proc_id){ 0 };
	m->state = MARKER_RESTORING;
	/* Nothing may come of it: how it ended before is not forgotten yet. */
	if (!was_used(m))
		marker_note_end(env, m, NULL);
	return marker_write(env, m, err);
}

int marker_discarding(const struct flow_env *env, struct marker *m, const char *runs_as,
		      struct sx_err *err)
{
	free(m->before);
	free(m->runs_as);
	m->before = sx_strdup(state_names[m->state]);
	m->runs_as = sx_strdup(runs_as);
	m->child = (struct proc_id){ 0 };
	m->state = MARKER_DISCARDING;
	/* Who did it is known now; it is told only once it came to something. */
	marker_note_end(env, m, NULL);
	return marker_write(env, m, err);
}

int marker_used(const struct flow_env *env, struct marker *m, struct sx_err *err)
{
	if (was_used(m))
		marker_note_end(env, m, NULL);
	m->state = MARKER_RESTORED;
	return marker_write(env, m, err);
}

int marker_back(const struct flow_env *env, struct marker *m, struct sx_err *err)
{
	if (!*m->before)
		return marker_remove(m, err);
	m->state = marker_state_find(m->before);
	return marker_write(env, m, err);
}

bool marker_is_open(const struct marker *m)
{
	return m->state != MARKER_CHECKPOINT && m->state != MARKER_RESTORED &&
	       m->state != MARKER_DISCARDED;
}
