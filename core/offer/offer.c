/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kinds of things that a word can be completed to: see offer.h. */
#include "domain/resolve.h"
#include "offer/private.h"

static const struct offer_kind general_kinds[] = {
	{ "disk-spec", offer_disk },
	{ "key=value", offer_keys },
	{ "vkb-spec", offer_keys },
	{ "vsnd-spec", offer_key_list },
	{ NULL, NULL },
};

static const struct offer_kind *const tables[] = {
	general_kinds,	  offer_domain_kinds,  offer_device_kinds,   offer_file_kinds,
	offer_host_kinds, offer_history_kinds, offer_snapshot_kinds,
};

static const struct offer_kind *find_kind(const char *name)
{
	for (size_t i = 0; i < SX_COUNT(tables); i++)
		for (const struct offer_kind *k = tables[i]; k->name; k++)
			if (sx_streq(k->name, name))
				return k;
	return NULL;
}

bool offer_knows(const char *kind)
{
	return find_kind(kind) != NULL;
}

void offer_find(const struct flow_env *env, const struct offer_query *q, struct candidates *out)
{
	struct offer o = { .env = env, .q = q, .out = out };
	const struct offer_kind *kind = find_kind(q->kind);

	if (kind)
		kind->find(&o);
	live_close(o.live);
}
