/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Going back to a snapshot. Until the guest is destroyed everything can be taken back; from there on the
 * way is forward, and each step can be done again. See snapshot.h.
 */
#include "change/change.h"
#include "guard/kept.h"
#include "host/file.h"
#include "snapshot/private.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

static int enter(struct snapshot *s, enum snapshot_step step, struct sx_err *err)
{
	s->step = step;
	s->child = (struct proc_id){ 0 };
	return snapshot_write(s, err);
}

/* ---- the steps from which there is no way back ---- */

static int put_disks_back(const struct flow_env *env, const struct snapshot *s, struct sx_err *err)
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
	}
	return 0;
}

static int put_config_back(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	SX_FREE char *copy = sx_path_join(s->dir, "config");
	char *words[] = { (char[]){ "revert" }, s->guest, copy, s->config, s->name, NULL };
	struct change_result result = { 0 };

	return change_run(env, change_family_find("revert"), words, FLOW_CONFIG, &result, err);
}

static int look(const struct snapshot *s, bool *there, struct live_domain *d, struct sx_err *err)
{
	struct live *live = NULL;
	int r = live_open(&live, err);

	*there = !r && live_find_name(live, s->guest, d, err) == 0;
	live_close(live);
	if (!r && !*there && err->code == SX_ENODOMAIN)
		sx_err_clear(err);
	return err->code ? -1 : 0;
}

static int restore(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	SX_FREE char *image = snapshot_image(s);
	SX_FREE char *guest = sx_quoted(s->guest);
	const char *words[] = { "restore", "-p", image, NULL };

	if (still_xl(env, s, words, err) == 0)
		return 0;
	if (err->code != SX_EXL)
		return -1;
	sx_err_set(err, SX_EPARTIAL,
		   "disks and configuration are put back, but xl cannot restore its memory");
	return sx_err_hint(err,
			   "to try it again: safexl recover\n"
			   "to do without its memory: safexl revert --no-memory %s %s",
			   guest, s->name);
}

/* Restored paused, so that a guest that runs is one whose revert was complete. */
static int put_memory_back(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	struct live_domain d = { 0 };
	SX_FREE char *number = NULL;
	bool there, paused;

	if (look(s, &there, &d, err) ||
	    (!there && (restore(env, s, err) || look(s, &there, &d, err))))
		return -1;
	number = sx_format("%" PRIu32, d.domid);
	paused = there && d.state == LIVE_PAUSED;
	live_domain_dispose(&d);
	if (paused) {
		const char *words[] = { "unpause", number, NULL };

		return still_xl(env, NULL, words, err);
	}
	return there ? 0 : sx_err_set(err, SX_EFAIL, "xl restored it, and it is not there");
}

/* It is a snapshot as before. */
static int end(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	SX_FREE char *above = sx_path_dir(s->dir), *begun = snapshot_begun(above);

	s->state = SNAPSHOT_COMPLETE;
	s->pauses = false;
	if (kept_release(env, s->dir, err) || enter(s, STEP_KEEP, err))
		return -1;
	return file_remove_durable(begun, err);
}

static int forward(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	if ((s->step == STEP_DESTROY || s->step == STEP_DISKS) && still_off(s, err))
		return -1;
	if (s->step == STEP_DESTROY && enter(s, STEP_DISKS, err))
		return -1;
	if (s->step == STEP_DISKS && (put_disks_back(env, s, err) || enter(s, STEP_CONFIG, err)))
		return -1;
	if (s->step == STEP_CONFIG && (put_config_back(env, s, err) || enter(s, STEP_MEMORY, err)))
		return -1;
	if (s->memory && s->keep_memory && put_memory_back(env, s, err))
		return -1;
	if (end(env, s, err))
		return -1;
	flow_notice(env, "%s: it is as in the snapshot '%s' (%s)%s", s->guest, s->name, s->taken_at,
		    s->memory && s->keep_memory ? ", and goes on from there" : "; it is off");
	return 0;
}

/* Nothing was changed: the guest that was paused for it runs. */
static int back(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	if (still_end(env, s, err) || end(env, s, err))
		return -1;
	flow_notice(env, "%s: nothing came of the revert to '%s': it is as before", s->guest,
		    s->name);
	return 0;
}

bool revert_is_quick(const struct snapshot *s)
{
	struct live_domain d = { 0 };
	SX_ERR ignored = { 0 };
	bool there;

	if (s->step == STEP_KEEP)
		return true;
	if (s->step != STEP_DESTROY && s->step != STEP_MEMORY)
		return false;
	if (look(s, &there, &d, &ignored))
		there = false;
	live_domain_dispose(&d);
	return there;
}

