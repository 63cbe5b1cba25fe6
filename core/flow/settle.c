/*
 * Markers that a killed safexl left half-way: what libxl and the disks say decides. Conservative:
 * what cannot be proven leaves the image refused, with the reason. See marker.h.
 */
#include "saved.h"

#include <safexl/file.h>
#include <safexl/lock.h>

#include <string.h>

static bool is_alive(const struct marker *m, const struct proc_id *id)
{
	SX_FREE char *boot_id = proc_boot_id();
	struct proc_id now;

	return id->pid && sx_streq(boot_id, m->boot_id) && proc_identify(id->pid, &now) &&
	       now.start == id->start;
}

static int finish_rename(const struct flow_env *env, struct markers *all, struct marker *m,
			 struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(m->image);

	if (*m->temp && access(m->temp, F_OK) == 0 && rename(m->temp, m->image))
		return sx_err_sys(err, SX_ECANTWRITE, "rename %s to %s", m->temp, m->image);
	if (file_sync_dir(dir, err))
		return -1;
	free(m->temp);
	m->temp = sx_strdup("");
	m->state = m->goes_on ? MARKER_CHECKPOINT : MARKER_SAVED;
	if (marker_write(env, m, err) || saved_supersede(env, all, m, err))
		return -1;
	flow_notice(env, "%s: finished an interrupted save: it is saved in %s", m->name, m->image);
	if (*m->doubt)
		flow_notice(env, "%s: restoring it will be refused: %s", m->name, m->doubt);
	return 0;
}

/*
 * xl finished, safexl was killed before the image had its name. It may even not have looked at the
 * disks: then what was written since the image's last byte must have a later time.
 */
static int complete_image(const struct flow_env *env, struct markers *all, struct marker *m,
			  struct saved_image *image, struct sx_err *err)
{
	struct stat st;

	if (fstat(image->fd, &st) || fsync(image->fd))
		return sx_err_sys(err, SX_ECANTWRITE, "write %s to disk", m->temp);
	if (!marker_disk_count(m)) {
		saved_image_note_disks(image, env, m);
		saved_note_doubt(m, st.st_mtim.tv_sec);
	}
	free(m->image_id);
	m->image_id = sx_strdup(image->id);
	if (marker_write(env, m, err))
		return -1;
	return finish_rename(env, all, m, err);
}

static int withdraw(const struct flow_env *env, struct markers *all, size_t i, const char *why,
		    struct sx_err *err)
{
	struct marker *m = all->items[i];

	if (marker_remove(m, err))
		return -1;
	flow_notice(env, "%s: withdrew an interrupted save to %s: %s", m->name, m->image, why);
	saved_drop(all, i);
	return 0;
}

/* Half an image of a guest that runs is of no use to anybody. */
static int withdraw_running(const struct flow_env *env, struct markers *all, size_t i,
			    struct sx_err *err)
{
	unlink(all->items[i]->temp);
	return withdraw(env, all, i, "the guest runs", err);
}

static int settle_saving(const struct flow_env *env, struct markers *all, size_t i,
			 struct sx_err *err)
{
	struct marker *m = all->items[i];
	SAVED_IMAGE image = SAVED_IMAGE_NONE;
	SX_ERR why = { 0 };
	bool known;
	bool runs = saved_domain_runs(m->name, m->uuid, &known);

	if (*m->image_id)
		return finish_rename(env, all, m, err);
	if (!known)
		return 0;
	if (runs)
		return withdraw_running(env, all, i, err);
	/* The guest is gone: what there is of its memory is left for a person to look at. */
	if (saved_image_open(m->temp, &image, &why) || saved_image_prove(&image, &why))
		return withdraw(env, all, i, why.msg, err);
	return complete_image(env, all, m, &image, err);
}

static int settle_restoring(const struct flow_env *env, struct markers *all, size_t i,
			    struct sx_err *err)
{
	struct marker *m = all->items[i];
	SX_WORDS what = { 0 };
	SX_WORDS notes = { 0 };
	bool known;
	bool runs = saved_domain_runs(m->name, "", &known);

