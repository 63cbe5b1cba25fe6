/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Write markers, and move them from one state to the next: see marker.h. */
#include "guard/marker_private.h"
#include "host/file.h"

#include <string.h>
#include <unistd.h>

static char *host_name(void)
{
	char name[256] = "";

	gethostname(name, sizeof(name) - 1);
	return sx_strdup(name);
}

/* Sync the parents too: a crash must not lose the first marker with its directory. */
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
	bool is_new = !m->file;
	struct timespec now;

	if (make_dir(env, dir, err))
		return -1;
	if (is_new) {
		clock_gettime(CLOCK_REALTIME, &now);
		m->file = sx_format("%s/%lld.%09ld-%s.json", dir, (long long)now.tv_sec,
				    now.tv_nsec, safe);
	}
	if (!m->host || !*m->host) {
		sx_put(&m->host, host_name());
	}
	sx_put(&m->boot_id, proc_boot_id());
	if (!proc_identify(getpid(), &m->owner))
		return sx_err_set(err, SX_EFAIL, "cannot find this process in /proc");
	text = marker_to_text(m);
	if (file_write_durable(m->file, text, strlen(text), err) == 0)
		return 0;
	/* The caller gives up: nobody would end a marker that is there despite the error. */
	if (is_new)
		unlink(m->file);
	return -1;
}

int marker_remove(const struct marker *m, struct sx_err *err)
{
	return file_remove_durable(m->file, err);
}

void marker_note_end(const struct flow_env *env, struct marker *m, const char *why)
{
	enum { longest_how = 2000 };
	const char *how = why ? why : env->command;

	sx_put(&m->ended_at, flow_time_text(time(NULL)));
	sx_put(&m->ended_by, sx_format("%s <%s>", env->author.name, env->author.email));
	/* Written after xl has run, so it must fit, however long the command is. */
	sx_put(&m->ended_how,
	       sx_format("%.*s%s", longest_how, how, strlen(how) > longest_how ? " ..." : ""));
}

int marker_end(const struct flow_env *env, struct marker *m, enum marker_state state,
	       const char *why, struct sx_err *err)
{
	marker_note_end(env, m, why);
	m->state = state;
	return marker_write(env, m, err);
}

void marker_tell_discarded(const struct flow_env *env, const struct marker *m)
{
	flow_notice(env,
		    "%s: the saved state in %s is discarded; restoring that image is refused from "
		    "now on",
		    m->name, m->image);
}

static bool was_used(const struct marker *m)
{
	return sx_streq(m->before, marker_state_name(MARKER_RESTORED)) ||
	       sx_streq(m->before, marker_state_name(MARKER_DISCARDED));
}

int marker_restoring(const struct flow_env *env, struct marker *m, bool is_new, const char *runs_as,
		     struct sx_err *err)
{
	sx_set(&m->before, is_new ? "" : marker_state_name(m->state));
	sx_set(&m->runs_as, runs_as);
	m->child = (struct proc_id){ 0 };
	m->state = MARKER_RESTORING;
	/* The restore may have no effect: keep how an earlier use ended. */
	if (!was_used(m))
		marker_note_end(env, m, NULL);
	return marker_write(env, m, err);
}

int marker_discarding(const struct flow_env *env, struct marker *m, const char *runs_as,
		      struct sx_err *err)
{
	sx_set(&m->before, marker_state_name(m->state));
	sx_set(&m->runs_as, runs_as);
	m->child = (struct proc_id){ 0 };
	m->state = MARKER_DISCARDING;
	/* Note who does it now; readers show it only if the discard takes effect. */
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
