/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * xl migrate: while the domain runs on the other host, it is not started here. See guard.h. safexl
 * does not touch the stream of migrate-receive.
 */
#include "domain/domain.h"
#include "domain/event.h"
#include "domain/words.h"
#include "guard/saved.h"
#include "host/lock.h"

#include <string.h>
#include <sys/wait.h>

static const char migrate_letters[] = "FC:s:epD";
static const struct option migrate_longs[] = {
	{ "debug", no_argument, NULL, 'd' },
	{ "live", no_argument, NULL, 'l' },
	{ NULL, 0, NULL, 0 },
};

const char *migrate_config(char *const *words)
{
	return words_value(words, migrate_letters, migrate_longs, 'C');
}

/* Note the domain's disks: no other guest may write to them while it runs there. */
static int note_disks(struct marker *m, struct live *live, uint32_t domid, struct sx_err *err)
{
	LIVE_DISKS disks = { 0 };

	if (live_disks_get(live, domid, &disks, err))
		return sx_err_wrap(err, "%s: not migrated", m->name);
	live_disks_locate(live, domid, &disks);
	sx_each(const struct live_disk, d, &disks) {
		struct evidence_subject s = { .target = d->target,
					      .object = d->object,
					      .vdev = d->vdev };

		marker_add_disk(m, &s, NULL);
	}
	return 0;
}

/* Make the domain's marker, not written. NULL with *pass: Domain-0. */
static struct marker *describe(const struct flow_env *env, const char *domain, const char *host,
			       bool *pass, char **number, struct sx_err *err)
{
	LIVE *live = NULL;
	LIVE_DOMAIN d = { 0 };
	struct marker *m = NULL;

	if (live_open(&live, err) == 0 && domain_find(env, live, domain, &d, err) == 0) {
		*pass = d.domid == 0;
		*number = domain_number(domain, &d);
		m = marker_new();
		m->state = MARKER_MIGRATING;
		m->name = sx_strdup(d.name);
		m->uuid = sx_strdup(d.uuid);
		m->to_host = sx_strdup(host);
		m->saved_at = flow_time_text(time(NULL));
		if (note_disks(m, live, d.domid, err)) {
			marker_free(m);
			m = NULL;
		}
	}
	return m;
}

static int refuse(const struct marker *m, const struct marker *other, struct sx_err *err)
{
	SX_FREE char *what = saved_progress(other);
	SX_FREE char *wait = saved_wait_hint(other);
	SX_FREE char *reason = sx_format("%s: not migrated: %s", m->name, what);

	sx_err_set(err, SX_EGUARD, "%s", reason);
	return sx_err_hint(err, "%s", wait);
}

/* Refuse if another save, restore or migration of it is in progress. */
static int write_ahead(const struct flow_env *env, struct marker *m, struct sx_err *err)
{
	SX_LOCK lock = { 0 };
	MARKERS all = { 0 };

	if (markers_take(env, &lock, &all, err))
		return -1;
	markers_tell_bad(env, &all);
	sx_each_of(const struct marker, other, &all) {
		if (saved_in_progress(other) &&
		    (sx_streq(other->uuid, m->uuid) || sx_streq(other->name, m->name)))
			return refuse(m, other, err);
	}
	return env->dry_run ? 0 : marker_write(env, m, err);
}

static int migrate_settle(const struct flow_env *env, struct marker *m, bool succeeded,
			  struct sx_err *err)
{
	enum saved_presence p = saved_domain_look(m->name, m->uuid);

	/* Present also after a migration to this very host. */
	if (saved_is_present(p))
		return marker_remove(m, err);
	if (!succeeded && p == SAVED_UNKNOWN) {
		sx_err_set(err, SX_EPARTIAL, "%s: xl failed, and Xen cannot be asked where it runs",
			   m->name);
		return sx_err_hint(err, "when it can be asked: safexl recover");
	}
	m->state = MARKER_MIGRATED;
	if (marker_write(env, m, err))
		return -1;
	if (succeeded)
		flow_notice(env,
			    "%s: runs on %s now; starting it here is refused until it comes back",
			    m->name, m->to_host);
	else
		flow_notice(env,
			    "%s: xl failed, and it does not run here under its name: starting it "
			    "here is "
			    "refused until you have looked on %s and at 'safexl list'",
			    m->name, m->to_host);
	return 0;
}

/* xl may have moved the domain: if that cannot be recorded, `safexl recover` has to. */
static int migrate_ended(const struct flow_env *env, struct marker *m, bool succeeded,
			 struct sx_err *err)
{
	if (migrate_settle(env, m, succeeded, err) == 0)
		return 0;
	if (err->code != SX_EPARTIAL) {
		sx_err_wrap(err, "%s: where it runs now is not recorded", m->name);
		sx_err_hint(err, "after fixing the cause: safexl recover");
		err->code = SX_EPARTIAL;
	}
	return -1;
}

int migrate_run(const struct flow_env *env, char *const *words, bool *pass, int *status,
		struct sx_err *err)
{
	SX_FREE char *number = NULL;
	struct word_list p = { 0 };
	struct marker *m = NULL;
	const char *domain;
	SX_WORDS argv = { 0 };
	SX_ERR why = { 0 };
	int r = 0;

	*pass = words_split(words, migrate_letters, migrate_longs, 2, &p, NULL, &why) != 0;
	domain = *pass ? NULL : p.items[0];
	event_about(env, domain);
	if (!*pass)
		m = describe(env, domain, p.items[1], pass, &number, err);
	sx_vec_free(&p);
	if (*pass || !m) {
		marker_free(m);
		return *pass ? 0 : saved_tell_absent(env, domain, err);
	}
	saved_xl_words(env, words, NULL, NULL, &argv);
	saved_give_number(&argv, domain, number);
	r = write_ahead(env, m, err);
	if (!r && !env->dry_run) {
		r = saved_run_xl(env, &argv, m, status, err);
		if (r && marker_remove(m, &why))
			sx_err_move(err, &why);
	}
	if (!r && !env->dry_run)
		r = migrate_ended(env, m, WIFEXITED(*status) && WEXITSTATUS(*status) == 0, err);
	marker_free(m);
	return r;
}

/* End the markers of domains that were assumed to run elsewhere and run here again. */
static int welcome(const struct flow_env *env, struct sx_err *err)
{
	SX_LOCK lock = { 0 };
	MARKERS all = { 0 };

	if (flow_lock(env, "guard", "markers", &lock, err) || markers_load(env, &all, err))
		return -1;
	sx_each_of(const struct marker, m, &all) {
		if (m->state != MARKER_MIGRATED || !saved_domain_runs(m->name, m->uuid))
			continue;
		if (marker_remove(m, err))
			return -1;
		flow_notice(env, "%s: came back from %s", m->name, m->to_host);
	}
	return 0;
}

int receive_run(const struct flow_env *env, char *const *words, int *status, struct sx_err *err)
{
	SX_WORDS argv = { 0 };

	saved_xl_words(env, words, NULL, NULL, &argv);
	if (proc_run(env->xl, sx_words_argv(&argv), NULL, NULL, status, err))
		return -1;
	if (welcome(env, err)) {
		sx_err_wrap(err, "that a domain came back is not recorded");
		err->code = SX_EPARTIAL;
		return -1;
	}
	return 0;
}
