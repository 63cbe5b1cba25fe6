/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a guest is shut down: see stop.h. */
#include "managed/stop.h"
#include "base/clock.h"
#include "domain/resolve.h"
#include "guard/saved.h"

#include <time.h>

/*
 * Between two looks, each of which is one hypercall and a few reads of xenstore. libxl's event of a
 * domain's death (libxl_evenable_domain_death) would need its event loop, and does not show a guest
 * that was started again at once: a look is needed anyway.
 */
static const long pause_ms = 200;
/* How long xl's process of a guest that has shut down may take to destroy the domain. */
static const unsigned clear_s = 10;

/* ---- which guest, and can it be asked at all? ---- */

/* Where a guest is that does not run; NULL: it is unknown, or its marker unsettled. Heap string. */
static char *account_absent(const struct flow_env *env, const struct markers *all, const char *name)
{
	SX_ERR ignored = { 0 };
	RESOLVED found = { 0 };
	const struct marker *m = saved_holder(all, name);
	bool known;

	if (m && m->state == MARKER_SAVED)
		return sx_format("it is saved in %s (%s)", m->image, m->saved_at);
	if (m && m->state == MARKER_MIGRATED)
		return sx_format("it was migrated to %s (%s)", m->to_host, m->saved_at);
	known = !m && resolve_domain(env, name, "", &found, &ignored) == 0;
	return known ? sx_strdup("it is off") : NULL;
}

static int judge_absent(const struct flow_env *env, const struct markers *all, const char *word,
			struct sx_err *err)
{
	SX_FREE char *account = account_absent(env, all, word);

	if (!account)
		return saved_tell_absent(env, word, err);
	sx_err_clear(err);
	flow_notice(env, "%s: it does not run: %s", word, account);
	return 0;
}

/* Refuse Domain-0, and a guest that cannot react, such as a paused one. */
static int check_state(const struct live_domain *d, bool paused_too, struct sx_err *err)
{
	SX_FREE char *account = NULL;

	if (d->domid == 0) {
		sx_err_set(err, SX_EFAIL, "%s: not stopped: it is this host itself", d->name);
		return sx_err_hint(err, "to shut the host down: systemctl poweroff");
	}
	if (d->state == LIVE_RUNS || (paused_too && d->state == LIVE_PAUSED))
		return 0;
	account = domain_account(d, "");
	return sx_err_set(err, SX_EFAIL, "%s: not stopped: %s", d->name, account);
}

int stop_judge(const struct flow_env *env, const char *word, bool paused_too,
	       struct live_domain *out, bool *runs, struct sx_err *err)
{
	MARKERS all = { 0 };

	*runs = false;
	/* What a killed safexl left is settled first: it may have been a save of this guest. */
	if (markers_load_settled(env, &all, err))
		return -1;
	*runs = domain_look(env, word, out, err) == 0;
	if (*runs)
		return check_state(out, paused_too, err);
	return err->code == SX_ENODOMAIN ? judge_absent(env, &all, word, err) : -1;
}

/* ---- has it shut down? ---- */

/* What has become of the guest by now. */
static enum stop_end judge(const struct live_domains *all, const struct live_domain *d)
{
	enum stop_end end = STOP_OFF;

	sx_each(const struct live_domain, one, all) {
		if (!sx_streq(one->uuid, d->uuid))
			continue;
		if (one->domid != d->domid)
			return STOP_AGAIN;
		end = domain_has_ended(one->state) ? STOP_KEPT : STOP_RUNS;
	}
	return end;
}

static int look(struct live *live, const struct live_domain *d, enum stop_end *end,
		struct sx_err *err)
{
	LIVE_DOMAINS all = { 0 };
	int r = live_list(live, &all, err);

	if (!r)
		*end = judge(&all, d);
	return r;
}

static int wait_in(struct live *live, const struct live_domain *d, unsigned timeout_s,
		   enum stop_end *end, struct sx_err *err)
{
	const struct timespec pause = { .tv_nsec = pause_ms * 1000000 };
	int64_t last = sx_now_ms() + (int64_t)timeout_s * 1000;
	bool ended = false;

	*end = STOP_RUNS;
	for (;;) {
		if (look(live, d, end, err))
			return -1;
		if (*end == STOP_KEPT && !ended) {
			ended = true;
			last = sx_now_ms() + (int64_t)clear_s * 1000;
		}
		if (*end == STOP_OFF || *end == STOP_AGAIN || sx_now_ms() >= last)
			return 0;
		nanosleep(&pause, NULL);
	}
}

int stop_wait(const struct live_domain *d, unsigned timeout_s, enum stop_end *end,
	      unsigned *waited_s, struct sx_err *err)
{
	int64_t begun = sx_now_ms();
	LIVE *live = NULL;
	int r = live_open(&live, err) || wait_in(live, d, timeout_s, end, err) ? -1 : 0;

	*waited_s = (unsigned)((sx_now_ms() - begun) / 1000);
	return r;
}
