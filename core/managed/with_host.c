/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guests as the host goes down and comes up: see with_host.h. */
#include "managed/with_host.h"
#include "domain/domain.h"
#include "guard/marker.h"
#include "guard/saved.h"
#include "host/proc.h"
#include "managed/start.h"

#include <glob.h>
#include <inttypes.h>
#include <string.h>

/* Debian has an init script of that name, others a unit. */
static const char *const xendomains[] = {
	"/etc/rc[2-5].d/S[0-9][0-9]xendomains",
	"/etc/systemd/system/*.wants/xendomains.service",
};

int with_host_alone(const struct flow_env *env, struct sx_err *err)
{
	for (size_t i = 0; i < SX_COUNT(xendomains); i++) {
		SX_FREE char *pattern = sx_format("%s%s", env->paths.root, xendomains[i]);
		glob_t found = { 0 };
		bool enabled = glob(pattern, 0, NULL, &found) == 0;

		if (enabled)
			sx_err_set(err, SX_EGUARD,
				   "xendomains is enabled (%s): it starts and saves the same "
				   "guests, so this does not",
				   found.gl_pathv[0]);
		globfree(&found);
		if (enabled)
			return sx_err_hint(err, "to leave it to safexl: systemctl disable "
						"xendomains\nto leave it to xendomains: systemctl "
						"disable safexl-domains");
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct marker *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

int with_host_starts(const struct flow_env *env, struct sx_words *names, struct sx_err *err)
{
	MARKERS all = { 0 };

	start_linked(env, names);
	if (markers_load_settled(env, &all, err))
		return -1;
	if (all.len)
		qsort(all.items, all.len, sizeof(all.items[0]), by_name);
	sx_each_of(const struct marker, m, &all)
		if (m->with_host && m->state == MARKER_SAVED && !sx_words_have(names, m->name))
			sx_words_add(names, m->name);
	return 0;
}

/* ---- a guest that is paused ---- */

/*
 * The guest may run elsewhere, too, or have a saved image: then a person must decide whether this
 * domain may run.
 */
static int check_settled(const struct flow_env *env, const struct live_domain *d,
			 struct sx_err *err)
{
	MARKERS all = { 0 };

	if (markers_load_settled(env, &all, err))
		return -1;
	sx_each_of(const struct marker, m, &all) {
		if (!marker_is_open(m) ||
		    (!sx_streq(m->uuid, d->uuid) && !sx_streq(m->name, d->name) &&
		     !sx_streq(m->runs_as, d->name)))
			continue;
		sx_err_set(err, SX_EGUARD, "%s",
			   m->pending		      ? m->pending
			   : m->state == MARKER_SAVED ? "a saved image of it is there, too"
						      : "a save or restore of it is under way");
		return m->pending_hint
			       ? sx_err_hint(err, "%s", m->pending_hint)
			       : sx_err_hint(err, "for its state: safexl where %pQ", d->name);
	}
	return 0;
}

static int unpause(const struct flow_env *env, const struct live_domain *d, struct sx_err *err)
{
	SX_FREE char *number = sx_format("%" PRIu32, d->domid);
	SX_WORDS argv = { 0 };
	LIVE_DOMAIN now = { 0 };
	int status;

	sx_words_add(&argv, env->xl);
	sx_words_add_all(&argv, env->xl_options);
	sx_words_add(&argv, "unpause");
	sx_words_add(&argv, number);
	if (proc_run(env->xl, sx_words_argv(&argv), NULL, NULL, &status, err) ||
	    domain_look_name(d->name, &now, err))
		return -1;
	/* Each pause needs an unpause of its own. */
	return now.state == LIVE_PAUSED ? sx_err_set(err, SX_EFAIL, "xl unpause did not let it run")
					: 0;
}

void with_host_tell_wake(const struct flow_env *env, const struct live_domain *d)
{
	flow_notice(env, "%s: it is paused: it runs until it is saved or off", d->name);
}

int with_host_wake(const struct flow_env *env, const struct live_domain *d, struct sx_err *err)
{
	SX_LOCK lock = { 0 };

	/* A snapshot that is being taken keeps its guest paused, and holds this lock. */
	if (flow_lock(env, "domain", d->name, &lock, err) || check_settled(env, d, err) ||
	    unpause(env, d, err))
		return sx_err_wrap(err,
				   "%s: it is paused and stays so, and what it has in memory is "
				   "lost when the host goes down",
				   d->name);
	with_host_tell_wake(env, d);
	return 0;
}

/* ---- which are to stop ---- */

/* Is it the device model of an HVM guest, GUEST-dm? That ends with its guest. */
static bool is_device_model(const struct live_domains *all, const struct live_domain *d)
{
	size_t len = strlen(d->name);

	if (!sx_ends_with(d->name, "-dm"))
		return false;
	for (size_t i = 0; i < all->len; i++)
		if (strlen(all->items[i].name) == len - 3 &&
		    sx_starts_with(d->name, all->items[i].name))
			return true;
	return false;
}

int with_host_stops(struct sx_words *words, struct sx_err *err)
{
	LIVE_DOMAINS all = { 0 };
	int r = domain_look_all(&all, err);

	for (size_t i = 0; !r && i < all.len; i++) {
		const struct live_domain *d = &all.items[i];
		/* A name of digits would be taken for a number. */
		bool digits = strspn(d->name, "0123456789") == strlen(d->name);

		if (d->domid == 0 || is_device_model(&all, d))
			continue;
		sx_words_give(words, digits ? sx_format("%" PRIu32, d->domid) : sx_strdup(d->name));
	}
	return r;
}
