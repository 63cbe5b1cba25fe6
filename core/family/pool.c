/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cpupool-migrate: the key `pool`. */
#include "change/change.h"
#include "view/view.h"

#include <string.h>

static int pool_parse(struct change_said *said, struct sx_err *err)
{
	return change_args(said, "", NULL, 2, 2, err);
}

static int pool_plan(const struct change_said *said, const char *path, struct xlcfg *doc,
		     struct change_plan *plan, struct sx_err *err)
{
	const char *pool = said->args.items[1];
	SX_FREE char *old = view_value_in(doc, "pool");

	if (!*pool)
		return sx_err_set(err, SX_EUSAGE, "cpupool-migrate: the pool is empty");
	if (strspn(pool, "0123456789") == strlen(pool)) {
		sx_err_set(err, SX_ECONFLICT,
			   "%s: '%s' is the number of a pool, which may later belong to another "
			   "pool",
			   path, pool);
		return sx_err_hint(err, "give the pool's name, as 'xl cpupool-list' shows it");
	}
	plan->subject = sx_format("move to CPU pool %s (was %s)", pool, old);
	return view_set(doc, &plan->edits, "pool", pool, err);
}

static int pool_verify(const struct change_said *said, struct live *live,
		       const struct live_domain *domain, enum change_truth *truth,
		       struct sx_err *err)
{
	SX_FREE char *now = NULL;

	if (live_pool_get(live, domain->domid, &now, err))
		return -1;
	*truth = sx_streq(now, said->args.items[1]) ? CHANGE_LIVE : CHANGE_NOT_LIVE;
	return 0;
}

const struct change_family pool_migrate_family = {
	.command = "cpupool-migrate",
	.parse = pool_parse,
	.plan = pool_plan,
	.verify = pool_verify,
};
