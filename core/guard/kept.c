/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Markers of snapshots and backups: see kept.h. */
#include "guard/kept.h"
#include "guard/guard.h"
#include "guard/saved.h"

#include <errno.h>
#include <string.h>

static void add_disk(struct guard_disks *disks, const struct evidence_subject *s)
{
	struct disk_spec spec = {
		.text = sx_strdup(""),
		.vdev = sx_strdup(s->vdev),
		.devid = disk_devid(s->vdev),
		.target = sx_strdup(evidence_path(s)),
		.meaning = sx_strdup(""),
		.format = sx_strdup(s->format),
		.script = sx_strdup(""),
		.backend_domain = sx_strdup(""),
		.readwrite = s->readwrite,
	};

	sx_vec_push(disks, spec);
}

/* The caller saw it saved in that image; another command has changed that meanwhile. */
static int refuse_gone(const struct kept_guest *guest, struct sx_err *err)
{
	sx_err_set(err, SX_EGUARD, "%s: it is not saved in %s any more", guest->name, guest->saved);
	return sx_err_hint(err, "for its state: safexl where %pQ", guest->name);
}

/* What forbids starting the guest forbids holding it, too. */
static int check_markers(const struct flow_env *env, struct markers *all,
			 const struct kept_guest *guest, const char *except, struct sx_err *err)
{
	SX_CLEANUP(guard_disks_dispose) struct guard_disks disks = { 0 };
	SX_FREE char *retry = sx_format("safexl --discard-marker create %pQ", guest->name);
	struct guard_want want = { .name = guest->name,
				   .uuid = guest->uuid,
				   .starts = true,
				   .disks = &disks,
				   .retry = retry,
				   .except = except };

	if (guest->saved && *guest->saved) {
		const struct marker *m = kept_saved(all, guest->name);

		if (!m || !sx_streq(m->image, guest->saved))
			return refuse_gone(guest, err);
		want.except = m->file;
	}
	for (size_t i = 0; i < guest->count; i++)
		add_disk(&disks, &guest->disks[i]);
	return guard_check_among(env, all, &want, NULL, err);
}

/* Are the disks mounted here, open for writing, or used by another guest? */
static int check_uses(const struct marker *m, bool runs, struct sx_err *err)
{
	SX_FREE char *holder = saved_in_use_by(m);
	SX_FREE char *used = NULL;
	SX_WORDS uses = { 0 };

	if (!runs && marker_uses(m, &uses, err))
		return -1;
	if (holder)
		sx_words_add(&uses, holder);
	if (!uses.len)
		return 0;
	used = sx_words_join(&uses, "; ");
	sx_err_set(err, SX_EGUARD, "%s", used);
	return sx_err_hint(err, "when nobody uses it any more (umount, or losetup -d for a loop "
				"device), do it again");
}

/* File of the guest's held marker, when an interrupted hold is repeated. Heap string, or NULL. */
static char *held_already(const struct markers *all, const struct kept_guest *guest,
			  const char *path)
{
	const char *about = guest->instead ? guest->instead : path;

	sx_each_of(const struct marker, m, all) {
		if (m->state == MARKER_HELD && sx_streq(m->image, about) &&
		    sx_streq(m->name, guest->name))
			return sx_strdup(m->file);
	}
	return NULL;
}

/* Not written. */
static struct marker *held_marker(const struct kept_guest *guest, const char *path)
{
	struct marker *m = marker_new();

	m->state = MARKER_HELD;
	m->name = sx_strdup(guest->name);
	m->uuid = sx_strdup(guest->uuid);
	m->image = sx_strdup(path);
	m->saved_at = flow_time_text(time(NULL));
	for (size_t i = 0; i < guest->count; i++)
		marker_add_disk(m, &guest->disks[i], NULL);
	return m;
}

int kept_check_unused(const struct kept_guest *guest, struct sx_err *err)
{
	struct marker *m = held_marker(guest, "");
	int r = check_uses(m, false, err);

	marker_free(m);
	return r;
}

int kept_hold(const struct flow_env *env, const struct kept_guest *guest, const char *path,
	      struct sx_err *err)
{
	struct marker *m = held_marker(guest, path);
	SX_LOCK lock = { 0 };
	MARKERS all = { 0 };
	int r = markers_take(env, &lock, &all, err);

	m->file = r ? NULL : held_already(&all, guest, path);
	if (!r)
		r = check_markers(env, &all, guest, m->file, err);
	if (!r)
		r = check_uses(m, guest->runs, err);
	if (!r && !env->dry_run)
		r = marker_write(env, m, err);
	marker_free(m);
	return r;
}

static int release(const struct marker *m, struct sx_err *err)
{
	SX_FREE char *command = NULL;

	if (m->state == MARKER_SAVED) {
		command = saved_command(m, "");
		sx_err_set(err, SX_EGUARD, "'%s' is saved in %s, and nowhere else", m->name,
			   m->image);
		return sx_err_hint(err, "to continue from it: %s", command);
	}
	if (saved_in_progress(m)) {
		SX_FREE char *what = saved_progress(m), *wait = saved_wait_hint(m);

		sx_err_set(err, SX_ELOCKED, "%s", what);
		return sx_err_hint(err, "%s", wait);
	}
	return marker_remove(m, err);
}

int kept_release(const struct flow_env *env, const char *path, struct sx_err *err)
{
	SX_LOCK lock = { 0 };
	MARKERS all = { 0 };

	if (markers_take(env, &lock, &all, err))
		return -1;
	for (size_t i = 0; i < all.len; i++)
		if (sx_streq(all.items[i]->image, path) && release(all.items[i], err))
			return -1;
	return 0;
}

