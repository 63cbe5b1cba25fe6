/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The steps of a revert from the point of no return on: each can be repeated, and is noted before
 * it begins. See snapshot.h.
 */
#include "change/change.h"
#include "domain/domain.h"
#include "guard/kept.h"
#include "host/file.h"
#include "snapshot/private.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

int revert_enter(struct snapshot *s, enum snapshot_step step, struct sx_err *err)
{
	s->step = step;
	s->child = (struct proc_id){ 0 };
	return snapshot_write(s, err);
}

/* Put the disks back, and note in `now` the evidence of each from then on. */
static int put_disks_back(const struct flow_env *env, const struct snapshot *s,
			  struct snapshot *now, struct sx_err *err)
{
	for (size_t i = 0; i < s->disks.len; i++) {
		const struct snapshot_disk *d = &s->disks.items[i];
		const struct snapshot_kind *kind = kind_find(d->kind);
		SX_FREE char *dir = sx_path_dir(d->object);

		if (!kind)
			continue;
		file_sweep(dir);
		if (kind->put_back(env, d, err))
			return sx_err_wrap(err, "disk %s", d->vdev);
		snapshot_note_disk(&now->disks.items[i]);
	}
	return 0;
}

/* xl destroy does not wait for the end of QEMU, which may still be writing to a disk. */
static int await_unused(const struct snapshot *s, struct sx_err *err)
{
	enum { pause_ms = 50, most = 200 };
	const struct timespec pause = { .tv_nsec = pause_ms * 1000000 };

	for (size_t i = 0; snapshot_check_unused(s, err); i++) {
		if (err->code != SX_EGUARD || i == most)
			return -1;
		sx_err_clear(err);
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int put_config_back(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	SX_FREE char *copy = sx_path_join(s->dir, "config");
	char *words[] = { (char[]){ "revert" }, s->guest, copy, s->config, s->name, NULL };
	struct change_result result = { 0 };

	return change_run(env, "revert", words, FLOW_CONFIG, &result, err);
}

/* Is a domain of the guest's name there? One that is being destroyed does not count. */
static int find_present(const struct snapshot *s, struct live_domain *d, bool *there,
			struct sx_err *err)
{
	if (domain_look_present(s->guest, d, there, err))
		return -1;
	if (*there && d->state == LIVE_DYING) {
		live_domain_dispose(d);
		*there = false;
	}
	return 0;
}

static int restore(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	SX_FREE char *image = snapshot_image(s);
	const char *words[] = { "restore", "-p", image, NULL };

	if (still_xl(env, s, words, err) == 0)
		return 0;
	/* xl failed: forget it, so that no later domain of that name counts as made by it. */
	if (err->code != SX_EXL || revert_enter(s, STEP_MEMORY, err))
		return -1;
	sx_err_set(err, SX_EPARTIAL,
		   "disks and configuration are put back, but xl cannot restore its memory");
	return sx_err_hint(err,
			   "to try it again: safexl recover\n"
			   "to restore it without its memory: safexl revert --no-memory %pQ %s",
			   s->guest, s->name);
}

/*
 * Did our xl restore this domain of the guest's name from the memory? Until its number is noted,
 * the signs are: xl was started in this boot, and the domain has the guest's uuid, is paused and
 * complete (libxl stores its configuration at the end).
 */
static int look_made(const struct snapshot *s, const struct live_domain *d, bool *made,
		     struct sx_err *err)
{
	SX_FREE char *boot_id = proc_boot_id(), *stored = NULL;
	LIVE *live = NULL;

	*made = s->child.pid && sx_streq(boot_id, s->boot_id) && sx_streq(d->uuid, s->uuid) &&
		d->state == LIVE_PAUSED;
	if (*made && (live_open(&live, err) || live_stored_get(live, d->domid, &stored, err)))
		return -1;
	*made = *made && *stored;
	return 0;
}

/* Somebody started the domain without safexl: a person must decide whether it stays. */
static int refuse_other(const struct snapshot *s, const struct live_domain *d, struct sx_err *err)
{
	sx_err_set(err, SX_EGUARD,
		   "disks and configuration are put back, but the domain of its name that is there "
		   "(%" PRIu32 ") was not made from its memory",
		   d->domid);
	return sx_err_hint(err,
			   "to give it up for the snapshot's memory: safexl destroy %pQ && safexl "
			   "recover\n"
			   "to do without that memory: safexl revert --no-memory %pQ %s",
			   s->guest, s->guest, s->name);
}

/* From here on the memory counts as put back: if the domain ends, it is not restored again. */
static int note_made(struct snapshot *s, const struct live_domain *d, struct sx_err *err)
{
	s->pauses = true;
	s->stops_qemu = false;
	s->domid = d->domid;
	sx_set(&s->paused_uuid, d->uuid);
	return revert_enter(s, STEP_END, err);
}

/* Restore it paused: the guest must not run before its domain is noted. */
static int put_memory_back(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	LIVE_DOMAIN d = { 0 };
	bool there, made = true;

	if (find_present(s, &d, &there, err) || (there && look_made(s, &d, &made, err)))
		return -1;
	if (!made)
		return refuse_other(s, &d, err);
	if (!there && (restore(env, s, err) || find_present(s, &d, &there, err)))
		return -1;
	if (!there)
		return sx_err_set(err, SX_EFAIL, "xl restored it, but it is not there");
	return note_made(s, &d, err) || still_end(env, s, err) ? -1 : 0;
}

static int put_saved_back(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	return still_off(s, err) || image_put_back(env, s, err) || revert_enter(s, STEP_END, err)
		       ? -1
		       : 0;
}

/* Release the guest; the snapshot is complete, as before. */
static int end(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	SX_FREE char *above = sx_path_dir(s->dir), *begun = snapshot_begun(above);

	s->state = SNAPSHOT_COMPLETE;
	s->pauses = false;
	if (kept_release(env, s->dir, err) || revert_enter(s, STEP_KEEP, err))
		return -1;
	return file_remove_durable(begun, err);
}

int revert_give_up(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	return (image_goes_back(s) && image_unstage(s, err)) || end(env, s, err) ? -1 : 0;
}

/* From here on the image that the guest was saved in must not be restored. */
static int discard_saved(const struct flow_env *env, const struct snapshot *s, struct sx_err *err)
{
	SX_FREE char *why = sx_format("revert to the snapshot '%s'", s->name);

	return kept_discard_saved(env, s->guest, why, err);
}

/* The memory is not wanted: remove its staged image, and discard it if it is in place already. */
static int drop_memory(const struct flow_env *env, const struct snapshot *s, struct sx_err *err)
{
	return image_unstage(s, err) || discard_saved(env, s, err) ? -1 : 0;
}

static int put_memory(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	if (!s->memory || !s->keep_memory)
		return image_goes_back(s) ? drop_memory(env, s, err) : 0;
	return image_goes_back(s) ? put_saved_back(env, s, err) : put_memory_back(env, s, err);
}

/* Before memory or person get the disks, check that nobody else wrote to them. */
static int put_parts(const struct flow_env *env, struct snapshot *s, struct snapshot *now,
		     struct sx_err *err)
{
	if ((s->step == STEP_DESTROY || s->step == STEP_DISKS) && still_off(s, err))
		return -1;
	if (s->step == STEP_DESTROY) {
		/* The domain that was paused is gone. */
		s->pauses = false;
		if (discard_saved(env, s, err) || revert_enter(s, STEP_DISKS, err))
			return -1;
	}
	if (s->step == STEP_DISKS && (await_unused(s, err) || put_disks_back(env, s, now, err) ||
				      revert_enter(s, STEP_CONFIG, err)))
		return -1;
	if (s->step == STEP_CONFIG &&
	    (put_config_back(env, s, err) || snapshot_check_disks(now, err) ||
	     revert_enter(s, STEP_MEMORY, err)))
		return -1;
	return s->step == STEP_MEMORY ? put_memory(env, s, err) : still_end(env, s, err);
}

static int put_back(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	struct snapshot now;
	int r;

	snapshot_follow(s, &now);
	r = put_parts(env, s, &now, err);
	snapshot_follow_end(&now);
	return r;
}

static const char *outcome(const struct snapshot *s)
{
	LIVE_DOMAIN d = { 0 };
	SX_ERR why = { 0 };
	bool there = false;

	if (s->memory && s->keep_memory && image_goes_back(s))
		return ", and saved: start goes on with it";
	if (s->memory && s->keep_memory)
		return still_find(s, &d, &why) == 0
			       ? ", and goes on from there"
			       : "; the domain that was made from its memory has ended since";
	return find_present(s, &d, &there, &why) == 0 && there
		       ? "; the domain that is there was not made from it"
		       : "; it is off";
}

static int forward(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	if (put_back(env, s, err) || end(env, s, err))
		return -1;
	flow_notice(env, "%s: it is as in the snapshot '%s' (%s)%s", s->guest, s->name, s->taken_at,
		    outcome(s));
	return 0;
}

/* Nothing was changed: unpause the guest and end the revert. */
static int back(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	if (still_end(env, s, err) || (image_goes_back(s) && image_unstage(s, err)) ||
	    end(env, s, err))
		return -1;
	flow_notice(env, "%s: the revert to '%s' did not happen: the guest is unchanged", s->guest,
		    s->name);
	return 0;
}

/* At STEP_DESTROY: is the guest not destroyed yet, or, if it was off, started by now? */
static int is_unchanged(const struct snapshot *s, bool *unchanged, struct sx_err *err)
{
	LIVE_DOMAIN d = { 0 };

	*unchanged = false;
	if (s->step != STEP_DESTROY)
		return 0;
	if (find_present(s, &d, unchanged, err))
		return -1;
	*unchanged = *unchanged && (!s->pauses || still_is_ours(s, &d));
	return 0;
}

/* Was the memory restored, but the domain not noted yet? */
static bool has_made(const struct snapshot *s)
{
	LIVE_DOMAIN d = { 0 };
	SX_ERR ignored = { 0 };
	bool made = false;

	return s->step == STEP_MEMORY && find_present(s, &d, &made, &ignored) == 0 && made &&
	       look_made(s, &d, &made, &ignored) == 0 && made;
}

bool revert_is_quick(const struct snapshot *s)
{
	SX_ERR ignored = { 0 };
	bool unchanged;

	return s->step == STEP_KEEP || s->step == STEP_END || has_made(s) ||
	       (is_unchanged(s, &unchanged, &ignored) == 0 && unchanged);
}

/* Was the memory put back before safexl was killed? */
static int has_memory(const struct flow_env *env, const struct snapshot *s, bool *has,
		      struct sx_err *err)
{
	LIVE_DOMAIN d = { 0 };

	return image_goes_back(s) ? kept_is_saved(env, s->guest, s->saved_in, has, err)
				  : find_present(s, &d, has, err);
}

/* After a kill anybody may have written to the disks: put them back again, unless all is done. */
static int again_from_disks(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	bool done = s->step == STEP_MEMORY && !(s->memory && s->keep_memory);

	if ((s->step != STEP_CONFIG && s->step != STEP_MEMORY) || done)
		return 0;
	if (s->step == STEP_MEMORY && has_memory(env, s, &done, err))
		return -1;
	if (!done)
		s->step = STEP_DISKS;
	return 0;
}

int revert_go_on(const struct flow_env *env, struct snapshot *s, bool *reverted, struct sx_err *err)
{
	bool unchanged;

	if (is_unchanged(s, &unchanged, err))
		return -1;
	if (reverted)
		*reverted = s->step != STEP_KEEP && !unchanged;
	if (s->step == STEP_KEEP || unchanged)
		return back(env, s, err);
	if (again_from_disks(env, s, err))
		return -1;
	if (forward(env, s, err) == 0)
		return 0;
	sx_err_wrap(err, "%s: the revert to '%s' is not complete", s->guest, s->name);
	err->code = SX_EPARTIAL;
	return err->hint ? -1 : sx_err_hint(err, "after fixing the cause: safexl recover");
}
