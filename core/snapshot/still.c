/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guest that is paused for its snapshot, and the real xl that pauses and unpauses it. */
#include "domain/domain.h"
#include "host/proc.h"
#include "snapshot/private.h"

#include <inttypes.h>

static int note_child(const struct proc_id *id, void *arg, struct sx_err *err)
{
	struct snapshot *s = arg;

	s->child = *id;
	return snapshot_write(s, err);
}

int still_xl(const struct flow_env *env, struct snapshot *s, const char *const *words,
	     struct sx_err *err)
{
	SX_WORDS argv = { 0 };
	int status;

	sx_words_add(&argv, env->xl);
	sx_words_add_all(&argv, env->xl_options);
	for (size_t i = 0; words[i]; i++)
		sx_words_add(&argv, words[i]);
	if (proc_run(env->xl, sx_words_argv(&argv), s ? note_child : NULL, s, &status, err))
		return -1;
	if (!status)
		return 0;
	sx_err_set(err, SX_EXL, "xl %s failed", words[0]);
	err->status = status;
	return -1;
}

int still_find(const struct snapshot *s, struct live_domain *out, struct sx_err *err)
{
	SX_FREE char *number = sx_format("%" PRIu32, s->domid);
	LIVE *live = NULL;
	int r = live_open(&live, err);

	/* By its number: if somebody renamed it, it is still paused. */
	if (!r)
		r = live_find(live, number, out, err);
	if (!r && !sx_streq(out->uuid, s->paused_uuid))
		r = sx_err_set(err, SX_ENODOMAIN, "the domain '%s' is another one now", s->guest);
	return r;
}

bool still_is_ours(const struct snapshot *s, const struct live_domain *d)
{
	SX_FREE char *boot_id = proc_boot_id();

	return d->domid == s->domid && sx_streq(d->uuid, s->paused_uuid) &&
	       sx_streq(boot_id, s->boot_id);
}

/* Its QEMU first: a guest that runs needs its disks. A QEMU that runs ignores 'cont'. */
static int go_on(const struct flow_env *env, const struct snapshot *s, bool paused,
		 struct sx_err *err)
{
	SX_FREE char *number = sx_format("%" PRIu32, s->domid);
	const char *cont[] = { "qemu-monitor-command", number, "cont", NULL };
	const char *unpause[] = { "unpause", number, NULL };

	if (s->stops_qemu && still_xl(env, NULL, cont, err))
		return -1;
	return paused ? still_xl(env, NULL, unpause, err) : 0;
}

int still_end(const struct flow_env *env, const struct snapshot *s, struct sx_err *err)
{
	LIVE_DOMAIN d = { 0 };
	int r;

	if (!s->pauses)
		return 0;
	r = still_find(s, &d, err);
	if (r && err->code == SX_ENODOMAIN) {
		sx_err_clear(err);
		return 0;
	}
	return r || !still_is_ours(s, &d) ? r : go_on(env, s, d.state == LIVE_PAUSED, err);
}

int still_off(const struct snapshot *s, struct sx_err *err)
{
	LIVE_DOMAIN d = { 0 };
	bool present;

	if (domain_look_present(s->guest, &d, &present, err))
		return -1;
	if (!present || d.state == LIVE_DYING)
		return 0;
	sx_err_set(err, SX_EGUARD, "it runs, and its disks are not all put back");
	return sx_err_hint(err,
			   "to give up its present state: safexl destroy %pQ && safexl recover",
			   s->guest);
}