int kept_put_saved(const struct flow_env *env, const char *path, struct sx_err *err)
{
	SAVED_IMAGE image = SAVED_IMAGE_NONE;
	struct marker *m;
	SX_LOCK lock = { 0 };
	MARKERS all = { 0 };
	int r;

	if (kept_release(env, path, err) || saved_image_open(path, &image, err) ||
	    saved_image_prove(&image, err))
		return -1;
	m = saved_unknown(env, &image);
	m->state = MARKER_SAVED;
	sx_put(&m->saved_at, flow_time_text(time(NULL)));
	saved_say_unseen(env, m);
	r = markers_take(env, &lock, &all, err) || marker_write(env, m, err) ? -1 : 0;
	marker_free(m);
	return r;
}

/* ---- saved guests ---- */

const struct marker *kept_saved(const struct markers *all, const char *guest)
{
	for (size_t i = all->len; i-- > 0;) {
		const struct marker *m = all->items[i];

		/* A held guest may be saved as well: look further. */
		if (marker_is_open(m) && m->state != MARKER_HELD && sx_streq(m->name, guest))
			return m->state == MARKER_SAVED ? m : NULL;
	}
	return NULL;
}

int kept_prove_saved(const struct flow_env *env, const struct marker *m, const char *command,
		     struct sx_err *err)
{
	SX_FREE char *reason = NULL, *lost = NULL;
	SX_WORDS notes = { 0 };
	enum guard_way way;

	reason = guard_judge_marker(m, env, &notes, &way);
	lost = reason ? NULL : saved_image_lost(m);
	if (!reason && !lost)
		return 0;
	sx_err_set(err, SX_EGUARD,
		   "%s: no %s: its memory in %s and its disks do not belong together: %s", m->name,
		   command, m->image, reason ? reason : lost);
	return sx_err_hint(err,
			   "what can be done: safexl where %pQ\n"
			   "to take its disks as they are: safexl %s --no-memory %pQ",
			   m->name, command, m->name);
}

int kept_is_saved(const struct flow_env *env, const char *guest, const char *image, bool *is,
		  struct sx_err *err)
{
	const struct marker *m;
	MARKERS all = { 0 };

	if (markers_load(env, &all, err))
		return -1;
	m = kept_saved(&all, guest);
	*is = m && sx_streq(m->image, image);
	return 0;
}

int kept_discard_saved(const struct flow_env *env, const char *guest, const char *why,
		       struct sx_err *err)
{
	SX_LOCK lock = { 0 };
	MARKERS all = { 0 };

	if (markers_take(env, &lock, &all, err))
		return -1;
	sx_each_of(struct marker, m, &all) {
		if (m->state != MARKER_SAVED || !sx_streq(m->name, guest))
			continue;
		if (marker_end(env, m, MARKER_DISCARDED, why, err))
			return -1;
		marker_tell_discarded(env, m);
	}
	return 0;
}

int kept_put_snapshot(const struct flow_env *env, const char *path, struct sx_err *err)
{
	SAVED_IMAGE image = SAVED_IMAGE_NONE;
	struct marker *m;
	SX_LOCK lock = { 0 };
	MARKERS all = { 0 };
	int r;

	if (saved_image_open(path, &image, err) ||
	    image_identify(image.fd, &image.header, image.id, err))
		return -1;
	m = marker_new();
	m->state = MARKER_SNAPSHOT;
	m->name = sx_strdup(image.config.name);
	m->uuid = sx_strdup(image.config.uuid);
	m->image = sx_strdup(path);
	m->image_id = sx_strdup(image.id);
	m->saved_at = flow_time_text(time(NULL));
	saved_image_note_disks(&image, NULL, m);
	r = markers_take(env, &lock, &all, err) || marker_write(env, m, err) ? -1 : 0;
	marker_free(m);
	return r;
}

/* ---- the place of an image that is put back ---- */

/* Is it an image of that guest, with a marker that no command is working on? */
static bool is_own(const struct flow_env *env, const char *guest, const char *path)
{
	SAVED_IMAGE image = SAVED_IMAGE_NONE;
	MARKERS all = { 0 };
	SX_ERR ignored = { 0 };

	if (saved_image_open(path, &image, &ignored) ||
	    image_identify(image.fd, &image.header, image.id, &ignored) ||
	    markers_load(env, &all, &ignored))
		return false;
	sx_each_of(const struct marker, m, &all) {
		if (sx_streq(m->name, guest) && sx_streq(m->image_id, image.id) &&
		    !saved_in_progress(m))
			return true;
	}
	return false;
}

int kept_check_place(const struct flow_env *env, const char *guest, const char *path, int64_t size,
		     struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(path);

	if (access(dir, F_OK)) {
		sx_err_set(err, SX_ECANTWRITE, "its image was in %s: %s", dir, strerror(errno));
		return sx_err_hint(err, "mount what it is on, or: mkdir -p %pQ", dir);
	}
	if (access(path, F_OK) == 0 && !is_own(env, guest, path)) {
		sx_err_set(err, SX_EGUARD, "its image was in %s, and something else is there now",
			   path);
		return sx_err_hint(err, "if it is not wanted: mv -n %pQ %pQ.old", path, path);
	}
	return save_place_room(path, (uint64_t)size / 1024, err);
}
