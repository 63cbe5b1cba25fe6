/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mem-set and mem-max: the keys `memory` and `maxmem`, in MiB. Changing one leaves the other as it
 * is, even if only implied, unless passed-through devices force both to be equal.
 */
#include "change/change.h"
#include "spec/size.h"
#include "xlcfg/guest.h"

#include <inttypes.h>

struct memory {
	uint64_t kib;
	long mib; /* rounded up */
};

static int memory_parse(struct change_said *said, struct sx_err *err)
{
	struct memory *m = said->data;

	if (change_args(said, "", NULL, 2, 2, err) ||
	    size_parse_kib(said->args.items[1], &m->kib, err))
		return -1;
	m->mib = (long)((m->kib + 1023) / 1024);
	return 0;
}

static bool is_maximum(const struct change_said *said)
{
	return sx_streq(said->command, "mem-max");
}

static void note_rounding(const struct memory *m, struct change_plan *plan)
{
	if (m->kib % 1024)
		sx_words_give(&plan->edits.notices,
			      sx_format("%" PRIu64 " KiB is not a whole MiB: the file says %ld MiB",
					m->kib, m->mib));
}

/* Refuse: the other key, written or implied, contradicts the new value. */
static int refuse(const struct change_said *said, const struct xlcfg *doc,
		  const struct guest_pair *p, long mib, struct sx_err *err)
{
	SX_FREE char *at = xlcfg_place(doc, is_maximum(said) && p->has_low ? "memory" : "maxmem");
	SX_FREE char *domain = sx_quoted(said->domain);

	if (is_maximum(said)) {
		sx_err_set(err, SX_ECONFLICT, "%s: memory is %ld MiB, more than %ld MiB", at,
			   p->low, mib);
		return sx_err_hint(err, "lower the memory first: safexl mem-set %s %ld", domain,
				   mib);
	}
	sx_err_set(err, SX_ECONFLICT, "%s: maxmem is %ld MiB, less than %ld MiB", at, p->high, mib);
	return sx_err_hint(err, "raise the maximum first: safexl mem-max %s %ld", domain, mib);
}

static int memory_plan(const struct change_said *said, const char *path SX_UNUSED,
		       struct xlcfg *doc, struct change_plan *plan, struct sx_err *err)
{
	const struct memory *m = said->data;
	bool maximum = is_maximum(said);
	struct guest_pair p;
	long low = m->mib, high = m->mib;

	guest_pair_read(doc, "memory", &p);
	if (p.vnuma)
		return guest_refuse_vnuma(doc, err);
	plan->subject =
		maximum ? sx_format("set maximum memory to %ld MiB (was %ld)", m->mib, p.high)
			: sx_format("set memory to %ld MiB (was %ld)", m->mib, p.low);
	note_rounding(m, plan);
	if (!p.fixed && maximum)
		low = p.low;
	else if (!p.fixed && (p.has_high || p.high > high))
		high = p.high;
	if (low > high)
		return refuse(said, doc, &p, m->mib, err);
	return guest_pair_write(&p, maximum ? p.high_key : p.low_key, low, high, doc, &plan->edits,
				err);
}

static int memory_verify(const struct change_said *said, struct live *live,
			 const struct live_domain *domain, enum change_truth *truth,
			 struct sx_err *err)
{
	const struct memory *m = said->data;
	struct live_memory now = { 0 };

	if (live_memory_get(live, domain->domid, &now, err))
		return -1;
	*truth = (is_maximum(said) ? now.static_max_kib : now.target_kib) == m->kib
			 ? CHANGE_LIVE
			 : CHANGE_NOT_LIVE;
	return 0;
}

const struct change_family memory_set_family = {
	.command = "mem-set",
	.size = sizeof(struct memory),
	.parse = memory_parse,
	.plan = memory_plan,
	.verify = memory_verify,
};

const struct change_family memory_max_family = {
	.command = "mem-max",
	.size = sizeof(struct memory),
	.parse = memory_parse,
	.plan = memory_plan,
	.verify = memory_verify,
};
