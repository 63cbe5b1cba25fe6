/*
 * Markers that a killed safexl left half-way: what libxl and the disks say decides. Conservative:
 * what cannot be proven leaves the image refused, with the reason. See marker.h.
 */
#include "saved.h"

#include <safexl/file.h>

#include <string.h>

static bool is_alive(const struct marker *m, const struct proc_id *id)
{
	SX_FREE char *boot_id = proc_boot_id();
	struct proc_id now;

	return id->pid && sx_streq(boot_id, m->boot_id) && proc_identify(id->pid, &now) &&
	       now.start == id->start;
}

static void drop(struct markers *all, size_t i)
{
	marker_free(all->items[i]);
	memmove(&all->items[i], &all->items[i + 1], (all->len - i - 1) * sizeof(all->items[0]));
	all->len--;
}

static int finish_rename(const struct flow_env *env, struct marker *m, struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(m->image);

	if (*m->temp && access(m->temp, F_OK) == 0 && rename(m->temp, m->image))
		return sx_err_sys(err, SX_ECANTWRITE, "rename %s to %s", m->temp, m->image);
	if (file_sync_dir(dir, err))
		return -1;
	free(m->temp);
	m->temp = sx_strdup("");
	m->state = m->goes_on ? MARKER_CHECKPOINT : MARKER_SAVED;
	if (marker_write(env, m, err))
		return -1;
	flow_notice(env, "%s: an interrupted save is complete: %s", m->name, m->image);
	return 0;
}

/*
 * xl finished, safexl was killed before it looked at the disks. What was written since the image's
 * last byte has a later time; a disk that keeps no such time cannot be vouched for.
 */
static char *doubt_about(const struct marker *m, time_t image_time)
{
	for (size_t i = 0; i < marker_disk_count(m); i++) {
		struct evidence_subject s;
		time_t written;

		marker_disk(m, i, &s);
		if (!marker_last_write(m, i, &written))
			return sx_format(
				"whether disk %s (%s) was written to after it cannot be told",
				s.vdev, s.target);
		if (written > image_time)
			return sx_format("disk %s (%s) was written to after it", s.vdev, s.target);
	}
	return NULL;
}

static int complete_image(const struct flow_env *env, struct marker *m, struct saved_image *image,
			  struct sx_err *err)
{
	struct stat st;
	SX_FREE char *doubt = NULL;

	if (fstat(image->fd, &st) || fsync(image->fd))
		return sx_err_sys(err, SX_ECANTWRITE, "write %s to disk", m->temp);
	saved_image_note_disks(image, env, m);
	doubt = doubt_about(m, st.st_mtim.tv_sec);
	free(m->image_id);
	m->image_id = sx_strdup(image->id);
	if (marker_write(env, m, err) || finish_rename(env, m, err))
		return -1;
	if (!doubt)
		return 0;
	flow_notice(env, "%s: it is not restored without --discard-marker: %s", m->image, doubt);
	return marker_end(env, m, MARKER_DISCARDED, err);
}

static int withdraw(const struct flow_env *env, struct markers *all, size_t i, const char *why,
		    struct sx_err *err)
{
	struct marker *m = all->items[i];

	if (*m->temp)
		unlink(m->temp);
	if (marker_remove(m, err))
		return -1;
	flow_notice(env, "%s: withdrew an interrupted save to %s: %s", m->name, m->image, why);
	drop(all, i);
	return 0;
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
		return finish_rename(env, m, err);
	if (!known)
		return 0;
	if (runs)
		return withdraw(env, all, i, "the guest runs", err);
	if (saved_image_open(m->temp, &image, &why))
		return withdraw(env, all, i, why.msg, err);
	return complete_image(env, m, &image, err);
}

static int settle_restoring(const struct flow_env *env, struct marker *m, struct sx_err *err)
{
	SX_WORDS what = { 0 };
	SX_WORDS notes = { 0 };
	bool known;
	bool runs = saved_domain_runs(m->name, "", &known);

	if (!known)
		return 0;
	if (!runs && m->child.pid == 0) {
		flow_notice(env, "%s: an interrupted restore had not begun: %s is as before",
			    m->name, m->image);
		m->state = m->goes_on ? MARKER_CHECKPOINT : MARKER_SAVED;
		return marker_write(env, m, err);
	}
	if (!runs && marker_compare(m, env->settings.verify_full, &what, &notes) <=
			     EVIDENCE_UNCHANGED_SEEN) {
		flow_notice(env, "%s: an interrupted restore came to nothing: %s is as before",
			    m->name, m->image);
		m->state = m->goes_on ? MARKER_CHECKPOINT : MARKER_SAVED;
		return marker_write(env, m, err);
	}
	flow_notice(env, "%s: an interrupted restore of %s used the image up", m->name, m->image);
	return marker_end(env, m, MARKER_RESTORED, err);
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
		flow_notice(env, "%s: an interrupted migration came to nothing: it runs here",
			    m->name);
		drop(all, i);
		return 0;
	}
	flow_notice(
		env,
		"%s: an interrupted migration: it does not run here any more, so it is held to run on %s",
		m->name, m->to_host);
	m->state = MARKER_MIGRATED;
	return marker_write(env, m, err);
}

static int settle_one(const struct flow_env *env, struct markers *all, size_t i, struct sx_err *err)
{
	switch (all->items[i]->state) {
	case MARKER_SAVING:
		return settle_saving(env, all, i, err);
	case MARKER_RESTORING:
		return settle_restoring(env, all->items[i], err);
	case MARKER_MIGRATING:
		return settle_migrating(env, all, i, err);
	default:
		return 0;
	}
}

int markers_settle(const struct flow_env *env, struct markers *all, struct sx_err *err)
{
	for (size_t i = all->len; i-- > 0;) {
		const struct marker *m = all->items[i];

		if (is_alive(m, &m->owner) || is_alive(m, &m->child))
			continue;
		if (settle_one(env, all, i, err))
			return sx_err_wrap(
				err, "an interrupted save, restore or migration cannot be settled");
	}
	return 0;
}
