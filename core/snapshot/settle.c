/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settles what a killed safexl left of snapshots: see snapshot.h. */
#include "domain/event.h"
#include "host/file.h"
#include "snapshot/private.h"

#include <errno.h>
#include <string.h>

struct settling {
	const struct flow_env *env;
	bool reverts;
	size_t *settled, *pending;
};

/* Does the xl that it started still run? It may have outlived its safexl. */
static bool is_alive(const struct snapshot *s)
{
	SX_FREE char *boot_id = proc_boot_id();
	struct proc_id now;

	return s->child.pid && sx_streq(boot_id, s->boot_id) && proc_identify(s->child.pid, &now) &&
	       now.start == s->child.start;
}

static int settle_taking(const struct settling *t, struct snapshot *s, struct sx_err *err)
{
	SX_FREE char *guest = sx_strdup(s->guest), *name = sx_strdup(s->name);
	bool drops = s->state == SNAPSHOT_DROPPING;

	if (snapshot_withdraw(t->env, s, err))
		return -1;
	flow_notice(t->env,
		    drops ? "%s: removed what was left of the snapshot '%s'"
			  : "%s: withdrew an interrupted snapshot '%s'",
		    guest, name);
	return 0;
}

static int settle_one(const struct settling *t, struct snapshot *s, struct sx_err *err)
{
	switch (s->state) {
	case SNAPSHOT_TAKING:
	case SNAPSHOT_DROPPING:
		return settle_taking(t, s, err);
	case SNAPSHOT_REVERTING:
		flow_notice(t->env, "%s: going on with an interrupted revert to '%s'", s->guest,
			    s->name);
		return revert_go_on(t->env, s, NULL, err);
	case SNAPSHOT_COMPLETE:
	case SNAPSHOT_STATES:
		break;
	}
	return 0;
}

/* True: nothing is left to do for it. */
static bool settle(const struct settling *t, struct snapshot *s)
{
	SX_ERR err = { 0 };

	if (s->state == SNAPSHOT_COMPLETE)
		return true;
	if (s->state == SNAPSHOT_REVERTING && !t->reverts && !revert_is_quick(s))
		return false;
	if (is_alive(s)) {
		sx_err_set(&err, SX_ELOCKED, "its xl (pid %ld) is still at work",
			   (long)s->child.pid);
		sx_err_hint(&err, "wait until that has ended: safexl recover");
	} else if (settle_one(t, s, &err) == 0) {
		++*t->settled;
		return true;
	}
	flow_notice(t->env, "%s: an interrupted snapshot or revert is not settled yet ('%s'): %s",
		    s->guest, s->name, err.msg);
	++*t->pending;
	return false;
}

static int give_up_one(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	struct flow_event event = { .kind = EVENT_DISCARDING, .domain = s->guest, .image = s->dir };

	if (is_alive(s)) {
		sx_err_set(err, SX_ELOCKED, "%s: its xl (pid %ld) is still at work", s->guest,
			   (long)s->child.pid);
		return sx_err_hint(err, "wait until that has ended: safexl recover");
	}
	if (revert_give_up(env, s, err))
		return -1;
	event_tell(env, &event, "%s: gave up the revert to '%s'", s->guest, s->name);
	flow_notice(env,
		    "%s: the revert to '%s' is given up; its disks stay as they are, perhaps half "
		    "put back",
		    s->guest, s->name);
	return 0;
}

int snapshot_give_up(const struct flow_env *env, const char *guest, bool *found, struct sx_err *err)
{
	SNAPSHOTS all = { 0 };
	SX_LOCK lock = { 0 };

	*found = false;
	if (snapshot_lock(env, guest, &lock, err) || snapshots_load(env, guest, &all, err))
		return -1;
	sx_each(struct snapshot, s, &all) {
		if (s->state != SNAPSHOT_REVERTING || revert_is_quick(s))
			continue;
		*found = true;
		if (give_up_one(env, s, err))
			return -1;
	}
	return 0;
}

/* Remove a directory that got no manifest; it has nothing but these. */
static void remove_empty(const char *dir)
{
	SX_FREE char *config = sx_path_join(dir, "config"), *disks = sx_path_join(dir, "disks");

	unlink(config);
	rmdir(disks);
	rmdir(dir);
}

static bool settle_dir(const struct settling *t, const char *dir)
{
	SNAPSHOT s = { 0 };
	SX_ERR err = { 0 };

	file_sweep(dir);
	if (snapshot_read(dir, &s, &err) == 0)
		return settle(t, &s);
	if (err.code == SX_ENOCONFIG)
		remove_empty(dir);
	return true;
}

static int settle_guest(const struct settling *t, const char *dir, struct sx_err *err)
{
	SX_FREE char *begun = snapshot_begun(dir);
	SX_FREE char *base = sx_path_base(dir);
	SX_FREE char *lock_name = sx_format("snapshot-%s", base);
	SX_LOCK lock = { 0 };
	SX_WORDS paths = { 0 };
	bool done = true;

	/* The begun file itself may have been half written. */
	file_sweep(dir);
	if (access(begun, F_OK))
		return 0;
	/* Whoever holds the lock is at work: skip the guest instead of waiting. */
	if (lock_take(t->env->paths.lock, lock_name, t->env->command, 0, NULL, NULL, &lock, err)) {
		sx_err_clear(err);
		return 0;
	}
	if (sx_path_list_in(dir, "", &paths, err))
		return -1;
	for (size_t i = 0; i < paths.len; i++)
		done = settle_dir(t, paths.items[i]) && done;
	return done ? file_remove_durable(begun, err) : 0;
}

int snapshots_settle(const struct flow_env *env, bool reverts, size_t *settled, size_t *pending,
		     struct sx_err *err)
{
	struct settling t = { env, reverts, settled, pending };
	SX_FREE char *dir = sx_path_join(env->paths.state, "snapshots");
	SX_WORDS guests = { 0 };

	if (sx_path_list_in(dir, "", &guests, err))
		return -1;
	for (size_t i = 0; i < guests.len; i++)
		if (settle_guest(&t, guests.items[i], err))
			return -1;
	return 0;
}
