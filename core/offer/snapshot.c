/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Candidates that are snapshots: of the domain if one was typed, else all. */
#include "snapshot/snapshot.h"
#include "offer/private.h"

static void offer_snapshots(struct offer *o)
{
	const char *guest = *offer_word(o, 0) ? offer_word(o, 0) : NULL;
	SNAPSHOTS all = { 0 };
	SX_ERR none = { 0 };

	if (snapshots_load(o->env, guest, &all, &none))
		return;
	sx_each(const struct snapshot, s, &all) {
		offer_add(o, s->name, *s->reason ? s->reason : s->taken_at, ' ');
	}
}

const struct offer_kind offer_snapshot_kinds[] = {
	{ "snapshot", offer_snapshots },
	{ NULL, NULL },
};