int revert_go_on(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	struct live_domain d = { 0 };
	bool there;

	if (s->step == STEP_KEEP)
		return back(env, s, err);
	if (s->step == STEP_DESTROY) {
		if (look(s, &there, &d, err))
			return -1;
		live_domain_dispose(&d);
		/* It was to be destroyed, and was not: all is there as it was. */
		if (there)
			return back(env, s, err);
	}
	if (forward(env, s, err) == 0)
		return 0;
	sx_err_wrap(err, "%s: the revert to '%s' is not complete", s->guest, s->name);
	err->code = SX_EPARTIAL;
	return err->hint ? -1 : sx_err_hint(err, "after fixing the cause: safexl recover");
}

/* ---- before that ---- */

struct reverting {
	const struct flow_env *env;
	const struct revert_options *options;
	struct snapshot_revert_plan *plan; /* filled in, in a dry run */
	struct snapshot s;
	bool runs, stops_qemu;
};

static void reverting_dispose(struct reverting *r)
{
	snapshot_dispose(&r->s);
}

/* A disk that has another size now, or is gone: what would be put back where? */
static int check_places(const struct reverting *r, struct sx_err *err)
{
	for (size_t i = 0; i < r->s.disks.len; i++) {
		const struct snapshot_disk *d = &r->s.disks.items[i];
		SX_CLOSE int fd = -1;
		int64_t size;

		if (!kind_find(d->kind))
			continue;
		fd = bytes_open(d->object, err);
		size = fd < 0 ? -1 : bytes_size(fd, d->object, err);
		if (size < 0)
			return sx_err_wrap(err, "%s: not reverted: disk %s", r->s.guest, d->vdev);
		if (size == d->size)
			continue;
		sx_err_set(err, SX_EGUARD,
			   "%s: not reverted: disk %s (%s) has %" PRIi64 " bytes now, and %" PRIi64
			   " in the snapshot",
			   r->s.guest, d->vdev, d->object, size, d->size);
		return sx_err_hint(err, "give it that size again, or put it back by hand: %s",
				   d->volume);
	}
	return 0;
}

/* The guest is off: whoever has one of its disks now would lose what they write. */
static int check_unused(const struct reverting *r, struct sx_err *err)
{
	struct evidence_options options = { 0 };
	struct evidence_uses *uses = NULL;
	SX_FREE char *guest = sx_quoted(r->s.guest), *name = sx_quoted(r->s.name);
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
		(void)sx_err_hint(err, "once nobody uses it any more: safexl revert %s %s", guest,
				  name);
	}
	evidence_uses_free(uses);
	return result;
}

static int check_sound(const struct reverting *r, struct sx_err *err)
{
	SX_FREE char *fault = snapshot_fault(r->env, &r->s), *guest = sx_quoted(r->s.guest);

	if (!fault)
		return 0;
	sx_err_set(err, SX_EGUARD, "%s: not reverted: the snapshot '%s' is not sound: %s",
		   r->s.guest, r->s.name, fault);
	return sx_err_hint(err, "to be rid of it: safexl snapshots --drop %s %s", r->s.name, guest);
}

static int check_guest(struct reverting *r, const struct live_domain *d, struct sx_err *err)
{
	SX_FREE char *name = sx_quoted(r->s.guest);

	snapshot_set(&r->s.paused_uuid, r->runs ? d->uuid : "");
	r->s.domid = d->domid;
	if (!r->runs || d->state == LIVE_RUNS)
		return 0;
	sx_err_set(err, SX_EGUARD, "%s: not reverted: it is neither running nor off", r->s.guest);
	return d->state == LIVE_PAUSED
		       ? sx_err_hint(err, "let it run first: safexl unpause %s", name)
		       : sx_err_hint(err, "for its state: safexl where %s", name);
}

/* The name under which the present is kept. Heap string. */
static char *keep_name(const struct reverting *r)
{
	SX_FREE char *dir = sx_path_dir(r->s.dir);
	char *name = sx_format("before-%.50s", r->s.name);

	for (unsigned n = 2;; n++) {
		SX_FREE char *path = sx_path_join(dir, name);

		if (access(path, F_OK))
			return name;
		free(name);
		name = sx_format("before-%.50s-%u", r->s.name, n);
	}
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
	SX_FREE char *name = keep_name(r), *guest = sx_quoted(r->s.guest);
	struct snapshot_options options = { .name = name,
					    .copy = r->options->copy || has_copies(&r->s) };
	SNAPSHOT kept = { 0 };

	if (take_locked(r->env, r->s.guest, &options, true, &kept, err)) {
		if (err->code == SX_ECANTWRITE)
			sx_err_hint(err, "to give up what is now: safexl revert --no-keep %s %s",
				    guest, r->s.name);
		return sx_err_wrap(err, "what is now cannot be kept");
	}
	if (r->env->dry_run)
		r->plan->keeps = sx_steal(&name);
	else
		flow_notice(r->env, "%s: what is now is kept as the snapshot '%s'", r->s.guest,
			    name);
	return 0;
}

