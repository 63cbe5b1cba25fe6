/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a killed safexl left of backups and restores: see backup.h. */
#include "backup/restore.h"

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

struct settling {
	const struct flow_env *env;
	bool restores;
	size_t *settled, *pending;
};

static void tell_restore(const struct settling *t, const struct unfinished *u)
{
	flow_notice(t->env,
		    "%s: the restore of %s was interrupted; its disks are not whole until 'safexl "
		    "recover' has gone on with it",
		    u->guest, u->dir);
	++*t->pending;
}

static int settle(const struct settling *t, const char *path, const struct unfinished *u,
		  struct sx_err *err)
{
	SX_FREE char *safe = sx_path_escape(u->guest), *name = sx_format("backup-%s", safe);
	SX_LOCK lock = { 0 };
	SX_ERR busy = { 0 };

	/* Whoever holds it is at work, which is no reason to wait; or has just ended it. */
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
		++*pending;
	}
	return 0;
}
