/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vcpu-pin: the keys `cpus` and `cpus_soft`. A string applies to all vCPUs, a list has an entry for
 * each (parse_vcpu_affinity in xl_parse.c).
 */
#include "base/num.h"
#include "change/change.h"
#include "check/bounds.h"
#include "spec/cpulist.h"
#include "view/view.h"
#include "xlcfg/guest.h"

#include <string.h>

struct pin {
	long vcpu; /* -1: all */
	const char *hard, *soft; /* as typed; NULL: left as it is */
	bool ignore_masks; /* -i: ignore the masks of xl.conf */
};

static const long most_vcpus = 4096;

/* "-", or no argument, leaves a mask as it is. */
static int read_mask(const char *word, const char **out, struct sx_err *err)
{
	*out = word && strcmp(word, "-") != 0 ? word : NULL;
	return *out ? cpulist_check(*out, err) : 0;
}

static int pin_parse(struct change_said *said, struct sx_err *err)
{
	static const struct option longs[] = { { "force", no_argument, NULL, 'f' },
					       { "ignore-global-affinity-masks", no_argument, NULL,
						 'i' },
					       { NULL, 0, NULL, 0 } };
	struct pin *p = said->data;
	const char *options;
	uint64_t number;

	if (change_args(said, "fi", longs, 3, 4, err))
		return -1;
	options = sx_str_text(&said->options);
	p->ignore_masks = strchr(options, 'i') != NULL;
	p->vcpu = -1;
	if (!sx_streq(said->args.items[1], "all")) {
		if (sx_num_parse(said->args.items[1], 0, (uint64_t)most_vcpus, &number, err))
			return sx_err_wrap(err, "virtual processor");
		p->vcpu = (long)number;
	} else if (strchr(options, 'f')) {
		return sx_err_set(err, SX_EUSAGE, "vcpu-pin: --force goes with one processor only");
	}
	/* items[3] is the terminating NULL if only three arguments are given. */
	if (read_mask(said->args.items[2], &p->hard, err) ||
	    read_mask(said->args.items[3], &p->soft, err))
		return -1;
	if (!p->hard && !p->soft)
		return sx_err_set(err, SX_EUSAGE, "vcpu-pin: neither affinity is given");
	return 0;
}

/* Give the mask to one of `vcpus` vCPUs, or to all (vcpu -1). */
static int plan_mask(struct change_plan *plan, struct xlcfg *doc, const char *key, const char *mask,
		     long vcpu, long vcpus, struct sx_err *err)
{
	size_t len = xlcfg_list_len(doc, key), count = (size_t)vcpus > len ? (size_t)vcpus : len;
	SX_FREE const char **masks = sx_alloc(count * sizeof(*masks));

	for (size_t i = 0; i < count; i++)
		masks[i] = vcpu < 0 || i == (size_t)vcpu ? mask : NULL;
	return view_affinity_set(doc, &plan->edits, key, masks, count, err);
}

static char *pin_subject(const struct pin *p)
{
	SX_STR s = { 0 };

	sx_str_add(&s, "pin ");
	if (p->vcpu < 0)
		sx_str_add(&s, "all virtual processors");
	else
		sx_str_addf(&s, "virtual processor %ld", p->vcpu);
	if (p->hard)
		sx_str_addf(&s, " to %s", p->hard);
	if (p->soft)
		sx_str_addf(&s, "%s softly to %s", p->hard ? "," : "", p->soft);
	return sx_str_take(&s);
}

/* A list gets an entry for each vCPU: refuse a count that no guest can have. */
static int check_count(const struct xlcfg *doc, const char *path, const char *key,
		       struct sx_err *err)
{
	struct bounds_host unknown = { 0 };
	bool certain;
	SX_FREE char *why = bounds_why(doc, key, &unknown, &certain);
	SX_FREE char *quoted = sx_quoted(path), *at = xlcfg_place(doc, key);

	if (!why)
		return 0;
	sx_err_set(err, SX_ECONFLICT, "%s: %s", at, why);
	return sx_err_hint(err, "correct that first: safexl edit %s", quoted);
}

static int pin_plan(const struct change_said *said, const char *path, struct xlcfg *doc,
		    struct change_plan *plan, struct sx_err *err)
{
	const struct pin *p = said->data;
	struct guest_pair v;
	long vcpus;
	const char *key;

	guest_pair_read(doc, "vcpus", &v);
	key = v.has_high ? v.high_key : v.low_key;
	plan->subject = pin_subject(p);
	if (check_count(doc, path, key, err))
		return -1;
	if (p->vcpu >= v.high && !v.vnuma) {
		SX_FREE char *at = xlcfg_place(doc, key);

		sx_err_set(err, SX_ECONFLICT, "%s: there is no virtual processor %ld", at, p->vcpu);
		return sx_err_hint(err, "the first is 0, the last %ld", v.high - 1);
	}
	vcpus = v.high > p->vcpu ? v.high : p->vcpu + 1;
	if ((p->hard && plan_mask(plan, doc, "cpus", p->hard, p->vcpu, vcpus, err)) ||
	    (p->soft && plan_mask(plan, doc, "cpus_soft", p->soft, p->vcpu, vcpus, err)))
		return -1;
	if (p->ignore_masks && plan->edits.len)
		sx_words_add(&plan->edits.notices,
			     "the masks in xl.conf, if there are any, count again "
			     "when it is created without -i");
	return 0;
}

/*
 * xl reduces the hard affinity by the masks of xl.conf, which libxl does not know: if it is less
 * than wanted, xl's exit status decides.
 */
static int compare(const char *is, const char *want, bool may_be_less, const struct live_vcpus *now,
		   enum change_truth *truth, struct sx_err *err)
{
	enum cpulist_relation relation;

	if (!want)
		return 0;
	if (cpulist_compare(is, want, now->host_nodes, now->host_len, &relation, err))
		return -1;
	if (relation == CPULIST_OTHER || (relation == CPULIST_WITHIN && !may_be_less))
		*truth = CHANGE_NOT_LIVE;
	else if (relation == CPULIST_WITHIN && *truth == CHANGE_LIVE)
		*truth = CHANGE_HALF;
	return 0;
}

static int pin_verify(const struct change_said *said, struct live *live,
		      const struct live_domain *domain, enum change_truth *truth,
		      struct sx_err *err)
{
	const struct pin *p = said->data;
	LIVE_VCPUS now = { 0 };
	int r = live_vcpus_get(live, domain->domid, &now, err);

	*truth = p->vcpu < (long)now.len ? CHANGE_LIVE : CHANGE_NOT_LIVE;
	for (size_t i = 0; !r && i < now.len; i++) {
		if (p->vcpu >= 0 && (size_t)p->vcpu != i)
			continue;
		r = compare(now.items[i].hard, p->hard, !p->ignore_masks, &now, truth, err) ||
				    compare(now.items[i].soft, p->soft, false, &now, truth, err)
			    ? -1
			    : 0;
	}
	return r;
}

const struct change_family vcpu_pin_family = {
	.command = "vcpu-pin",
	.size = sizeof(struct pin),
	.parse = pin_parse,
	.plan = pin_plan,
	.verify = pin_verify,
};
