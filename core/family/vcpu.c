/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vcpu-set: the key `vcpus`. Lowering it never lowers the `maxvcpus` that it implies. */
#include "base/num.h"
#include "change/change.h"
#include "xlcfg/guest.h"

#include <limits.h>

struct vcpu_set {
	long count;
};

static int set_parse(struct change_said *said, struct sx_err *err)
{
	static const struct option longs[] = { { "ignore-host", no_argument, NULL, 'i' },
					       { NULL, 0, NULL, 0 } };
	uint64_t count;

	if (change_args(said, "i", longs, 2, 2, err))
		return -1;
	/* Stricter than xl, which reads "4x" as 4. */
	if (sx_num_parse(said->args.items[1], 1, INT_MAX, &count, err))
		return sx_err_wrap(err, "number of virtual processors");
	((struct vcpu_set *)said->data)->count = (long)count;
	return 0;
}

static int set_plan(const struct change_said *said, const char *path, struct xlcfg *doc,
		    struct change_plan *plan, struct sx_err *err)
{
	long count = ((const struct vcpu_set *)said->data)->count, high = count;
	struct guest_pair p;

	guest_pair_read(doc, "vcpus", &p);
	plan->subject = sx_format("set %ld virtual processor%s (was %ld)", count,
				  count == 1 ? "" : "s", p.low);
	/* Without maxvcpus, the vnuma nodes set the maximum: leave it to them. */
	if (p.has_high || (p.high > high && !p.vnuma))
		high = p.high;
	if (count > high) {
		sx_err_set(err, SX_ECONFLICT, "%s:%zu: maxvcpus is %ld, less than %ld", path,
			   xlcfg_key_line(doc, "maxvcpus"), high, count);
		return sx_err_hint(
			err,
			"a domain gets more virtual processors than that only when it is "
			"created with them; to raise maxvcpus for its next create: safexl edit %pQ",
			path);
	}
	if (count < p.low && sx_streq(memory_guest_type(doc), "hvm"))
		sx_words_add(&plan->edits.notices,
			     "QEMU keeps the processors that are taken away plugged in: "
			     "'xl list -l' goes on counting them");
	return guest_pair_write(&p, p.low_key, count, high, doc, &plan->edits, err);
}

static int set_verify(const struct change_said *said, struct live *live,
		      const struct live_domain *domain, enum change_truth *truth,
		      struct sx_err *err)
{
	LIVE_VCPUS now = { 0 };

	if (live_vcpus_get(live, domain->domid, &now, err))
		return -1;
	*truth = (long)now.wanted == ((const struct vcpu_set *)said->data)->count ? CHANGE_LIVE
										  : CHANGE_NOT_LIVE;
	return 0;
}

const struct change_family vcpu_set_family = {
	.command = "vcpu-set",
	.size = sizeof(struct vcpu_set),
	.parse = set_parse,
	.plan = set_plan,
	.verify = set_verify,
};
