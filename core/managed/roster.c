/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every guest of the host: see roster.h. */
#include "managed/autostart.h"
#include "managed/private.h"

#include <string.h>

void roster_dispose(struct roster *r)
{
	sx_each(struct guest, g, r) {
		free(g->name);
		free(g->uuid);
		free(g->detail);
		free(g->problem);
		free(g->path);
		free(g->real);
		free(g->image);
	}
	sx_vec_free(r);
	history_latest_dispose(&r->latest);
	sx_put(&r->no_xen, NULL);
}

/* ---- who changed it last, and does it start with the host ---- */

static int note_changes(const struct flow_env *env, struct roster *r, struct sx_err *err)
{
	if (history_latest_read(env, &r->latest, err))
		return -1;
	for (size_t i = 0; i < r->len; i++)
		if (r->items[i].real)
			r->items[i].last = history_latest_of(&r->latest, r->items[i].real);
	return 0;
}

static void note_autostart(const struct flow_env *env, struct roster *r)
{
	SX_CLEANUP(autostart_links_dispose) struct autostart_links links = { 0 };

	autostart_find(env, &links);
	for (size_t i = 0; i < r->len; i++)
		for (size_t k = 0; r->items[i].real && k < links.len; k++)
			r->items[i].autostart |= sx_streq(r->items[i].real, links.items[k].config);
}

static int by_name(const void *a, const void *b)
{
	const struct guest *x = a, *y = b;
	int r = strcmp(x->name, y->name);

	return r ? r : strcmp(x->uuid, y->uuid);
}

int roster_look(const struct flow_env *env, struct roster *out, struct sx_err *err)
{
	SX_CLEANUP(index_dispose) struct index_entries all = { 0 };
	MARKERS markers = { 0 };

	if (markers_load_settled(env, &markers, err) || index_scan(env, &all, err))
		return -1;
	roster_add_configured(env, &all, out);
	if (roster_add_running(env, &all, out, err))
		return -1;
	roster_add_saved(&markers, out);
	if (out->len)
		qsort(out->items, out->len, sizeof(out->items[0]), by_name);
	for (size_t i = 0; i < out->len; i++)
		out->items[i].real =
			*out->items[i].path ? realpath(out->items[i].path, NULL) : NULL;
	note_autostart(env, out);
	return note_changes(env, out, err);
}
