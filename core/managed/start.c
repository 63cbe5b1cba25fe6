/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a guest is started: see start.h. */
#include "managed/start.h"
#include "domain/domain.h"
#include "domain/resolve.h"
#include "guard/named.h"
#include "guard/saved.h"
#include "host/file.h"
#include "managed/autostart.h"
#include "xlcfg/xlcfg.h"

#include <inttypes.h>
#include <string.h>

void start_plan_dispose(struct start_plan *p)
{
	free(p->path);
	*p = (struct start_plan){ 0 };
}

/* Xen has a domain of that name. */
static int judge_present(const struct flow_env *env, const struct live_domain *d,
			 struct sx_err *err)
{
	RESOLVED found = { 0 };
	SX_ERR ignored = { 0 };
	SX_FREE char *account = NULL;

	if (resolve_domain(env, d->name, d->uuid, &found, &ignored))
		sx_err_clear(&ignored);
	account = domain_account(d, found.path ? found.path : "");
	if (d->state != LIVE_RUNS && d->state != LIVE_PAUSED)
		return sx_err_set(err, SX_EFAIL, "%s: not started: %s", d->name, account);
	flow_notice(env, "%s: %s already, its number is %" PRIu32, d->name, account, d->domid);
	return 0;
}

/* *present: whether Xen has it. */
static int look_live(const struct flow_env *env, const char *name, bool *present,
		     struct sx_err *err)
{
	LIVE_DOMAIN d = { 0 };

	if (domain_look_present(name, &d, present, err))
		return -1;
	return *present ? judge_present(env, &d, err) : 0;
}

/* Refuse a guest that is migrated, or just being saved, restored or the like; say which. */
static int refuse(const struct marker *m, struct sx_err *err)
{
	SX_FREE char *wait = NULL, *what = NULL;

	if (m->state == MARKER_MIGRATED) {
		sx_err_set(err, SX_EGUARD, "%s: not started: it was migrated to %s (%s)", m->name,
			   m->to_host, m->saved_at);
		return sx_err_hint(err,
				   "migrate it back from there\nif it is gone there for good: "
				   "safexl --discard-marker start %pQ",
				   m->name);
	}
	wait = saved_wait_hint(m);
	what = m->pending ? sx_strdup(m->pending) : saved_progress(m);
	sx_err_set(err, SX_EGUARD, "%s: not started: %s", m->name, what);
	return sx_err_hint(err, "%s\nfor its state: safexl where %pQ", wait, m->name);
}

/* Restore its image, if that exists. Refuse --discard-marker: does it mean restore or create? */
static int judge_image(const struct flow_env *env, const struct markers *all,
		       const struct marker *m, struct start_plan *out, struct sx_err *err)
{
	if (env->discard_marker) {
		sx_err_set(err, SX_EUSAGE,
			   "%s: it is saved in %s: --discard-marker does not say "
			   "whether to go on with that",
			   m->name, m->image);
		return sx_err_hint(err,
				   "to restore it anyway: "
				   "safexl --discard-marker restore %pQ\n"
				   "to discard the saved state: safexl --discard-marker create %pQ",
				   m->image, m->name);
	}
	if (!saved_is_there(m)) {
		sx_err_set(err, SX_EGUARD,
			   "%s: not started: it was saved in %s, which is not there", m->name,
			   m->image);
		return sx_err_hint(err, "what can be done: safexl where %pQ", m->name);
	}
	if (named_saved(all, m->name, &out->path, err))
		return -1;
	out->way = START_RESTORE;
	out->paused = m->was_paused;
	flow_notice(env, "%s: it was saved on %s: restoring it from %s", m->name, m->saved_at,
		    out->path);
	if (out->paused)
		flow_notice(
			env,
			"%s: it was paused when the host went down, and stays paused; to let it "
			"run: safexl unpause %pQ",
			m->name, m->name);
	return 0;
}

/* *decided: the guest is saved, and will be restored. Refuse what a marker forbids. */
static int judge_saved(const struct flow_env *env, const struct markers *all, const char *name,
		       struct start_plan *out, bool *decided, struct sx_err *err)
{
	const struct marker_bad *bad = markers_bad_of(all, name, "");
	const struct marker *m;

	if (bad)
		return marker_bad_refuse(bad, name, err);
	m = saved_holder(all, name);
	*decided = m && m->state == MARKER_SAVED;
	if (!m || (m->state == MARKER_MIGRATED && env->discard_marker))
		return 0;
	if (!*decided)
		return refuse(m, err);
	return judge_image(env, all, m, out, err);
}

static int judge_file(const struct flow_env *env, const char *name, struct start_plan *out,
		      struct sx_err *err)
{
	RESOLVED found = { 0 };
	int r = resolve_domain(env, name, "", &found, err);

	if (!r) {
		out->way = START_CREATE;
		out->path = sx_steal(&found.path);
		flow_notice(env, "%s: starting it from %s", name, out->path);
	}
	return r ? sx_err_wrap(err, "%s: not started", name) : 0;
}

int start_judge(const struct flow_env *env, const char *name, struct start_plan *out,
		struct sx_err *err)
{
	MARKERS all = { 0 };
	bool present = false, decided = false;

	*out = (struct start_plan){ 0 };
	if (strchr(name, '/')) {
		sx_err_set(err, SX_EUSAGE, "start: '%s' is a path; a guest's name is needed", name);
		return sx_err_hint(err, "to start a guest from that file: safexl create %pQ", name);
	}
	/* What a killed safexl left is settled even if the guest runs. */
	if (markers_load_settled(env, &all, err) || look_live(env, name, &present, err))
		return -1;
	if (present)
		return 0;
	if (judge_saved(env, &all, name, out, &decided, err))
		return -1;
	return decided ? 0 : judge_file(env, name, out, err);
}

/* The guest's name in the file that a link leads to. Heap string; NULL: err says why. */
static char *name_in(const struct autostart_link *link, struct sx_err *err)
{
	FILE_IMAGE image = { 0 };
	XLCFG_DOC *doc = NULL;
	char *name;

	if (!link->config) {
		sx_err_set(err, SX_ENOCONFIG, "%s leads nowhere", link->path);
		return NULL;
	}
	if (file_read(link->config, &image, err) ||
	    xlcfg_parse(sx_str_text(&image.text), image.text.len, link->config, &doc, err))
		return NULL;
	name = xlcfg_get_string(doc, "name");
	if (!name)
		sx_err_set(err, SX_ENOCONFIG, "%s names no domain", link->config);
	return name;
}

bool start_linked(const struct flow_env *env, struct sx_words *names)
{
	SX_CLEANUP(autostart_links_dispose) struct autostart_links links = { 0 };

	autostart_find(env, &links);
	for (size_t i = 0; i < links.len; i++) {
		SX_ERR why = { 0 };
		SX_FREE char *name = name_in(&links.items[i], &why);

		if (!name)
			flow_notice(env, "not started with the host: %s", why.msg);
		else if (!sx_words_have(names, name))
			sx_words_add(names, name);
	}
	return links.len > 0;
}

int start_automatic(const struct flow_env *env, struct sx_words *names, struct sx_err *err)
{
	if (start_linked(env, names))
		return 0;
	sx_err_set(err, SX_ENOCONFIG, "no guest starts with the host: %s/auto is empty",
		   env->settings.config_dirs.items[0]);
	return sx_err_hint(err, "to have a guest start with the host: safexl autostart DOMAIN");
}
