/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Markers of snapshots: see kept.h. */
#include "guard/kept.h"
#include "guard/saved.h"

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

/* Markers that stand against its start stand against this as well. */
static int check_markers(const struct flow_env *env, struct markers *all,
			 const struct kept_guest *guest, const char *except, struct sx_err *err)
{
	SX_CLEANUP(guard_disks_dispose) struct guard_disks disks = { 0 };
	SX_FREE char *name = sx_quoted(guest->name);
	SX_FREE char *retry = sx_format("safexl --discard-marker create %s", name);
	struct guard_want want = { .name = guest->name,
				   .uuid = guest->uuid,
				   .starts = true,
				   .disks = &disks,
				   .retry = retry,
				   .except = except };

	for (size_t i = 0; i < guest->count; i++)
		add_disk(&disks, &guest->disks[i]);
	return guard_check_among(env, all, &want, NULL, err);
}

/* Mounted here, held open for writing, or another guest's. */
static int check_uses(const struct marker *m, bool runs, struct sx_err *err)
{
	SX_FREE char *holder = saved_held_by(m);
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

/* The file of the marker that holds it already: what was begun is begun again. Heap string, NULL: none. */
static char *held_already(const struct markers *all, const struct kept_guest *guest,
			  const char *path)
{
	const char *about = guest->instead ? guest->instead : path;

	for (size_t i = 0; i < all->len; i++) {
		const struct marker *m = all->items[i];

		if (m->state == MARKER_HELD && sx_streq(m->image, about) &&
		    sx_streq(m->name, guest->name))
			return sx_strdup(m->file);
	}
	return NULL;
}

int kept_hold(const struct flow_env *env, const struct kept_guest *guest, const char *path,
	      struct sx_err *err)
{
	struct marker *m = marker_new();
	SX_LOCK lock = { 0 };
	MARKERS all = { 0 };
	int r = markers_take(env, &lock, &all, err);

	m->file = r ? NULL : held_already(&all, guest, path);
	m->state = MARKER_HELD;
	m->name = sx_strdup(guest->name);
	m->uuid = sx_strdup(guest->uuid);
	m->image = sx_strdup(path);
	m->saved_at = flow_time_text(time(NULL));
	for (size_t i = 0; i < guest->count; i++)
		marker_add_disk(m, &guest->disks[i], NULL);
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
	free(m->saved_at);
	m->saved_at = flow_time_text(time(NULL));
	saved_say_unseen(env, m);
	r = markers_take(env, &lock, &all, err) || marker_write(env, m, err) ? -1 : 0;
	marker_free(m);
	return r;
}
