/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a save ends, seen by its own safexl or found by a later one: the image gets its name, is
 * withdrawn, or stays for a person to examine. See saved.h.
 */
#include "guard/saved.h"
#include "host/file.h"
#include "host/proc.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static bool is_same_guest(const struct marker *a, const struct marker *b)
{
	return sx_streq(a->name, b->name) || sx_streq(a->uuid, b->uuid);
}

/* The identity of the image at a path; false: no readable image is there. */
static bool identify(const char *path, char id[33])
{
	SAVED_IMAGE image = SAVED_IMAGE_NONE;
	SX_ERR ignored = { 0 };

	return saved_image_open(path, &image, &ignored) == 0 &&
	       image_identify(image.fd, &image.header, id, &ignored) == 0;
}

/* Is this file the marker's image? */
static bool is_its_image(const struct marker *m, const char *path)
{
	char id[33];

	return identify(path, id) && sx_streq(id, m->image_id);
}

bool saved_is_there(const struct marker *m)
{
	return *m->image_id ? is_its_image(m, m->image) : access(m->image, F_OK) == 0;
}

/*
 * Did the new image replace the other marker's (identity `old`)? Another guest's saved state was
 * gone before, otherwise the save would have been refused; or a person discarded it.
 */
static bool is_overwritten(const struct marker *other, const struct marker *m, const char *old)
{
	if (!sx_streq(other->image, m->image))
		return false;
	return other->state == MARKER_DISCARDING ||
	       (sx_streq(other->image_id, old) &&
		(other->state != MARKER_SAVED || is_same_guest(other, m)));
}

/*
 * End the markers that `m` makes obsolete: those of the replaced image, and older ones of the
 * guest, which ran here since.
 */
static int supersede(const struct flow_env *env, struct markers *all, const struct marker *m,
		     const char *old, struct sx_err *err)
{
	for (size_t i = all->len; i-- > 0;) {
		struct marker *other = all->items[i];

		if (sx_streq(other->file, m->file) ||
		    (saved_in_progress(other) && other->state != MARKER_DISCARDING))
			continue;
		if (is_overwritten(other, m, old) ||
		    (other->state == MARKER_MIGRATED && is_same_guest(other, m))) {
			if (marker_remove(other, err))
				return -1;
			saved_drop(all, i);
		} else if (other->state == MARKER_SAVED && is_same_guest(other, m) &&
			   marker_end(env, other, MARKER_DISCARDED, NULL, err)) {
			return -1;
		}
	}
	return 0;
}

/* Replace only nothing, an empty file or an image: anything else is somebody's. */
static int take_place(const struct marker *m, struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(m->image);
	SX_FREE char *reason = saved_place_reason(m->image);

	if (reason)
		return sx_err_set(err, SX_ECANTWRITE, "%s", reason);
	if (rename(m->temp, m->image))
		return sx_err_sys(err, SX_ECANTWRITE, "rename %s to %s", m->temp, m->image);
	return file_sync_dir(dir, err);
}

/*
 * Write the marker last: while it says "saving", the next command repeats all this. An image that
 * is in neither place was moved: the marker keeps guarding it.
 */
int saved_finish(const struct flow_env *env, struct markers *all, struct marker *m,
		 enum marker_state state, bool last_try, struct sx_err *err)
{
	char old[33] = "";

	if (is_its_image(m, m->temp)) {
		if (!identify(m->image, old))
			old[0] = '\0';
		if (take_place(m, err) && !last_try)
			return -1;
	}
	if (!is_its_image(m, m->image) && access(m->temp, F_OK) == 0) {
		flow_notice(env, "%s: its image stays in %s%s%s", m->name, m->temp,
			    err->code ? ": " : "", err->code ? err->msg : "");
		sx_set(&m->image, m->temp);
	}
	sx_err_clear(err);
	if (supersede(env, all, m, old, err))
		return -1;
	sx_set(&m->temp, "");
	m->state = state;
	return marker_write(env, m, err);
}

/* Look by name: a guest started again from its file may have another uuid. */
enum marker_state saved_outcome(const struct flow_env *env, struct marker *m)
{
	enum saved_presence p = saved_domain_look(m->name, "");

	if (m->goes_on)
		return MARKER_CHECKPOINT;
	if (p != SAVED_RUNS && p != SAVED_PAUSED)
		return MARKER_SAVED;
	marker_note_end(env, m, "it was started again before the save was recorded");
	return MARKER_DISCARDED;
}

int saved_secure(const struct flow_env *env, struct marker *m, const struct saved_image *image,
		 struct sx_err *err)
{
	if (fsync(image->fd))
		return sx_err_sys(err, SX_ECANTWRITE, "write %s to disk", m->temp);
	sx_set(&m->image_id, image->id);
	return marker_write(env, m, err);
}

/* Remove the file first: without its marker nobody would know of it. */
int saved_withdraw(const struct marker *m, struct sx_err *err)
{
	return file_remove(m->temp, err) ? -1 : marker_remove(m, err);
}

/* The file may hold the guest, but cannot be examined now: keep the guest from being started. */
static int keep_guarded(const struct flow_env *env, struct marker *m, char *why, struct sx_err *err)
{
	sx_put(&m->uncertain, why);
	sx_set(&m->temp, "");
	m->state = MARKER_SAVED;
	return marker_write(env, m, err);
}

int saved_give_up(const struct flow_env *env, struct marker *m, const struct sx_err *why,
		  struct sx_err *err)
{
	SX_FREE char *boot_id = proc_boot_id();
	struct stat st;

	if (stat(m->temp, &st)) {
		/* A crash of the host may have lost it; else somebody moved or removed it. */
		if (m->goes_on || !sx_streq(boot_id, m->boot_id))
			return saved_withdraw(m, err);
		return keep_guarded(env, m,
				    sx_format("what xl wrote to %s was moved or removed before it "
					      "was looked at",
					      m->temp),
				    err);
	}
	if (st.st_size == 0)
		return saved_withdraw(m, err);
	sx_set(&m->image, m->temp);
	if (why->sys_errno)
		return keep_guarded(env, m, sx_format("it could not be read: %s", why->msg), err);
	sx_set(&m->temp, "");
	return marker_end(env, m, MARKER_DISCARDED, why->msg, err);
}

int saved_leave(const struct flow_env *env, struct marker *m, const char *why, struct sx_err *err)
{
	sx_set(&m->image, m->temp);
	sx_set(&m->temp, "");
	return marker_end(env, m, MARKER_DISCARDED, why, err);
}
