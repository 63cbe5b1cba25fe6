/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* After xl has ended: prove and sync the image, or undo what is left of the save. */
#include "guard/save.h"
#include "host/lock.h"

#include <sys/stat.h>
#include <sys/wait.h>

/*
 * Note the disks before the long proof of the image: if safexl is killed meanwhile, the evidence
 * taken right after xl's end settles the save. A guest that goes on may have written already.
 */
static int note_disks(struct save *s, struct saved_image *image, struct sx_err *err)
{
	struct stat st;

	if (fstat(image->fd, &st))
		return sx_err_sys(err, SX_EFAIL, "%s", image->path);
	saved_image_note_disks(image, s->env, s->marker);
	if (s->split.goes_on && !s->split.paused)
		saved_note_uncertain(s->marker, &st.st_mtim);
	return marker_write(s->env, s->marker, err);
}

static int publish(struct save *s, const struct saved_image *image, struct sx_err *err)
{
	SX_LOCK lock = { 0 };
	MARKERS all = { 0 };

	if (saved_secure(s->env, s->marker, image, err) ||
	    flow_lock(s->env, "guard", "markers", &lock, err) || markers_load(s->env, &all, err))
		return -1;
	return saved_finish(s->env, &all, s->marker,
			    s->still && s->marker->goes_on ? MARKER_SNAPSHOT
							   : saved_outcome(s->env, s->marker),
			    false, err);
}

static void say_saved(const struct save *s)
{
	const struct marker *m = s->marker;
	size_t unseen = saved_say_unseen(s->env, m);
	const char *goes_on = "";

	if (s->split.paused)
		goes_on = "; the guest is paused, and this image is a checkpoint only";
	else if (m->goes_on)
		goes_on = "; the guest goes on, so this image is a checkpoint only";
	flow_notice(s->env,
		    "%s: saved in %s, complete and on disk; the state of %zu of %zu disks is "
		    "recorded%s",
		    m->name, m->image, marker_disk_count(m) - unseen, marker_disk_count(m),
		    goes_on);
	if (*m->uncertain)
		flow_notice(s->env, "%s: restoring it will be refused: %s", m->name, m->uncertain);
}

/* Not everything is recorded: `safexl recover` completes it. */
static int save_partial(const struct save *s, const char *what, struct sx_err *err)
{
	sx_err_wrap(err, "%s: %s", s->domain.name, what);
	err->code = SX_EPARTIAL;
	return sx_err_hint(err, "after fixing the cause: safexl recover");
}

/* The guest still runs, and an older image of that name is untouched. */
static int save_failed(struct save *s, struct sx_err *err)
{
	if (saved_withdraw(s->marker, err))
		return save_partial(s, "xl failed, and what is left of the save cannot be removed",
				    err);
	return 0;
}

/* xl reported success, but the image is unusable. */
static int save_broken(struct save *s, enum saved_presence p, struct sx_err *why,
		       struct sx_err *err)
{
	SX_FREE char *temp = sx_strdup(s->marker->temp);
	bool gone = p == SAVED_ABSENT || p == SAVED_UNKNOWN;

	if (gone ? saved_give_up(s->env, s->marker, why, err) : saved_withdraw(s->marker, err))
		return save_partial(s, "the image is incomplete, and safexl cannot record that",
				    err);
	sx_err_set(err, gone ? SX_EPARTIAL : SX_EFAIL,
		   "%s: xl reported success, but the image is incomplete: %s", s->domain.name,
		   why->msg);
	if (!gone)
		return sx_err_hint(err,
				   "the guest is still there, nothing was done to %s; "
				   "for its state: safexl where %pQ",
				   s->image, s->domain.name);
	return sx_err_hint(err,
			   "nothing was done to %s; what xl wrote is left in %s; "
			   "for its state: safexl where %pQ",
			   s->image, temp, s->domain.name);
}

/*
 * xl failed and the guest does not run: xl was killed at the wrong moment. A complete image is then
 * all there is of the guest.
 */
static int save_lost(struct save *s, enum saved_presence p, bool whole, struct sx_err *why,
		     struct sx_err *err)
{
	struct marker *m = s->marker;
	SX_FREE char *temp = sx_strdup(m->temp);

	if (whole)
		return 0;
	if (p == SAVED_SUSPENDED) {
		flow_notice(s->env,
			    "%s: xl left it suspended: it does not run, and is not saved either "
			    "('xl resume' of Xen 4.20 lets it go on)",
			    m->name);
		return save_failed(s, err);
	}
	if (saved_give_up(s->env, m, why, err))
		return save_partial(s, "xl failed, and safexl cannot record that", err);
	if (m->state == MARKER_DISCARDED)
		flow_notice(s->env, "%s: it is gone; what was saved of its memory is in %s",
			    m->name, temp);
	return 0;
}

/* Proving gigabytes takes time; somebody started the guest meanwhile. */
static int save_overtaken(const struct save *s, struct sx_err *err)
{
	sx_err_set(err, SX_EFAIL,
		   "%s: the guest was started again before the save was recorded: its image in %s "
		   "is discarded",
		   s->domain.name, s->marker->image);
	return sx_err_hint(err, "for its state: safexl where %pQ", s->domain.name);
}

static int save_complete(struct save *s, struct saved_image *image, struct sx_err *err)
{
	if (publish(s, image, err))
		return save_partial(s, "it is saved, but that is not recorded completely", err);
	if (s->marker->state == MARKER_DISCARDED)
		return save_overtaken(s, err);
	if (!s->still)
		say_saved(s);
	return 0;
}

/* The guest is paused: do the caller's work before the long proof of the image. */
static int work_still(struct save *s, struct sx_err *err)
{
	SX_ERR why = { 0 };

	if (s->still->work(s->marker, s->still->arg, err) == 0)
		return 0;
	if (saved_withdraw(s->marker, &why))
		flow_notice(s->env, "%s: what is left of its memory image stays: %s",
			    s->marker->name, why.msg);
	return -1;
}

int save_ended(struct save *s, int status, struct sx_err *err)
{
	SAVED_IMAGE image = SAVED_IMAGE_NONE;
	SX_ERR why = { 0 };
	enum saved_presence p = saved_domain_look(s->marker->name, s->marker->uuid);
	bool succeeded = WIFEXITED(status) && WEXITSTATUS(status) == 0, whole;

	if (!succeeded &&
	    (p == SAVED_RUNS || p == SAVED_PAUSED || (p == SAVED_UNKNOWN && WIFEXITED(status))))
		return save_failed(s, err);
	if (!succeeded && p == SAVED_UNKNOWN) {
		sx_err_set(err, SX_EPARTIAL, "Xen cannot be asked whether it runs");
		return save_partial(s, "xl was killed", err);
	}
	if (!succeeded && p == SAVED_SUSPENDED)
		s->marker->goes_on = false;
	whole = saved_image_open(s->marker->temp, &image, &why) == 0;
	if (whole && note_disks(s, &image, err))
		return save_partial(s, "it is saved, but that is not recorded completely", err);
	if (whole && succeeded && s->still && work_still(s, err))
		return -1;
	whole = whole && saved_image_prove(&image, &why) == 0;
	if (!succeeded && save_lost(s, p, whole, &why, err))
		return -1;
	if (whole)
		return save_complete(s, &image, err);
	return succeeded ? save_broken(s, p, &why, err) : 0;
}
