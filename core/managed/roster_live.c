/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guests that Xen has, and what in them differs from their configurations: see roster.h. */
#include "managed/private.h"
#include "view/drift.h"

#include <string.h>

static struct guest *find_by(struct roster *r, const char *path, const char *name)
{
	for (size_t i = 0; path && i < r->len; i++)
		if (sx_streq(r->items[i].path, path))
			return &r->items[i];
	for (size_t i = 0; i < r->len; i++)
		if (r->items[i].state != GUEST_RUNS && sx_streq(r->items[i].name, name))
			return &r->items[i];
	return NULL;
}

static void note_sizes(struct live *live, struct guest *g)
{
	struct live_memory memory = { 0 };
	LIVE_VCPUS vcpus = { 0 };
	SX_ERR ignored = { 0 };

	g->memory_mib = g->vcpus = 0;
	if (live_memory_get(live, g->domid, &memory, &ignored) == 0)
		g->memory_mib = (int64_t)(memory.target_kib / 1024);
	if (live_vcpus_get(live, g->domid, &vcpus, &ignored) == 0)
		g->vcpus = vcpus.wanted;
}

/* What is wrong with its configuration: there is none, or several, or xl cannot read it. */
static void note_problem(struct guest *g, const struct sx_err *why)
{
	if (why->code == SX_EAMBIGUOUS)
		sx_set(&g->problem, "twice");
	else if (why->code == SX_ESYNTAX)
		sx_put(&g->problem, sx_format("broken: %s", *g->detail ? g->detail : g->path));
	else
		sx_set(&g->problem, "not configured");
	if (why->code != SX_ESYNTAX)
		sx_set(&g->path, "");
	sx_set(&g->detail, why->msg);
}

/* Count the differences that `diff` would show; if it cannot compare, `detail` says why. */
static void note_drift(const struct flow_env *env, struct live *live,
		       const struct live_domain *domain, struct drift_repo *kept, struct guest *g)
{
	struct flow_env silent = *env;
	struct drift d = { .kept = kept };
	SX_ERR why = { 0 };

	silent.notice = NULL;
	if (drift_at(&silent, live, domain, g->path, &d, &why)) {
		sx_set(&g->problem, "not compared");
		sx_set(&g->detail, why.msg);
	}
	for (size_t i = 0; i < d.differences.len; i++) {
		enum view_state state = d.differences.items[i].state;

		g->waiting += state == VIEW_WAITING;
		g->unrecorded += state != VIEW_WAITING && state != VIEW_UNCOMMITTED;
	}
	drift_dispose(&d);
}

static void add_domain(const struct flow_env *env, struct live *live,
		       const struct live_domain *domain, const struct index_entries *all,
		       struct drift_repo *kept, struct roster *out)
{
	RESOLVED found = { 0 };
	SX_ERR why = { 0 };
	bool known = resolve_among(env, all, domain->name, domain->uuid, &found, &why) == 0;
	struct guest *g = find_by(out, found.path, domain->name);

	if (!g)
		g = guest_add(out, domain->name, domain->uuid);
	sx_set(&g->name, domain->name);
	sx_set(&g->uuid, domain->uuid);
	g->state = GUEST_RUNS;
	g->domid = domain->domid;
	g->live = domain->state;
	note_sizes(live, g);
	if (known) {
		sx_put(&g->path, sx_steal(&found.path));
		sx_set(&g->detail, "");
		note_drift(env, live, domain, kept, g);
	} else {
		note_problem(g, &why);
	}
}

int roster_add_running(const struct flow_env *env, const struct index_entries *all,
		       struct roster *out, struct sx_err *err)
{
	SX_CLEANUP(drift_repo_dispose) struct drift_repo kept = { 0 };
	LIVE_DOMAINS domains = { 0 };
	LIVE *live = NULL;
	SX_ERR why = { 0 };
	int r = 0;

	if (live_open(&live, &why)) {
		out->no_xen = sx_strdup(why.msg);
		for (size_t i = 0; i < out->len; i++)
			if (out->items[i].state == GUEST_OFF)
				out->items[i].state = GUEST_UNKNOWN;
		return 0;
	}
	r = live_list(live, &domains, err);
	for (size_t i = 0; !r && i < domains.len; i++)
		if (domains.items[i].domid)
			add_domain(env, live, &domains.items[i], all, &kept, out);
	return r;
}
