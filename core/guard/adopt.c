/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Adopt an image that plain xl saved: a person vouches that its disks are as they were at the save,
 * and from then on the guard protects it. Everything that can be examined must agree. See guard.h;
 * and saved.h for what can be said about an image without a marker.
 */
#include "domain/domain.h"
#include "domain/event.h"
#include "guard/saved.h"
#include "host/lock.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* Note where its relative paths lead, as xl will follow them. */
static void note_places(const struct flow_env *env, const struct saved_image *image,
			struct marker *m)
{
	sx_each(const struct image_disk, d, &image->config.disks) {
		SX_FREE char *object = guard_object(env, d->pdev_path);

		if (object)
			marker_add_object(m, d->vdev, object);
	}
}

struct marker *saved_unknown(const struct flow_env *env, const struct saved_image *image)
{
	const struct image_config *c = &image->config;
	struct marker *m = marker_new();

	m->name = sx_strdup(c->name ? c->name : "");
	m->uuid = sx_strdup(c->uuid ? c->uuid : "");
	m->image = sx_strdup(image->path);
	m->image_id = sx_strdup(image->id);
	m->saved_at = sx_strdup("unknown");
	note_places(env, image, m);
	saved_image_note_disks(image, env, m);
	return m;
}

/* After the image is complete xl still closes the disks, and QEMU may flush to them. */
enum { closing_s = 10 };

char *saved_written_after(const struct marker *m, const struct timespec *image)
{
	for (size_t i = 0; i < marker_disk_count(m); i++) {
		struct evidence_subject s;
		struct timespec written;
		SX_FREE char *then = NULL, *complete = NULL;

		marker_disk(m, i, &s);
		if (!marker_last_write(m, i, &written) ||
		    written.tv_sec <= image->tv_sec + closing_s)
			continue;
		then = flow_time_text(written.tv_sec);
		complete = flow_time_text(image->tv_sec);
		return sx_format("disk %s (%s) was written to (%s) after the image was (%s)",
				 s.vdev, s.target, then, complete);
	}
	return NULL;
}

char *saved_untold(const struct marker *m)
{
	SX_STR disks = { 0 };

	for (size_t i = 0; i < marker_disk_count(m); i++) {
		struct evidence_subject s;
		struct timespec written;

		marker_disk(m, i, &s);
		if (!marker_last_write(m, i, &written))
			sx_str_addf(&disks, "%s%s (%s)", disks.len ? ", " : "", s.vdev, s.target);
	}
	return disks.len
		       ? sx_format(
				 "safexl cannot tell whether something wrote to %s after the save",
				 sx_str_text(&disks))
		       : NULL;
}

/* ---- adopt ---- */

struct adoption {
	const struct flow_env *env;
	struct saved_image image;
	struct stat st; /* of the image */
	struct marker *marker;
};

static void adoption_dispose(struct adoption *a)
{
	saved_image_dispose(&a->image);
	marker_free(a->marker);
}

/* The caller adds the hint. */
static void refuse(const struct adoption *a, const char *reason, struct sx_err *err)
{
	sx_err_set(err, SX_EGUARD, "%s: not adopted: %s", a->image.path, reason);
}

static int hint_where(const char *name, struct sx_err *err)
{
	return sx_err_hint(err, "for its state: safexl where %pQ", name);
}

/* ---- markers ---- */

static bool is_of_image(const struct adoption *a, const struct marker *m)
{
	return *m->image_id ? sx_streq(m->image_id, a->image.id)
			    : sx_streq(m->image, a->image.path);
}

static int refuse_known(const struct adoption *a, const struct marker *m, struct sx_err *err)
{
	bool waits = m->state == MARKER_SAVED || m->state == MARKER_CHECKPOINT;
	SX_FREE char *wait = saved_wait_hint(m);
	SX_FREE char *command = saved_command(m, "");
	SX_FREE char *reason = NULL;
	SX_WORDS notes = { 0 };
	enum guard_way way;

	if (saved_in_progress(m))
		reason = saved_progress(m);
	else if (waits)
		reason = sx_format("it is known already, as the saved state of '%s' (%s)", m->name,
				   m->saved_at);
	else
		reason = guard_judge_marker(m, NULL, &notes, &way);
	refuse(a, reason, err);
	if (saved_in_progress(m))
		return sx_err_hint(err, "%s", wait);
	return waits ? sx_err_hint(err, "to continue from it: %s", command)
		     : hint_where(m->name, err);
}

