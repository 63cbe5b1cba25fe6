/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ways in which a save ends, whether its own safexl saw that or a later one finds it: the image
 * gets its name, is withdrawn, or is kept for a look. See saved.h.
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

/* The identity of the image at a path; false: there is none that can be read. */
static bool identify(const char *path, char id[33])
{
	SAVED_IMAGE image = SAVED_IMAGE_NONE;
	SX_ERR ignored = { 0 };

	return saved_image_open(path, &image, &ignored) == 0 &&
	       image_identify(image.fd, &image.header, id, &ignored) == 0;
}

/* Is the file the image that the marker is about? */
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
 * Was this one's image replaced, `old` by its identity? Another guest's saved state was not here
 * any more, else the save would have been refused; or a person gave it up.
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
 * End the markers that `m` makes pointless: of the image it replaced, of older ones of the guest,
 * which ran here in between.
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

/* Only another image, or nothing, gives way to it: whoever put something else there wants it. */
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
 * The marker comes last: as long as it says "saving", the next one to look does all this again. An
 * image that is neither here nor there was moved: its marker goes on to guard it.
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

/* By its name: started anew from its file it may have another uuid. */
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

/* The file first: without its marker nobody would know of it. */
int saved_withdraw(const struct marker *m, struct sx_err *err)
{
	return file_remove(m->temp, err) ? -1 : marker_remove(m, err);
}

/* What there is of it cannot be told now: its guest is not started for that. */
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
		/* A host that went down may have lost it; else somebody has moved it. */
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
