/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Settle the markers that a killed safexl left halfway, from what libxl and the disks say.
 * Conservative: without proof the image stays refused, with the reason. See marker.h.
 */
#include "guard/marker_private.h"
#include "guard/saved.h"
#include "host/file.h"
#include "host/lock.h"

#include <string.h>
#include <sys/stat.h>

static bool is_this_boot(const struct marker *m)
{
	SX_FREE char *boot_id = proc_boot_id();

	return sx_streq(boot_id, m->boot_id);
}

/* Our own pid does not count as alive: the step of ours that wrote it has failed. */
static bool is_alive(const struct marker *m, const struct proc_id *id)
{
	struct proc_id now;

	return id->pid && id->pid != getpid() && is_this_boot(m) && proc_identify(id->pid, &now) &&
	       now.start == id->start;
}

static enum saved_presence look_restored(const struct marker *m)
{
	return saved_domain_look(*m->runs_as ? m->runs_as : m->name, "");
}

/*
 * Nobody works on it. `xl restore -F` lives as long as the guest: once that runs, the image is used
 * up, whatever xl does.
 */
static bool is_orphan(const struct marker *m)
{
	if (!saved_in_progress(m))
		return false;
	if (!is_alive(m, &m->owner) && !is_alive(m, &m->child))
		return true;
	if (m->state == MARKER_DISCARDING && !*m->runs_as)
		return false;
	return (m->state == MARKER_RESTORING || m->state == MARKER_DISCARDING) && m->child.pid &&
	       look_restored(m) == SAVED_RUNS;
}

static const char *begun(const struct marker *m)
{
	return m->state == MARKER_SAVING      ? "save"
	       : m->state == MARKER_RESTORING ? "restore"
	       : m->state == MARKER_MIGRATING ? "migration"
					      : "--discard-marker";
}

/*
 * Leave it for later: the notice, and `pending` for the commands that the marker keeps refusing,
 * say why and what helps.
 */
static int wait_for(const struct flow_env *env, struct marker *m, const char *what,
		    const char *hint)
{
	flow_notice(env, "%s: an interrupted %s is not settled yet: %s", m->name, begun(m), what);
	sx_put(&m->pending,
	       sx_format("an interrupted %s of it is not settled yet: %s", begun(m), what));
	sx_set(&m->pending_hint, hint);
	return 0;
}

static int wait_xen(const struct flow_env *env, struct marker *m)
{
	return wait_for(env, m, "Xen cannot be asked whether the guest runs",
			"when it can be asked: safexl recover");
}

/* The guest exists, paused: a person decides whether it runs or ends. */
static int wait_paused(const struct flow_env *env, struct marker *m, const char *is)
{
	const char *name = *m->runs_as ? m->runs_as : m->name;
	SX_FREE char *what = sx_format("what xl made of it %s there, paused: 'safexl unpause %pQ' "
				       "lets it run, 'safexl destroy %pQ' ends it",
				       is, name, name);
	SX_FREE char *hint = sx_format("to let it run: safexl unpause %pQ\n"
				       "to end it: safexl destroy %pQ",
				       name, name);

	return wait_for(env, m, what, hint);
}

/* ---- save ---- */

static int finish(const struct flow_env *env, struct markers *all, struct marker *m,
		  struct sx_err *err)
{
	bool stale;

	if (saved_finish(env, all, m, saved_outcome(env, m), true, err))
		return -1;
	stale = m->state == MARKER_DISCARDED;
	if (stale)
		flow_notice(env,
			    "%s: discarded the image of an interrupted save, %s: the guest was "
			    "started again before the save was recorded",
			    m->name, m->image);
	else if (!saved_is_there(m))
		flow_notice(env,
			    "%s: finished an interrupted save: it is saved, but its image was "
			    "moved or removed; it is not in %s",
			    m->name, m->image);
	else
		flow_notice(env, "%s: finished an interrupted save: %s %s", m->name,
			    m->goes_on ? "the guest went on, its checkpoint is" : "it is saved in",
			    m->image);
	if (!stale && *m->uncertain)
		flow_notice(env, "%s: restoring it will be refused: %s", m->name, m->uncertain);
	return 0;
}

/*
 * xl finished, but safexl was killed before the image had its name. Without evidence of the disks
 * yet, take it now: a write since the image's last byte must then show a later time.
 */
static int complete(const struct flow_env *env, struct markers *all, struct marker *m,
		    struct saved_image *image, enum saved_presence p, struct sx_err *err)
{
	struct stat st;

	if (fstat(image->fd, &st))
		return sx_err_sys(err, SX_EFAIL, "%s", m->temp);
	/* xl was killed before it resumed the guest. */
	if (p == SAVED_SUSPENDED)
		m->goes_on = false;
	if (!marker_disk_count(m)) {
		saved_image_note_disks(image, env, m);
		saved_note_uncertain(m, &st.st_mtim);
		saved_say_unseen(env, m);
	}
	if (saved_secure(env, m, image, err))
		return -1;
	return finish(env, all, m, err);
}

