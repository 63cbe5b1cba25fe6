/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mem-set and mem-max: the keys `memory` and `maxmem`, MiB (parse_config_data in xl_parse.c: either
 * one missing takes the other's value, both missing are 32). Changing one of them never moves
 * the other, implied one.
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

static int read_sizes(const struct xlcfg *doc, const char *path, struct memory_sizes *s,
		      struct sx_err *err)
{
	if (xlcfg_key_kind(doc, "vnuma") == XLCFG_LIST && xlcfg_list_len(doc, "vnuma")) {
		sx_err_set(err, SX_ECONFLICT, "%s:%zu: the sizes of the vnuma nodes fix the memory",
			   path, xlcfg_key_line(doc, "vnuma"));
		return sx_err_hint(err, "change vnuma, memory and maxmem together in the file");
	}
	memory_sizes_read(doc, s);
	return 0;
}

/* Both keys get the value: populate-on-demand and device assignment exclude each other. */
static int set_both(const struct memory *m, struct xlcfg *doc, struct change_plan *plan,
		    const struct memory_sizes *s, struct sx_err *err)
{
	if (!s->has_memory || s->memory != m->mib)
		if (xlcfg_edits_set_number(&plan->edits, doc, "memory", m->mib, err))
			return -1;
	if (!s->has_maxmem || s->maxmem != m->mib)
		if (xlcfg_edits_set_number(&plan->edits, doc, "maxmem", m->mib, err))
			return -1;
	if (plan->edits.len)
		sx_words_add(&plan->edits.notices,
			     "memory and maxmem both get this value: a guest with passed-through "
			     "devices cannot be created with memory below maxmem");
	return 0;
}

static void note_rounding(const struct memory *m, struct change_plan *plan)
{
	if (m->kib % 1024)
		sx_words_give(&plan->edits.notices,
			      sx_format("%" PRIu64 " KiB is not a whole MiB: the file says %ld MiB",
					m->kib, m->mib));
}

static int set_target(const struct change_said *said, const char *path, struct xlcfg *doc,
		      struct change_plan *plan, const struct memory_sizes *s, struct sx_err *err)
{
	long mib = ((const struct memory *)said->data)->mib;
	SX_FREE char *domain = sx_quoted(said->domain);

	if (s->has_maxmem && mib > s->maxmem) {
		sx_err_set(err, SX_ECONFLICT, "%s:%zu: maxmem is %ld MiB, less than %ld MiB", path,
			   xlcfg_key_line(doc, "maxmem"), s->maxmem, mib);
		return sx_err_hint(err, "raise the maximum first: safexl mem-max %s %ld", domain,
				   mib);
	}
	if (s->has_memory && s->memory == mib)
		return 0;
	if (xlcfg_edits_set_number(&plan->edits, doc, "memory", mib, err))
		return -1;
	if (!s->has_maxmem && mib < s->memory)
		return xlcfg_edits_set_number(&plan->edits, doc, "maxmem", s->memory, err);
	return 0;
}

static int set_maximum(const struct change_said *said, const char *path, struct xlcfg *doc,
		       struct change_plan *plan, const struct memory_sizes *s, struct sx_err *err)
{
	long mib = ((const struct memory *)said->data)->mib;
	SX_FREE char *domain = sx_quoted(said->domain);

	if (mib < s->memory) {
		sx_err_set(err, SX_ECONFLICT, "%s:%zu: memory is %ld MiB, more than %ld MiB", path,
			   xlcfg_key_line(doc, s->has_memory ? "memory" : "maxmem"), s->memory,
			   mib);
		return sx_err_hint(err, "lower the memory first: safexl mem-set %s %ld", domain,
				   mib);
	}
	if (s->maxmem == mib)
		return 0;
	if (!s->has_memory && xlcfg_edits_set_number(&plan->edits, doc, "memory", s->memory, err))
		return -1;
	return xlcfg_edits_set_number(&plan->edits, doc, "maxmem", mib, err);
}

static bool is_maximum(const struct change_said *said)
{
	return sx_streq(said->command, "mem-max");
}

static int memory_plan(const struct change_said *said, const char *path, struct xlcfg *doc,
		       struct change_plan *plan, struct sx_err *err)
{
	const struct memory *m = said->data;
	struct memory_sizes s = { 0 };

	if (read_sizes(doc, path, &s, err))
		return -1;
	plan->subject =
		is_maximum(said)
			? sx_format("set maximum memory to %ld MiB (was %ld)", m->mib, s.maxmem)
			: sx_format("set memory to %ld MiB (was %ld)", m->mib, s.memory);
	note_rounding(m, plan);
	if (s.fixed)
		return set_both(m, doc, plan, &s, err);
	return (is_maximum(said) ? set_maximum : set_target)(said, path, doc, plan, &s, err);
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
