/*
 * The ways in which a save ends, whether its own safexl saw that or a later one finds it: the image
 * gets its name, is withdrawn, or is kept for a look. See saved.h.
 */
#include "saved.h"

#include <safexl/file.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static void set_text(char **text, const char *value)
{
	char *copy = sx_strdup(value);

	free(*text);
	*text = copy;
}

static bool is_same_guest(const struct marker *a, const struct marker *b)
{
	return sx_streq(a->name, b->name) || sx_streq(a->uuid, b->uuid);
}

/* Another guest's saved state was not here any more, else the save would have been refused. */
static bool is_overwritten(const struct marker *other, const struct marker *m)
{
	return sx_streq(other->image, m->image) &&
	       (other->state != MARKER_SAVED || is_same_guest(other, m));
}

/*
 * End the markers that `m` makes pointless: of the image it replaced, of older ones of the guest,
 * which ran here in between.
 */
static int supersede(const struct flow_env *env, struct markers *all, const struct marker *m,
		     struct sx_err *err)
{
	for (size_t i = all->len; i-- > 0;) {
		struct marker *other = all->items[i];

		if (sx_streq(other->file, m->file) ||
		    (saved_in_progress(other) && other->state != MARKER_DISCARDING))
			continue;
		if (is_overwritten(other, m) ||
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

/* Is the file the image that the marker is about? */
static bool is_its_image(const struct marker *m, const char *path)
{
	SAVED_IMAGE image = SAVED_IMAGE_NONE;
	SX_ERR ignored = { 0 };

	return saved_image_open(path, &image, &ignored) == 0 &&
	       image_identify(image.fd, &image.header, image.id, &ignored) == 0 &&
	       sx_streq(image.id, m->image_id);
}

/* The marker comes last: as long as it says "saving", the next one to look does all this again. */
int saved_finish(const struct flow_env *env, struct markers *all, struct marker *m,
		 struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(m->image);

	if (*m->temp && is_its_image(m, m->temp)) {
		if (rename(m->temp, m->image))
			return sx_err_sys(err, SX_ECANTWRITE, "rename %s to %s", m->temp, m->image);
	} else if (!is_its_image(m, m->image)) {
		return saved_give_up(env, m, "its image is not there any more", err);
	}
	if (file_sync_dir(dir, err) || supersede(env, all, m, err))
		return -1;
	set_text(&m->temp, "");
	m->state = m->goes_on ? MARKER_CHECKPOINT : MARKER_SAVED;
	return marker_write(env, m, err);
}

int saved_secure(const struct flow_env *env, struct marker *m, const struct saved_image *image,
		 struct sx_err *err)
{
	if (fsync(image->fd))
		return sx_err_sys(err, SX_ECANTWRITE, "write %s to disk", m->temp);
	set_text(&m->image_id, image->id);
	return marker_write(env, m, err);
}

/* The file first: without its marker nobody would know of it. */
int saved_withdraw(const struct marker *m, struct sx_err *err)
{
	if (*m->temp && unlink(m->temp) && errno != ENOENT)
		return sx_err_sys(err, SX_ECANTWRITE, "remove %s", m->temp);
	return marker_remove(m, err);
}

int saved_give_up(const struct flow_env *env, struct marker *m, const char *why, struct sx_err *err)
{
	struct stat st;

	if (stat(m->temp, &st) || st.st_size == 0)
		return saved_withdraw(m, err);
	set_text(&m->image, m->temp);
	set_text(&m->temp, "");
	return marker_end(env, m, MARKER_DISCARDED, why, err);
}
