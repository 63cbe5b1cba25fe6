/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Locks: one for each name; a waiting safexl reports whom it waits for. */
#include "domain/env.h"

static void say_waiting(const char *holder, void *arg)
{
	flow_notice(*(const struct flow_env **)arg, "waiting for %s", holder);
}

int flow_lock(const struct flow_env *env, const char *kind, const char *name, struct sx_lock *lock,
	      struct sx_err *err)
{
	SX_FREE char *lock_name = sx_format("%s-%s", kind, name);

	if (lock_take(env->paths.lock, lock_name, env->command, env->settings.lock_wait_ms,
		      say_waiting, &env, lock, err) == 0)
		return 0;
	if (err->code == SX_ELOCKED)
		sx_err_hint(err,
			    "try again when that has ended; 'lock_timeout' in %s sets how long "
			    "is waited",
			    env->paths.conf);
	return -1;
}
