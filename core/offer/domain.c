/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Candidates that are domains, their virtual processors or CPU pools. */
#include "domain/domain.h"
#include "domain/resolve.h"
#include "offer/private.h"

#include <inttypes.h>

/* Running domains by name; unnamed ones can only be typed by number. */
void offer_running(struct offer *o)
{
	LIVE_DOMAINS all = { 0 };
	SX_ERR none = { 0 };

	if (!offer_live(o) || live_list(o->live, &all, &none))
		return;
	sx_each(const struct live_domain, d, &all) {
		bool runs = d->state == LIVE_RUNS;
		SX_FREE char *description =
			sx_format("domid %" PRIu32 "%s%s", d->domid, runs ? "" : ", ",
				  runs ? "" : domain_state(d->state));

		if (*d->name)
			offer_add(o, d->name, description, ' ');
	}
}

/* Domains that have a configuration. */
static void offer_known(struct offer *o)
{
	SX_CLEANUP(index_dispose) struct index_entries all = { 0 };
	SX_ERR none = { 0 };

	if (index_scan(o->env, &all, &none))
		return;
	for (size_t i = 0; i < all.len; i++)
		if (*all.items[i].name)
			offer_add(o, all.items[i].name, all.items[i].path, ' ');
}

static void offer_domains(struct offer *o)
{
	offer_running(o);
	/* `define --from` needs a running domain. */
	if (o->q->known && !sx_streq(o->q->command, "define"))
		offer_known(o);
}

static void offer_domids(struct offer *o)
{
	LIVE_DOMAINS all = { 0 };
	SX_ERR none = { 0 };

	if (!offer_live(o) || live_list(o->live, &all, &none))
		return;
	for (size_t i = 0; i < all.len; i++) {
		SX_FREE char *number = sx_format("%" PRIu32, all.items[i].domid);

		offer_add(o, number, all.items[i].name, ' ');
	}
}

static void offer_pools(struct offer *o)
{
	SX_WORDS pools = { 0 };
	SX_ERR none = { 0 };

	if (!offer_live(o) || live_pools_list(o->live, &pools, &none))
		return;
	for (size_t i = 0; i < pools.len; i++)
		offer_add(o, pools.items[i], NULL, ' ');
}

/* The domain's vcpu numbers, or with `counts` how many it may have. */
static void add_vcpus(struct offer *o, bool counts)
{
	LIVE_DOMAIN d = { 0 };
	LIVE_VCPUS v = { 0 };
	SX_ERR none = { 0 };

	if (!offer_domain(o, &d) || live_vcpus_get(o->live, d.domid, &v, &none))
		return;
	for (size_t i = 0; i < v.len; i++) {
		SX_FREE char *number = sx_format("%zu", counts ? i + 1 : i);
		const char *state = v.items[i].online ? "online" : "offline";

		offer_add(o, number, counts ? (i + 1 == v.wanted ? "as now" : NULL) : state, ' ');
	}
}

static void offer_vcpu_numbers(struct offer *o)
{
	add_vcpus(o, false);
}

static void offer_vcpu_counts(struct offer *o)
{
	add_vcpus(o, true);
}

const struct offer_kind offer_domain_kinds[] = {
	{ "domain", offer_domains },
	{ "name", offer_running },
	{ "domid", offer_domids },
	{ "pool", offer_pools },
	{ "vcpu", offer_vcpu_numbers },
	{ "vcpus", offer_vcpu_counts },
	{ NULL, NULL },
};
