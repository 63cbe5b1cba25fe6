/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reverting to a snapshot: the checks, and all that is done before the guest is destroyed. Until
 * then everything can be undone. See snapshot.h.
 */
#include "change/change.h"
#include "domain/domain.h"
#include "guard/kept.h"
#include "host/file.h"
#include "snapshot/private.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

struct reverting {
	const struct flow_env *env;
	const struct revert_options *options;
	struct snapshot_revert_plan *plan; /* filled in, in a dry run */
	struct snapshot s;
	bool runs, stops_qemu;
	char *saved; /* the image that the guest is saved in now; "": none */
};

static void reverting_dispose(struct reverting *r)
{
	snapshot_dispose(&r->s);
	free(r->saved);
}

/* A file is replaced as a whole, size included; that of a qcow2 changes as its guest writes. */
static bool is_replaced(const struct snapshot_disk *d)
{
	struct stat st;

	return !kind_find(d->kind)->in_lvm && stat(d->object, &st) == 0 && S_ISREG(st.st_mode);
}

/* Refuse when a disk is gone or a device has another size: the volume does not fit it. */
static int check_places(const struct reverting *r, struct sx_err *err)
{
	sx_each(const struct snapshot_disk, d, &r->s.disks) {
		int64_t size;

		if (!kind_find(d->kind))
			continue;
		size = bytes_size_of(d->object, err);
		if (size < 0)
			return sx_err_wrap(err, "%s: not reverted: disk %s", r->s.guest, d->vdev);
		if (size == d->size || is_replaced(d))
			continue;
		sx_err_set(err, SX_EGUARD,
			   "%s: not reverted: disk %s (%s) has %" PRIi64 " bytes now, and %" PRIi64
			   " in the snapshot",
			   r->s.guest, d->vdev, d->object, size, d->size);
		return sx_err_hint(err,
				   "to give it that size again, and lose what lies beyond: "
				   "lvresize -L %" PRIi64 "b %pQ && safexl revert %pQ %s",
				   d->size, d->object, r->s.guest, r->s.name);
	}
	return 0;
}

/* If the guest is off, refuse disks in use: whoever uses one would lose what they write. */
static int check_unused(const struct reverting *r, struct sx_err *err)
{
	struct evidence_options options = { 0 };
	struct evidence_uses *uses = NULL;
	int result = 0;

	if (r->runs)
		return 0;
	if (evidence_uses_take(&options, &uses, err))
		return -1;
	for (size_t i = 0; i < r->s.disks.len && !result; i++) {
		struct evidence_subject subject;
		SX_FREE char *how = NULL;

		snapshot_subject(&r->s.disks.items[i], false, &subject);
		how = evidence_in_use(uses, &subject);
		if (!how)
			continue;
		result = sx_err_set(err, SX_EGUARD, "%s: not reverted: disk %s: %s", r->s.guest,
				    subject.vdev, how);
		(void)sx_err_hint(err, "once nobody uses it any more: safexl revert %pQ %pQ",
				  r->s.guest, r->s.name);
	}
	evidence_uses_free(uses);
	return result;
}

static int check_sound(const struct reverting *r, struct sx_err *err)
{
	SX_FREE char *fault = snapshot_fault(r->env, &r->s);

	if (!fault)
		return 0;
	sx_err_set(err, SX_EGUARD, "%s: not reverted: the snapshot '%s' is not sound: %s",
		   r->s.guest, r->s.name, fault);
	return sx_err_hint(err, "to remove it: safexl snapshots --drop %s %pQ", r->s.name,
			   r->s.guest);
}

/* Can the saved image get its place back? */
static int check_image(const struct reverting *r, struct sx_err *err)
{
	SX_FREE char *image = snapshot_image(&r->s);
	struct stat st;

	if (!image_goes_back(&r->s) || r->options->no_memory)
		return 0;
	if (stat(image, &st))
		return sx_err_sys(err, SX_EFAIL, "%s", image);
	return image_check_name(&r->s, err) ||
			       kept_check_place(r->env, r->s.guest, r->s.saved_in, st.st_size, err)
		       ? sx_err_wrap(err, "%s: not reverted", r->s.guest)
		       : 0;
}

