/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The saved images that have markers: see images.h. */
#include "guard/images.h"
#include "guard/saved.h"
#include "host/file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

void guard_images_dispose(struct guard_images *v)
{
	for (size_t i = 0; i < v->len; i++)
		free(v->items[i].verdict);
	sx_vec_free(v);
	markers_dispose(&v->markers);
}

/* NULL when it can be restored now. Heap string. */
static char *reason_against(const struct marker *m)
{
	SX_WORDS notes = { 0 };
	enum guard_way way;
	char *reason = guard_judge_image(m, &notes, &way);

	/* As restore does: xl takes no second domain of that name, even if it is another guest. */
	if (!reason && saved_domain_runs(m->name, ""))
		reason = sx_format("'%s' is running", m->name);
	return reason;
}

/* Restored and discarded ones are final; a checkpoint is dead once its disks have changed. */
static bool is_dead(const struct marker *m)
{
	SX_WORDS what = { 0 };
	SX_WORDS notes = { 0 };

	if (m->state == MARKER_RESTORED || m->state == MARKER_DISCARDED)
		return true;
	return m->state == MARKER_CHECKPOINT &&
	       marker_compare(m, NULL, &what, &notes) == EVIDENCE_CHANGED;
}

int guard_images_find(const struct flow_env *env, struct guard_images *out, struct sx_err *err)
{
	if (markers_load_settled(env, &out->markers, err))
		return -1;
	markers_tell_bad(env, &out->markers);
	sx_each_of(const struct marker, m, &out->markers) {
		struct guard_image w = { .marker = m };
		struct stat st;

		if (*m->to_host || m->state == MARKER_HELD)
			continue;
		w.exists = stat(m->image, &st) == 0;
		w.size = w.exists ? (unsigned long long)st.st_size : 0;
		w.verdict = reason_against(m);
		if (!w.verdict)
			w.verdict = sx_strdup("");
		w.dead = is_dead(m);
		sx_vec_push(out, w);
	}
	return 0;
}

/* Is the file still the marker's image? Another may have been saved under its name. */
static bool is_its_own(const struct marker *m)
{
	SAVED_IMAGE image = SAVED_IMAGE_NONE;
	SX_FREE char *base = sx_path_base(m->image);
	SX_ERR ignored = { 0 };
	struct stat st;

	/* The rest of a broken save has no identity, but only such files have a temporary name. */
	if (!*m->image_id)
		return marker_is_temp_name(base) && lstat(m->image, &st) == 0 &&
		       S_ISREG(st.st_mode);
	return saved_image_open(m->image, &image, &ignored) == 0 &&
	       saved_image_prove(&image, &ignored) == 0 && sx_streq(image.id, m->image_id);
}

/* Is the marker in the state that was judged? */
static bool is_current(const struct markers *all, const struct marker *m)
{
	for (size_t i = 0; i < all->len; i++)
		if (sx_streq(all->items[i]->file, m->file))
			return all->items[i]->state == m->state;
	return false;
}

/* Remove image and marker. */
static int prune_one(const struct flow_env *env, const struct guard_image *w,
		     unsigned long long *bytes, struct sx_err *err)
{
	const struct marker *m = w->marker;

	if (w->exists && is_its_own(m)) {
		if (!env->dry_run && file_remove(m->image, err))
			return -1;
		*bytes += w->size;
		flow_notice(env, env->dry_run ? "%s: would remove %s (%s)" : "%s: removed %s (%s)",
			    m->name, m->image, marker_state_name(m->state));
	}
	return env->dry_run ? 0 : marker_remove(m, err);
}

int guard_images_prune(const struct flow_env *env, const struct guard_images *images,
		       unsigned long long *bytes, struct sx_err *err)
{
	SX_LOCK lock = { 0 };
	MARKERS all = { 0 };

	if (env->dry_run ? markers_load(env, &all, err) : markers_take(env, &lock, &all, err))
		return -1;
	sx_each(const struct guard_image, w, images) {
		SX_ERR why = { 0 };

		if (!w->dead || !is_current(&all, w->marker) || prune_one(env, w, bytes, &why) == 0)
			continue;
		/* One that cannot be removed is no reason to keep the others. */
		if (err->code)
			flow_notice(env, "%s", why.msg);
		else
			sx_err_move(err, &why);
	}
	return err->code ? -1 : 0;
}