	if (!known)
		return 0;
	if (runs || (m->child.pid && marker_compare(m, env->settings.verify_full, &what, &notes) >
					     EVIDENCE_UNCHANGED_SEEN)) {
		flow_notice(env, "%s: an interrupted restore of %s used the image up", m->name,
			    m->image);
		return marker_end(env, m, MARKER_RESTORED, err);
	}
	flow_notice(env, "%s: an interrupted restore came to nothing: %s is as before", m->name,
		    m->image);
	if (marker_back(env, m, err))
		return -1;
	if (!*m->before)
		saved_drop(all, i);
	return 0;
}

/* xl migrate ended unseen: the guest is here still, or there. */
static int settle_migrating(const struct flow_env *env, struct markers *all, size_t i,
			    struct sx_err *err)
{
	struct marker *m = all->items[i];
	bool known;
	bool runs = saved_domain_runs(m->name, m->uuid, &known);

	if (!known)
		return 0;
	if (runs) {
		if (marker_remove(m, err))
			return -1;
		flow_notice(env, "%s: withdrew an interrupted migration: it runs here", m->name);
		saved_drop(all, i);
		return 0;
	}
	flow_notice(
		env,
		"%s: finished an interrupted migration: it does not run here, so it is taken to run on %s",
		m->name, m->to_host);
	m->state = MARKER_MIGRATED;
	return marker_write(env, m, err);
}

static bool is_orphan(const struct marker *m)
{
	return (m->state == MARKER_SAVING || m->state == MARKER_RESTORING ||
		m->state == MARKER_MIGRATING) &&
	       !is_alive(m, &m->owner) && !is_alive(m, &m->child);
}

static int settle_one(const struct flow_env *env, struct markers *all, size_t i, struct sx_err *err)
{
	switch (all->items[i]->state) {
	case MARKER_SAVING:
		return settle_saving(env, all, i, err);
	case MARKER_RESTORING:
		return settle_restoring(env, all, i, err);
	case MARKER_MIGRATING:
		return settle_migrating(env, all, i, err);
	default:
		return 0;
	}
}

int markers_settle(const struct flow_env *env, struct markers *all, struct sx_err *err)
{
	for (size_t i = all->len; i-- > 0;) {
		/* Settling one may take others from the list. */
		if (i >= all->len || !is_orphan(all->items[i]))
			continue;
		/* Its safexl may have written its last word after we read the file. */
		if (marker_reload(&all->items[i], err))
			return -1;
		if (!all->items[i])
			saved_drop(all, i);
		else if (is_orphan(all->items[i]) && settle_one(env, all, i, err))
			return sx_err_wrap(
				err, "an interrupted save, restore or migration cannot be settled");
	}
	return 0;
}

static size_t count_orphans(const struct markers *all)
{
	size_t n = 0;

	for (size_t i = 0; i < all->len; i++)
		n += is_orphan(all->items[i]);
	return n;
}

int markers_load_settled(const struct flow_env *env, struct markers *out, struct sx_err *err)
{
	SX_LOCK lock = { 0 };

	if (markers_load(env, out, err))
		return -1;
	if (!count_orphans(out))
		return 0;
	markers_dispose(out);
	if (flow_lock(env, "guard", "markers", &lock, err) || markers_load(env, out, err))
		return -1;
	return markers_settle(env, out, err);
}

int guard_recover(const struct flow_env *env, size_t *settled, size_t *pending, struct sx_err *err)
{
	SX_LOCK lock = { 0 };
	MARKERS all = { 0 };
	size_t before, after;

	if (flow_lock(env, "guard", "markers", &lock, err) || markers_load(env, &all, err))
		return -1;
	before = count_orphans(&all);
	if (markers_settle(env, &all, err))
		return -1;
	after = count_orphans(&all);
	*settled += before - after;
	*pending += after;
	return 0;
}