static int refuse_other(const struct adoption *a, const struct marker *m, struct sx_err *err)
{
	SX_FREE char *reason =
		*m->to_host ? sx_format("'%s' was migrated to %s (%s)", m->name, m->to_host,
					m->saved_at)
			    : sx_format("'%s' is saved in %s (%s), and has one state only", m->name,
					m->image, m->saved_at);

	refuse(a, reason, err);
	return hint_where(m->name, err);
}

static int check_markers(const struct adoption *a, const struct markers *all, struct sx_err *err)
{
	const char *name = a->image.config.name, *uuid = a->image.config.uuid;
	const struct marker_bad *bad = markers_bad_of(all, name, uuid);

	if (bad)
		return marker_bad_refuse(bad, name, err);
	for (size_t i = all->len; i-- > 0;)
		if (is_of_image(a, all->items[i]))
			return refuse_known(a, all->items[i], err);
	for (size_t i = all->len; i-- > 0;) {
		const struct marker *m = all->items[i];

		if (marker_is_open(m) && (sx_streq(m->name, name) || sx_streq(m->uuid, uuid)))
			return refuse_other(a, m, err);
	}
	return 0;
}

/* ---- the guest ---- */

static int refuse_guest(const struct adoption *a, const struct live_domain *d, struct sx_err *err)
{
	SX_FREE char *reason = sx_format(
		"its guest is there, as domain %u ('%s'): its disks have changed since the save",
		d->domid, d->name);

	refuse(a, reason, err);
	return hint_where(d->name, err);
}

static int check_guest(const struct adoption *a, struct sx_err *err)
{
	const struct image_config *c = &a->image.config;
	LIVE_DOMAINS all = { 0 };
	int r = domain_look_all(&all, err);

	if (r)
		sx_err_wrap(err, "%s: not adopted: safexl cannot tell whether its guest runs",
			    a->image.path);
	for (size_t i = 0; !r && i < all.len; i++)
		if (sx_streq(all.items[i].name, c->name) || sx_streq(all.items[i].uuid, c->uuid))
			r = refuse_guest(a, &all.items[i], err);
	return r;
}

/* ---- disks ---- */

static int check_use(const struct adoption *a, struct sx_err *err)
{
	SX_FREE char *holder = saved_in_use_by(a->marker);
	SX_FREE char *reason = NULL;
	SX_WORDS uses = { 0 };

	if (marker_uses(a->marker, &uses, err))
		return -1;
	if (holder)
		sx_words_add(&uses, holder);
	if (!uses.len)
		return 0;
	reason = sx_words_join(&uses, "; ");
	refuse(a, reason, err);
	return sx_err_hint(err, "when nobody uses it any more: safexl adopt %pQ", a->image.path);
}

/* Not for disks that a script or another domain provides: their targets are no paths here. */
static char *missing_disk(const struct marker *m)
{
	for (size_t i = 0; i < marker_disk_count(m); i++) {
		SX_WORDS reasons = { 0 };
		struct evidence_subject d;

		marker_disk(m, i, &d);
		if (d.target && *d.target == '/' && !marker_unseen(m, i, &reasons) &&
		    access(d.target, F_OK))
			return sx_format("disk %s: %s: %s", d.vdev, d.target, strerror(errno));
	}
	return NULL;
}

static int check_presence(const struct adoption *a, struct sx_err *err)
{
	SX_FREE char *reason = missing_disk(a->marker);

	if (!reason)
		return 0;
	refuse(a, reason, err);
	return sx_err_hint(err,
			   "bring that disk back first (activate its volume group, mount its file "
			   "system), then: safexl adopt %pQ",
			   a->image.path);
}