static int hold(const struct reverting *r, struct sx_err *err)
{
	struct evidence_subject *subjects = sx_alloc((r->s.disks.len + 1) * sizeof(*subjects));
	struct kept_guest guest = { .name = r->s.guest,
				    .uuid = r->s.uuid,
				    .disks = subjects,
				    .count = r->s.disks.len,
				    .runs = r->runs };
	int result;

	for (size_t i = 0; i < r->s.disks.len; i++)
		snapshot_subject(&r->s.disks.items[i], false, &subjects[i]);
	result = kept_hold(r->env, &guest, r->s.dir, err);
	free(subjects);
	return result;
}

static int destroy(struct reverting *r, struct sx_err *err)
{
	SX_FREE char *number = sx_format("%" PRIu32, r->s.domid);
	const char *words[] = { "destroy", number, NULL };

	if (enter(&r->s, STEP_DESTROY, err))
		return -1;
	return r->runs ? still_xl(r->env, &r->s, words, err) : 0;
}

/* Up to where there is no way back. */
static int begin(struct reverting *r, struct sx_err *err)
{
	SX_FREE char *above = sx_path_dir(r->s.dir), *begun = snapshot_begun(above);

	r->s.state = SNAPSHOT_REVERTING;
	r->s.pauses = r->runs;
	r->s.stops_qemu = r->stops_qemu;
	r->s.keep_memory = !r->options->no_memory;
	if (file_write_durable(begun, "", 0, err) || enter(&r->s, STEP_KEEP, err))
		return -1;
	if (!r->options->no_keep && keep(r, err))
		return -1;
	return hold(r, err) || destroy(r, err) ? -1 : 0;
}

static int find(struct reverting *r, const char *word, const char *name, struct sx_err *err)
{
	struct live *live = NULL;
	struct live_domain d = { 0 };
	SX_ERR why = { 0 };
	int result = live_open(&live, err);

	if (!result) {
		r->runs = live_find(live, word, &d, &why) == 0;
		if (!r->runs && why.code != SX_ENODOMAIN)
			result = sx_err_move(err, &why);
		r->stops_qemu = r->runs && snapshot_stops_qemu(live, d.domid);
	}
	live_close(live);
	if (!result)
		result = snapshot_find(r->env, r->runs ? d.name : word, name, &r->s, err);
	if (!result)
		result = check_guest(r, &d, err);
	live_domain_dispose(&d);
	return result;
}

/* Back it goes; or, while that is still to be had, nothing was changed. */
static int act(struct reverting *r, struct sx_err *err)
{
	SX_ERR why = { 0 };
	sigset_t before;
	int result;

	if (begin(r, err)) {
		if (revert_go_on(r->env, &r->s, &why))
			flow_notice(r->env, "%s", why.msg);
		return sx_err_wrap(err, "%s: not reverted", r->s.guest);
	}
	proc_hold_signals(&before);
	result = revert_go_on(r->env, &r->s, err);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return result;
}

/* Whatever forbids it, and what it would do. */
static int try(struct reverting *r, struct sx_err *err)
{
	bool begun = r->s.state == SNAPSHOT_REVERTING;

	r->plan->runs = r->runs;
	if (!begun && ((!r->options->no_keep && keep(r, err)) || hold(r, err)))
		return sx_err_wrap(err, "%s: not reverted", r->s.guest);
	r->s.keep_memory = !r->options->no_memory && (!begun || r->s.keep_memory);
	r->plan->to = sx_steal(&r->s);
	return 0;
}

static int run(struct reverting *r, struct sx_err *err)
{
	/* One that was begun is gone on with, if need be without its memory. */
	if (r->s.state == SNAPSHOT_REVERTING && !r->env->dry_run) {
		r->s.keep_memory = r->s.keep_memory && !r->options->no_memory;
		return revert_go_on(r->env, &r->s, err);
	}
	if (r->s.state != SNAPSHOT_REVERTING &&
	    (check_sound(r, err) || check_places(r, err) || check_unused(r, err)))
		return -1;
	return r->env->dry_run ? try(r, err) : act(r, err);
}

void snapshot_revert_plan_dispose(struct snapshot_revert_plan *plan)
{
	snapshot_dispose(&plan->to);
	free(plan->keeps);
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

	if (find(&r, word, name, err))
		return -1;
	if (env->dry_run)
		return run(&r, err);
	guest = sx_strdup(r.s.guest);
	snapshot_dispose(&r.s);
	/* Whoever had the lock may have changed both the guest and the snapshot. */
	if (recover_all(env, guest, &settled, &pending, err) ||
	    snapshot_lock(env, guest, &lock, err) || find(&r, guest, name, err))
		return -1;
	return run(&r, err);
}
