/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command needs a running domain, and none has that name: a marker may know where it is. */
#include "guard/saved.h"

#include <string.h>

const struct marker *saved_holder(const struct markers *all, const char *name)
{
	for (size_t i = all->len; i-- > 0;)
		if (marker_is_open(all->items[i]) && sx_streq(all->items[i]->name, name))
			return all->items[i];
	return NULL;
}

static int tell(const struct marker *m, struct sx_err *err)
{
	SX_FREE char *command = saved_command(m, "");

	if (m->state == MARKER_SAVED) {
		sx_err_set(err, SX_ENODOMAIN, "'%s' does not run: it is saved in %s (%s)", m->name,
			   m->image, m->saved_at);
		return sx_err_hint(err, "to continue from the saved state: %s", command);
	}
	if (m->state == MARKER_MIGRATED)
		sx_err_set(err, SX_ENODOMAIN, "'%s' does not run here: it was migrated to %s (%s)",
			   m->name, m->to_host, m->saved_at);
	else
		sx_err_set(err, SX_ENODOMAIN,
			   "'%s' does not run: a save, restore or migration of it has not ended",
			   m->name);
	return sx_err_hint(err, "for its state: safexl where %pQ", m->name);
}

int saved_tell_absent(const struct flow_env *env, const char *word, struct sx_err *err)
{
	MARKERS all = { 0 };
	SX_ERR ignored = { 0 };
	const struct marker *m = NULL;

	if (err->code == SX_ENODOMAIN && markers_load(env, &all, &ignored) == 0)
		m = saved_holder(&all, word);
	return m ? tell(m, err) : -1;
}
