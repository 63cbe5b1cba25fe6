/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settles what a killed safexl left of backups and restores: see backup.h. */
#include "backup/restore.h"
#include "domain/event.h"
#include "guard/kept.h"

static int settle_backup(const struct flow_env *env, const struct unfinished *u, struct sx_err *err)
{
	bool there = access(u->dir, F_OK) == 0;
	bool whole = !there && access(u->place, F_OK) == 0;

	if (backup_withdraw(env, u, err))
		return -1;
	if (whole)
		flow_notice(env, "%s: its interrupted backup in %s is whole", u->guest, u->place);
	else if (there)
		flow_notice(env, "%s: withdrew an interrupted backup, which was to be in %s",
			    u->guest, u->place);
	else
		flow_notice(env,
			    "%s: a backup was interrupted; if its disk is not here now, what is "
			    "left of it is %s",
			    u->guest, u->dir);
	return 0;
}

static int give_up(const struct flow_env *env, const struct unfinished *u, struct sx_err *err)
{
	struct flow_event event = { .kind = EVENT_DISCARDING, .domain = u->guest, .image = u->dir };

	if (u->done) {
		sx_err_set(err, SX_EGUARD, "%s: only the last step of its restore is left",
			   u->guest);
		return sx_err_hint(err, "to finish it: safexl recover");
	}
	if (kept_release(env, u->dir, err) || unfinished_end(env, u->guest, err))
		return -1;
	event_tell(env, &event, "%s: gave up the restore of %s", u->guest, u->dir);
	flow_notice(env,
		    "%s: the restore of %s is given up; its disks stay as they are, perhaps half "
		    "written",
		    u->guest, u->dir);
	return 0;
}

int backup_give_up(const struct flow_env *env, const char *guest, bool *found, struct sx_err *err)
{
	UNFINISHED u = { 0 };
	SX_LOCK lock = { 0 };

	if (backup_lock(env, guest, &lock, err) || unfinished_of(env, guest, &u, err))
		return -1;
	*found = u.guest && u.restores;
	return *found ? give_up(env, &u, err) : 0;
}

struct settling {
	const struct flow_env *env;
	bool restores;
	size_t *settled, *pending;
};

static void tell_restore(const struct settling *t, const struct unfinished *u)
{
	flow_notice(t->env,
		    "%s: the restore of %s was interrupted; its disks are incomplete until 'safexl "
		    "recover' continues it",
		    u->guest, u->dir);
	++*t->pending;
}

static int settle(const struct settling *t, const char *path, const struct unfinished *u,
		  struct sx_err *err)
{
	SX_FREE char *safe = sx_path_escape(u->guest), *name = sx_format("backup-%s", safe);
	SX_LOCK lock = { 0 };
	SX_ERR busy = { 0 };

	/* Whoever holds the lock is at work, or has just finished: skip it instead of waiting. */
	if (lock_take(t->env->paths.lock, name, t->env->command, 0, NULL, NULL, &lock, &busy) ||
	    access(path, F_OK))
		return 0;
	if (u->restores && !t->restores && !u->done) {
		tell_restore(t, u);
		return 0;
	}
	if (u->restores ? restore_again(t->env, u, err) : settle_backup(t->env, u, err))
		return -1;
	++*t->settled;
	return 0;
}

static void tell_way_out(const struct flow_env *env, const char *guest)
{
	flow_notice(env,
		    "to give it up, and leave its disks as they are: safexl recover --give-up %pQ",
		    guest);
}

int backups_settle(const struct flow_env *env, bool restores, size_t *settled, size_t *pending,
		   struct sx_err *err)
{
	struct settling t = { env, restores, settled, pending };
	SX_WORDS paths = { 0 };

	if (unfinished_list(env, &paths, err))
		return -1;
	for (size_t i = 0; i < paths.len; i++) {
		UNFINISHED u = { 0 };
		SX_ERR why = { 0 };

		if (unfinished_read(paths.items[i], &u, &why) == 0 &&
		    settle(&t, paths.items[i], &u, &why) == 0)
			continue;
		flow_notice(env, "an interrupted backup or restore is not settled yet: %s",
			    why.msg);
		if (u.restores)
			tell_way_out(env, u.guest);
		++*pending;
	}
	return 0;
}
