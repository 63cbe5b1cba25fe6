/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Take and revert, as a person asks for them: first settle what others left half done, and lock. */
#include "change/change.h"
#include "domain/domain.h"
#include "snapshot/private.h"

/* The name of the guest that the word means: its lock and its pending changes go by name. */
static int find_name(const struct flow_env *env, const char *word, char **name, struct sx_err *err)
{
	LIVE_DOMAIN d = { 0 };
	LIVE *live = NULL;
	SX_ERR why = { 0 };

	if (live_open(&live, err))
		return -1;
	*name = sx_strdup(domain_find(env, live, word, &d, &why) == 0 ? d.name : word);
	return 0;
}

int snapshot_take(const struct flow_env *env, const char *word,
		  const struct snapshot_options *options, struct snapshot *out, struct sx_err *err)
{
	size_t settled = 0, pending = 0;
	SX_FREE char *guest = NULL;
	SX_LOCK lock = { 0 };

	if (options->named)
		guest = sx_strdup(word);
	else if (find_name(env, word, &guest, err))
		return -1;
	if (!env->dry_run && (snapshots_settle(env, false, &settled, &pending, err) ||
			      recover_all(env, guest, &settled, &pending, err) ||
			      snapshot_lock(env, guest, &lock, err)))
		return -1;
	return take_locked(env, guest, options, false, out, err);
}

int snapshot_revert(const struct flow_env *env, const char *word, const char *name,
		    const struct revert_options *options, struct snapshot_revert_plan *plan,
		    struct sx_err *err)
{
	size_t settled = 0, pending = 0;

	if (!env->dry_run && snapshots_settle(env, false, &settled, &pending, err))
		return -1;
	return revert_named(env, word, name, options, plan, err);
}