static int check_guest(struct reverting *r, const struct live_domain *d, struct sx_err *err)
{
	/* A revert that was begun has noted its domain. */
	if (r->s.state == SNAPSHOT_REVERTING)
		return 0;
	sx_set(&r->s.paused_uuid, r->runs ? d->uuid : "");
	r->s.domid = d->domid;
	if (!r->runs || d->state == LIVE_RUNS)
		return 0;
	sx_err_set(err, SX_EGUARD, "%s: not reverted: it is neither running nor off", r->s.guest);
	if (d->state == LIVE_PAUSED)
		return sx_err_hint(err, "let it run first: safexl unpause %pQ", r->s.guest);
	if (domain_has_ended(d->state))
		return sx_err_hint(err,
				   "to give up its present state: safexl destroy %pQ && safexl "
				   "revert %pQ %s",
				   r->s.guest, r->s.guest, r->s.name);
	return sx_err_hint(err, "for its state: safexl where %pQ", r->s.guest);
}

/* The name of the snapshot that keeps the present state. Heap string. */
static char *keep_name(const struct reverting *r)
{
	SX_FREE char *dir = sx_path_dir(r->s.dir);
	SX_FREE char *name = sx_format("before-%.50s", r->s.name);

	return snapshot_free_name(dir, name);
}

static bool has_copies(const struct snapshot *s)
{
	for (size_t i = 0; i < s->disks.len; i++)
		if (sx_streq(s->disks.items[i].kind, "copy"))
			return true;
	return false;
}

static int keep(struct reverting *r, struct sx_err *err)
{
	SX_FREE char *name = keep_name(r);
	struct snapshot_options options = { .name = name,
					    .copy = r->options->copy || has_copies(&r->s) };
	SNAPSHOT kept = { 0 };

	if (take_locked(r->env, r->s.guest, &options, true, &kept, err)) {
		if (err->code == SX_ECANTWRITE || (*r->saved && err->code == SX_EGUARD))
			sx_err_hint(err,
				    "to give up the present state: safexl revert --no-keep %pQ %s",
				    r->s.guest, r->s.name);
		return sx_err_wrap(err, "the present state cannot be kept");
	}
	if (r->env->dry_run)
		r->plan->keeps = sx_steal(&name);
	else
		flow_notice(r->env, "%s: the present state is kept as the snapshot '%s'",
			    r->s.guest, name);
	return 0;
}

static int hold(const struct reverting *r, struct sx_err *err)
{
	SX_FREE struct evidence_subject *subjects = snapshot_subjects(&r->s);
	struct kept_guest guest = { .name = r->s.guest,
				    .uuid = r->s.uuid,
				    .disks = subjects,
				    .count = r->s.disks.len,
				    .runs = r->runs,
				    .saved = r->saved };

	return kept_hold(r->env, &guest, r->s.dir, err);
}

static int destroy(struct reverting *r, struct sx_err *err)
{
	SX_FREE char *number = sx_format("%" PRIu32, r->s.domid);
	const char *words[] = { "destroy", number, NULL };

	if (revert_enter(&r->s, STEP_DESTROY, err))
		return -1;
	return r->runs ? still_xl(r->env, &r->s, words, err) : 0;
}

/* Everything up to the point of no return. */
static int begin(struct reverting *r, struct sx_err *err)
{
	SX_FREE char *above = sx_path_dir(r->s.dir), *begun = snapshot_begun(above);

	r->s.state = SNAPSHOT_REVERTING;
	r->s.pauses = r->runs;
	r->s.stops_qemu = r->stops_qemu;
	r->s.keep_memory = !r->options->no_memory;
	if (file_write_durable(begun, "", 0, err) || revert_enter(&r->s, STEP_KEEP, err))
		return -1;
	if (!r->options->no_keep && keep(r, err))
		return -1;
	/* Stage now: a lack of room must show before the point of no return. */
	if (hold(r, err) ||
	    (image_goes_back(&r->s) && r->s.keep_memory && image_stage(r->env, &r->s, err)))
		return -1;
	return destroy(r, err);
}