/* If the file cannot be removed, a discarded marker keeps it listed for images --prune. */
static int withdraw(const struct flow_env *env, struct marker *m, const char *why,
		    struct sx_err *err)
{
	SX_FREE char *image = sx_strdup(m->image);
	SX_FREE char *left = NULL;

	if (saved_withdraw(m, err)) {
		left = sx_format("; what is left of it stays: %s", err->msg);
		sx_err_clear(err);
		if (saved_leave(env, m, why, err))
			return -1;
	}
	flow_notice(env, "%s: withdrew an interrupted save to %s: %s%s", m->name, image, why,
		    left ? left : "");
	return 0;
}

/* The guest is gone. */
static int give_up(const struct flow_env *env, struct marker *m, const struct sx_err *why,
		   struct sx_err *err)
{
	SX_FREE char *image = sx_strdup(m->image);

	if (saved_give_up(env, m, why, err))
		return -1;
	if (m->state == MARKER_SAVED) {
		flow_notice(env, "%s: an interrupted save to %s may hold the guest, but %s",
			    m->name, image, m->uncertain);
		return 0;
	}
	flow_notice(env, "%s: withdrew an interrupted save to %s: %s", m->name, image, why->msg);
	if (m->state == MARKER_DISCARDED)
		flow_notice(env, "%s: it does not run; what was saved of its memory is in %s",
			    m->name, m->image);
	return 0;
}

static int settle_saving(const struct flow_env *env, struct markers *all, struct marker *m,
			 struct sx_err *err)
{
	SAVED_IMAGE image = SAVED_IMAGE_NONE;
	SX_ERR why = { 0 };
	enum saved_presence p = saved_domain_look(m->name, m->uuid);
	bool whole;

	if (*m->image_id)
		return finish(env, all, m, err);
	if (!m->child.pid)
		return withdraw(env, m, "xl had not begun", err);
	if (p == SAVED_UNKNOWN)
		return wait_xen(env, m);
	if (p == SAVED_RUNS || p == SAVED_PAUSED)
		return withdraw(env, m, "the guest runs", err);
	whole = saved_image_open(m->temp, &image, &why) == 0 &&
		saved_image_prove(&image, &why) == 0;
	if (!whole && p == SAVED_SUSPENDED && !why.sys_errno)
		return withdraw(env, m,
				"the guest is still there, suspended ('xl resume' of Xen "
				"4.20 lets it go on)",
				err);
	if (whole && !is_this_boot(m)) {
		sx_err_set(&why, SX_EFAIL, "the host went down before its image was safe on disk");
		whole = false;
	}
	if (!whole)
		return give_up(env, m, &why, err);
	return complete(env, all, m, &image, p, err);
}

/* ---- restore, migrate ---- */

/* The image is unused only if xl never ran or the disks are proven unchanged. */
static bool is_untouched(const struct flow_env *env, const struct marker *m)
{
	SX_WORDS what = { 0 };
	SX_WORDS notes = { 0 };

	return !m->child.pid || marker_compare(m, env, &what, &notes) == EVIDENCE_UNCHANGED_EXACT;
}

static int settle_restoring(const struct flow_env *env, struct marker *m, struct sx_err *err)
{
	switch (look_restored(m)) {
	case SAVED_UNKNOWN:
		return wait_xen(env, m);
	case SAVED_PAUSED:
		return wait_paused(env, m, "is");
	case SAVED_ABSENT:
		if (!is_untouched(env, m))
			break;
		flow_notice(env, "%s: withdrew an interrupted restore: %s is unchanged", m->name,
			    m->image);
		return marker_back(env, m, err);
	case SAVED_SUSPENDED:
	case SAVED_RUNS:
		break;
	}
	flow_notice(env,
		    "%s: an interrupted restore of %s had restored the guest: the image cannot be "
		    "restored again",
		    m->name, m->image);
	return marker_used(env, m, err);
}

/* Nobody saw how xl migrate ended: the guest is still here, or there. */
static int settle_migrating(const struct flow_env *env, struct marker *m, struct sx_err *err)
{
	enum saved_presence p = saved_domain_look(m->name, m->uuid);

	if (m->child.pid && p == SAVED_UNKNOWN)
		return wait_xen(env, m);
	if (!m->child.pid || p != SAVED_ABSENT) {
		flow_notice(env, "%s: withdrew an interrupted migration: %s", m->name,
			    m->child.pid ? "it runs here" : "xl had not begun");
		return marker_remove(m, err);
	}
	flow_notice(
		env,
		"%s: finished an interrupted migration: it does not run here, so safexl assumes "
		"that it runs on %s",
		m->name, m->to_host);
	m->state = MARKER_MIGRATED;
	return marker_write(env, m, err);
}

/* ---- --discard-marker ---- */

static int settle_discarding(const struct flow_env *env, struct marker *m, struct sx_err *err)
{
	enum discard_end end = discard_judge(m);

	if (end == DISCARD_OPEN)
		return wait_paused(env, m, "may be");
	return discard_settle(env, m, end, err);
}

/* ---- all ---- */

