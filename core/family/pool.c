/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cpupool-migrate: the key `pool`. */
#include "change/change.h"
#include "domain/words.h"

#include <string.h>

static void pool_dispose(void *data)
{
	sx_vec_free((struct word_list *)data);
}

static int pool_parse(char *const *words, const char *cwd SX_UNUSED, struct change_said *said,
		      struct sx_err *err)
{
	struct word_list *list = said->own;

	if (words_split(words, "", NULL, 2, list, NULL, err) ||
	    words_at_most(words[0], list, 2, err))
		return -1;
	said->domain = list->items[0];
	return 0;
}

/* The pool as typed; borrowed. */
static const char *pool_of(const void *data)
{
	return ((const struct word_list *)data)->items[1];
}

static int pool_plan(const void *data, const char *path, struct xlcfg *doc,
		     struct change_plan *plan, struct sx_err *err)
{
	const char *pool = pool_of(data);
	SX_FREE char *old = xlcfg_get_string(doc, "pool");

	if (!*pool)
		return sx_err_set(err, SX_EUSAGE, "cpupool-migrate: the pool is empty");
	if (strspn(pool, "0123456789") == strlen(pool)) {
		sx_err_set(err, SX_ECONFLICT,
			   "%s: '%s' is the number of a pool, which may later belong to another "
			   "pool",
			   path, pool);
		return sx_err_hint(err, "give the pool's name, as 'xl cpupool-list' shows it");
	}
	plan->subject = sx_format("move to CPU pool %s (was %s)", pool, old ? old : "Pool-0");
	if (sx_streq(old ? old : "Pool-0", pool))
		return 0;
	return xlcfg_edits_set_string(&plan->edits, doc, "pool", pool, err);
}

static int pool_verify(const void *data, struct live *live, const struct live_domain *domain,
		       enum change_truth *truth, struct sx_err *err)
{
	SX_FREE char *now = NULL;

	if (live_pool_get(live, domain->domid, &now, err))
		return -1;
	*truth = sx_streq(now, pool_of(data)) ? CHANGE_LIVE : CHANGE_NOT_LIVE;
	return 0;
}

const struct change_family pool_migrate_family = {
	.command = "cpupool-migrate",
	.size = sizeof(struct word_list),
	.parse = pool_parse,
	.dispose = pool_dispose,
	.plan = pool_plan,
	.verify = pool_verify,
};
