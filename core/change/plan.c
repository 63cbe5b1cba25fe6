/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plan of a change, and the family that makes it: see change.h. */
#include "change/change.h"

void change_plan_dispose(struct change_plan *plan)
{
	xlcfg_edits_dispose(&plan->edits);
	free(plan->subject);
	free(plan->already);
	free(plan->instead);
	free(plan->trailers);
	*plan = (struct change_plan){ 0 };
}

const struct change_family *change_family_find(const char *command)
{
	for (const struct change_family *const *f = change_families; *f; f++)
		if (sx_streq((*f)->command, command))
			return *f;
	return NULL;
}