static int settle_one(const struct flow_env *env, struct markers *all, struct marker *m,
		      struct sx_err *err)
{
	switch (m->state) {
	case MARKER_SAVING:
		return settle_saving(env, all, m, err);
	case MARKER_RESTORING:
		return settle_restoring(env, m, err);
	case MARKER_MIGRATING:
		return settle_migrating(env, m, err);
	case MARKER_DISCARDING:
		return settle_discarding(env, m, err);
	default:
		return 0;
	}
}

/* The marker as it is on disk now. NULL: it is gone, and left the list; or `err`: unreadable. */
static struct marker *reload(struct markers *all, const struct marker *m, struct sx_err *err)
{
	size_t i = 0;

	while (i < all->len && all->items[i] != m)
		i++;
	if (i == all->len || marker_reload(&all->items[i], err))
		return NULL;
	if (all->items[i])
		return all->items[i];
	saved_drop(all, i);
	return NULL;
}

/*
 * A marker that cannot be settled keeps guarding its own guest, and does not hold up the others.
 * True: nothing is left to do for it.
 */
static bool settle(const struct flow_env *env, struct markers *all, struct marker *m)
{
	static const char again[] = "after fixing the cause: safexl recover";
	enum marker_state was = m->state;
	SX_FREE char *pending = NULL, *hint = NULL;
	SX_ERR err = { 0 };
	struct marker *now;

	/* Its safexl may have completed it after we read the file. */
	now = reload(all, m, &err);
	if (now && is_orphan(now) && settle_one(env, all, now, &err))
		wait_for(env, now, err.msg, err.hint ? err.hint : again);
	else if (err.code)
		wait_for(env, m, err.msg, again);
	if (!now)
		return !err.code;
	m = now;
	pending = sx_steal(&m->pending);
	hint = sx_steal(&m->pending_hint);
	sx_err_clear(&err);
	now = reload(all, m, &err);
	/* Its file cannot be read now: assume the state it had. */
	if (err.code) {
		m->state = was;
		wait_for(env, m, err.msg, again);
	}
	if (!now)
		return !err.code;
	now->pending = sx_steal(&pending);
	now->pending_hint = sx_steal(&hint);
	return !now->pending;
}

size_t markers_settle(const struct flow_env *env, struct markers *all)
{
	size_t settled = 0;

	for (size_t i = all->len; i-- > 0 && !env->dry_run;)
		/* Settling one may remove others from the list. */
		if (i < all->len && is_orphan(all->items[i]))
			settled += settle(env, all, all->items[i]);
	return settled;
}

void markers_keep_pending(struct markers *now, struct markers *before)
{
	sx_each_of(struct marker, m, now) {
		for (size_t k = 0; k < before->len; k++) {
			struct marker *was = before->items[k];

			if (!was->pending || !sx_streq(was->file, m->file) ||
			    was->state != m->state)
				continue;
			m->pending = sx_steal(&was->pending);
			m->pending_hint = sx_steal(&was->pending_hint);
		}
	}
}

/* Its safexl is dead, but its xl is not. */
static bool is_left_to_xl(const struct marker *m)
{
	return saved_in_progress(m) && !is_alive(m, &m->owner) && is_alive(m, &m->child);
}

static bool has_orphans(const struct markers *all)
{
	for (size_t i = 0; i < all->len; i++)
		if (is_orphan(all->items[i]))
			return true;
	return false;
}

int markers_take(const struct flow_env *env, struct sx_lock *lock, struct markers *out,
		 struct sx_err *err)
{
	if (flow_lock(env, "guard", "markers", lock, err) || markers_load(env, out, err))
		return -1;
	markers_settle(env, out);
	return 0;
}

int markers_load_settled(const struct flow_env *env, struct markers *out, struct sx_err *err)
{
	SX_LOCK lock = { 0 };

	if (markers_load(env, out, err))
		return -1;
	if (!has_orphans(out))
		return 0;
	markers_dispose(out);
	return markers_take(env, &lock, out, err);
}

/* How many are left; each gets the reason why. */
static size_t tell_pending(const struct flow_env *env, struct markers *all)
{
	size_t pending = 0;

	sx_each_of(struct marker, m, all) {
		SX_FREE char *what = NULL;

		if (!m->pending && is_left_to_xl(m)) {
			what = sx_format("its xl (pid %ld) is still at work", (long)m->child.pid);
			wait_for(env, m, what, "wait until that has ended");
		}
		pending += m->pending != NULL;
	}
	return pending;
}

int guard_recover(const struct flow_env *env, size_t *settled, size_t *pending, struct sx_err *err)
{
	SX_FREE char *dir = markers_dir(env);
	SX_LOCK lock = { 0 };
	MARKERS all = { 0 };

	if (flow_lock(env, "guard", "markers", &lock, err) || markers_load(env, &all, err))
		return -1;
	*settled += markers_settle(env, &all);
	*pending += tell_pending(env, &all);
	markers_tell_bad(env, &all);
	*pending += all.bad.len;
	file_sweep(dir);
	return 0;
}