/* Find the image that the guest is saved in. */
static int find_saved(struct reverting *r, struct sx_err *err)
{
	const struct marker *m;
	MARKERS all = { 0 };

	if (!r->runs && markers_load_settled(r->env, &all, err))
		return -1;
	m = r->runs ? NULL : kept_saved(&all, r->s.guest);
	sx_set(&r->saved, m ? m->image : "");
	return 0;
}

/* `named`: the word is a name, even if it is all digits. */
static int find(struct reverting *r, const char *word, bool named, const char *name,
		struct sx_err *err)
{
	LIVE *live = NULL;
	LIVE_DOMAIN d = { 0 };
	SX_ERR why = { 0 };

	if (live_open(&live, err))
		return -1;
	r->runs = (named ? live_find_name(live, word, &d, &why)
			 : domain_find(r->env, live, word, &d, &why)) == 0;
	if (!r->runs && why.code != SX_ENODOMAIN)
		return sx_err_move(err, &why);
	r->stops_qemu = r->runs && snapshot_stops_qemu(live, d.domid);
	return snapshot_find(r->env, r->runs ? d.name : word, name, &r->s, err) ||
			       check_guest(r, &d, err) || find_saved(r, err)
		       ? -1
		       : 0;
}

/* Revert. After an error in `begin`, go back to the unchanged guest if that is still possible. */
static int act(struct reverting *r, struct sx_err *err)
{
	SX_ERR why = { 0 };
	bool reverted = false;
	sigset_t before;
	int result;

	if (begin(r, err)) {
		result = revert_go_on(r->env, &r->s, &reverted, &why);
		if (result)
			flow_notice(r->env, "%s", why.msg);
		if (result || !reverted)
			return sx_err_wrap(err, "%s: not reverted", r->s.guest);
		/* The guest was gone all the same. */
		flow_notice(r->env, "%s: %s", r->s.guest, err->msg);
		sx_err_clear(err);
		return 0;
	}
	proc_hold_signals(&before);
	result = revert_go_on(r->env, &r->s, NULL, err);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return result;
}

/* A dry run: refuse what the real run would refuse, and fill in the plan. */
static int try(struct reverting *r, struct sx_err *err)
{
	bool begun = r->s.state == SNAPSHOT_REVERTING;

	r->plan->runs = r->runs;
	r->plan->saved = sx_strdup(r->saved);
	if (!begun && ((!r->options->no_keep && keep(r, err)) || hold(r, err)))
		return sx_err_wrap(err, "%s: not reverted", r->s.guest);
	r->s.keep_memory = !r->options->no_memory && (!begun || r->s.keep_memory);
	r->plan->to = sx_steal(&r->s);
	return 0;
}

static int run(struct reverting *r, struct sx_err *err)
{
	/* Continue a revert that was begun, without its memory if that is not wanted now. */
	if (r->s.state == SNAPSHOT_REVERTING && !r->env->dry_run) {
		r->s.keep_memory = r->s.keep_memory && !r->options->no_memory;
		return revert_go_on(r->env, &r->s, NULL, err);
	}
	if (r->s.state != SNAPSHOT_REVERTING && (check_sound(r, err) || check_places(r, err) ||
						 check_image(r, err) || check_unused(r, err)))
		return -1;
	return r->env->dry_run ? try(r, err) : act(r, err);
}

void snapshot_revert_plan_dispose(struct snapshot_revert_plan *plan)
{
	snapshot_dispose(&plan->to);
	free(plan->keeps);
	free(plan->saved);
}

int revert_named(const struct flow_env *env, const char *word, const char *name,
		 const struct revert_options *options, struct snapshot_revert_plan *plan,
		 struct sx_err *err)
{
	SX_CLEANUP(reverting_dispose)
	struct reverting r = { .env = env, .options = options, .plan = plan };
	size_t settled = 0, pending = 0;
	SX_FREE char *guest = NULL;
	SX_LOCK lock = { 0 };

	if (find(&r, word, false, name, err))
		return -1;
	if (env->dry_run)
		return run(&r, err);
	guest = sx_strdup(r.s.guest);
	snapshot_dispose(&r.s);
	/* Whoever held the lock may have changed both the guest and the snapshot. */
	if (recover_all(env, guest, &settled, &pending, err) ||
	    snapshot_lock(env, guest, &lock, err) || find(&r, guest, true, name, err))
		return -1;
	return run(&r, err);
}