/* A person's word does not count against what the times prove. */
static int check_times(const struct adoption *a, struct sx_err *err)
{
	SX_FREE char *reason = saved_written_after(a->marker, &a->st.st_mtim);

	if (!reason)
		return 0;
	refuse(a, reason, err);
	return sx_err_hint(
		err,
		"resuming a guest on disks that have changed since the save corrupts their file "
		"systems\nto do it anyway: safexl --discard-marker restore %pQ",
		a->image.path);
}

/* ---- all of it ---- */

static int open_image(struct adoption *a, const char *word, struct sx_err *err)
{
	SX_FREE char *path = NULL;
	SX_FREE char *real = NULL;

	if (sx_path_absolute(a->env->cwd, word, &path, err))
		return -1;
	real = realpath(path, NULL);
	if (saved_image_open(real ? real : path, &a->image, err))
		return -1;
	event_about(a->env, a->image.config.name);
	if (!a->image.config.name || !a->image.config.uuid)
		return sx_err_set(err, SX_EFAIL, "%s: it does not say which guest it holds",
				  a->image.path);
	if (check_guest(a, err) || saved_image_prove(&a->image, err))
		return -1;
	return fstat(a->image.fd, &a->st) ? sx_err_sys(err, SX_EFAIL, "%s", a->image.path) : 0;
}

static int look(struct adoption *a, const char *word, struct sx_err *err)
{
	MARKERS all = { 0 };

	if (markers_load_settled(a->env, &all, err) || open_image(a, word, err))
		return -1;
	markers_tell_bad(a->env, &all);
	if (check_markers(a, &all, err))
		return -1;
	a->marker = saved_unknown(a->env, &a->image);
	return check_use(a, err) || check_presence(a, err) || check_times(a, err) ? -1 : 0;
}

/* Check again under the lock: reading whole disks without it may have taken hours. */
static int take_in(struct adoption *a, struct sx_err *err)
{
	struct marker *m = a->marker;
	SX_LOCK lock = { 0 };
	MARKERS all = { 0 };
	SX_FREE char *now = flow_time_text(time(NULL));

	if (fsync(a->image.fd))
		return sx_err_sys(err, SX_ECANTWRITE, "write %s to disk", a->image.path);
	if (markers_take(a->env, &lock, &all, err) || check_markers(a, &all, err) ||
	    check_guest(a, err))
		return -1;
	m->state = MARKER_SAVED;
	sx_put(&m->saved_at, flow_time_text(a->st.st_mtim.tv_sec));
	m->adopted = sx_format("%s by %s <%s>", now, a->env->author.name, a->env->author.email);
	return marker_write(a->env, m, err);
}

static void tell(const struct adoption *a)
{
	const struct marker *m = a->marker;
	const struct flow_env *env = a->env;
	SX_FREE char *untold = saved_untold(m);
	SX_FREE char *command = saved_command(m, "");
	size_t unseen = saved_say_unseen(env, m);
	struct flow_event event = { .kind = EVENT_ADOPTED, .domain = m->name, .image = m->image };

	if (untold)
		flow_notice(env, "%s: %s: safexl relies on your word that nothing did", m->image,
			    untold);
	flow_notice(
		env,
		"%s: %s %s: complete; the state of %zu of %zu disks is recorded as it is now; to "
		"go on: %s",
		m->name, env->dry_run ? "would adopt its saved image" : "adopted its saved image",
		m->image, marker_disk_count(m) - unseen, marker_disk_count(m), command);
	event_tell(env, &event, "%s: adopted its saved image %s, with the disks as they are",
		   m->name, m->image);
}

int image_adopt(const struct flow_env *env, const char *word, char **name, char **path,
		struct sx_err *err)
{
	SX_CLEANUP(adoption_dispose)
	struct adoption a = { .env = env, .image = SAVED_IMAGE_NONE };

	if (look(&a, word, err) || (!env->dry_run && take_in(&a, err)))
		return -1;
	tell(&a);
	*name = sx_strdup(a.marker->name);
	*path = sx_strdup(a.marker->image);
	return 0;
}
