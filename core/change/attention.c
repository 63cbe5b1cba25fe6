/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits for a person, for a prompt: see attention.h. */
#include "change/attention.h"
#include "change/journal.h"

size_t attention_half_done(const struct sx_paths *paths)
{
	SX_CLEANUP(journal_entries_dispose) struct journal_entries entries = { 0 };
	struct flow_env env = { .paths = *paths };
	SX_ERR err = { 0 };

	/* Users other than root cannot look, and have nothing to finish. */
	if (access(paths->state, R_OK | X_OK))
		return 0;
	/* A journal that cannot be listed waits for a person as well. */
	return journal_orphans(&env, &entries, &err) ? entries.len + 1 : entries.len;
}
