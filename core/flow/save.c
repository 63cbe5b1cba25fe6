/*
 * xl save, made safe: a marker before, a temporary name, the image proven whole and on disk, the
 * evidence of the disks, then the name it shall have. See guard.h.
 */
#include "saved.h"

#include <safexl/file.h>
#include <safexl/live.h>
#include <safexl/lock.h>
#include <safexl/resolve.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

struct save {
	const struct flow_env *env;
	char *const *words;
	struct saved_words split;
	char *image; /* where the image shall be, absolute */
	struct live_domain domain;
	struct marker *marker;
};

static void save_dispose(struct save *s)
{
	free(s->image);
	live_domain_dispose(&s->domain);
	marker_free(s->marker);
}

/* Without a file: image_dir, the domain's name. */
static int choose_image(struct save *s, struct sx_err *err)
{
	SX_FREE char *name = NULL;

	if (s->split.image) {
		s->image = sx_path_join(s->env->cwd, s->split.image);
		return 0;
	}
	if (sx_path_mkdirs(s->env->settings.image_dir, 0700, err))
		return -1;
	name = sx_path_escape(s->domain.name);
	s->image = sx_path_join(s->env->settings.image_dir, name);
	return 0;
}

static int find_domain(struct save *s, struct sx_err *err)
{
	struct live *live = NULL;
	int r = live_open(&live, err);

	if (!r)
		r = live_find(live, s->split.domain, &s->domain, err);
	live_close(live);
	return r;
}

/* What the configuration was at the save, so that restore can tell what changed since. */
static void note_config(struct save *s)
{
	struct resolved resolved = { 0 };
	FILE_IMAGE file = { 0 };
	SX_ERR ignored = { 0 };

	if (resolve_domain(s->env, s->domain.name, s->domain.uuid, &resolved, &ignored) == 0 &&
	    file_read(resolved.path, &file, &ignored) == 0) {
		s->marker->config = sx_strdup(resolved.path);
		s->marker->config_text = sx_strdup(sx_str_text(&file.text));
	}
	resolved_dispose(&resolved);
}

/* The temporary file exists with mode 0600 before xl opens it: memory images hold secrets. */
static int make_temp(struct save *s, struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(s->image);
	SX_FREE char *base = sx_path_base(s->image);
	SX_CLOSE int fd = -1;

	s->marker->temp = sx_format("%s/.%s.safexl-%ld", dir, base, (long)getpid());
	fd = open(s->marker->temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return sx_err_sys(err, SX_ECANTWRITE, "create %s", s->marker->temp);
	return 0;
}

/* Under the guard's lock: nobody else saves or restores this guest or this image right now. */
static int write_ahead(struct save *s, struct sx_err *err)
{
	SX_LOCK lock = { 0 };
	MARKERS all = { 0 };

	if (flow_lock(s->env, "guard", "markers", &lock, err) || markers_load(s->env, &all, err) ||
	    markers_settle(s->env, &all, err))
		return -1;
	for (size_t i = 0; i < all.len; i++) {
		const struct marker *m = all.items[i];

		if ((m->state == MARKER_SAVING || m->state == MARKER_RESTORING) &&
		    (sx_streq(m->uuid, s->domain.uuid) || sx_streq(m->image, s->image)))
			return sx_err_set(err, SX_EGUARD, "%s: '%s' is %s %s right now",
					  s->domain.name, m->name,
					  m->state == MARKER_SAVING ? "being saved to"
								    : "being restored from",
					  m->image);
	}
	s->marker = marker_new();
	s->marker->state = MARKER_SAVING;
	s->marker->goes_on = s->split.goes_on;
	s->marker->name = sx_strdup(s->domain.name);
	s->marker->uuid = sx_strdup(s->domain.uuid);
	s->marker->image = sx_strdup(s->image);
	s->marker->saved_at = flow_time_text(time(NULL));
	note_config(s);
	if (make_temp(s, err))
		return -1;
	if (marker_write(s->env, s->marker, err)) {
		unlink(s->marker->temp);
		return -1;
	}
	return 0;
}

/* xl failed: the guest goes on, an older image of that name is as it was. */
static int save_failed(struct save *s, struct sx_err *err)
{
	unlink(s->marker->temp);
	return marker_remove(s->marker, err);
}

/* Markers that the new image makes pointless: of the one it replaces, of older ones of the guest. */
static int supersede(struct save *s, struct sx_err *err)
{
	MARKERS all = { 0 };

	if (markers_load(s->env, &all, err))
		return -1;
	for (size_t i = 0; i < all.len; i++) {
		struct marker *m = all.items[i];

		if (sx_streq(m->file, s->marker->file))
			continue;
		if (sx_streq(m->image, s->image)) {
			if (marker_remove(m, err))
				return -1;
		} else if (m->state == MARKER_SAVED && sx_streq(m->uuid, s->domain.uuid)) {
			if (marker_end(s->env, m, MARKER_DISCARDED, err))
				return -1;
		}
	}
	return 0;
}

/* The image is whole: on disk, with the evidence in the marker, then under its name. */
static int publish(struct save *s, struct saved_image *image, struct sx_err *err)
{
	SX_LOCK lock = { 0 };
	SX_FREE char *dir = sx_path_dir(s->image);
	struct marker *m = s->marker;

	if (fsync(image->fd))
		return sx_err_sys(err, SX_ECANTWRITE, "write %s to disk", m->temp);
	saved_image_note_disks(image, s->env, m);
	m->image_id = sx_strdup(image->id);
	if (flow_lock(s->env, "guard", "markers", &lock, err) || marker_write(s->env, m, err))
		return -1;
	if (rename(m->temp, s->image))
		return sx_err_sys(err, SX_ECANTWRITE, "rename %s to %s", m->temp, s->image);
	if (file_sync_dir(dir, err))
		return -1;
	free(m->temp);
	m->temp = sx_strdup("");
	m->state = m->goes_on ? MARKER_CHECKPOINT : MARKER_SAVED;
	return marker_write(s->env, m, err) || supersede(s, err) ? -1 : 0;
}

static void say_saved(const struct save *s)
{
	const struct marker *m = s->marker;
	size_t unseen = 0;

	for (size_t i = 0; i < marker_disk_count(m); i++) {
		struct evidence_subject d;
		const char *why = marker_unverifiable(m, i);

		marker_disk(m, i, &d);
		if (!why)
			continue;
		unseen++;
		flow_notice(s->env,
			    "%s: disk %s (%s) cannot be looked at: %s; whether it changes is "
			    "yours to watch",
			    m->name, d.vdev, d.target, why);
	}
	flow_notice(s->env, "%s: saved in %s, whole and on disk; %zu of %zu disks noted%s", m->name,
		    m->image, marker_disk_count(m) - unseen, marker_disk_count(m),
		    m->goes_on ? "; the guest goes on, so this image is a checkpoint only" : "");
}

/* xl succeeded. An image that is not whole now is one that nobody will get back. */
static int save_succeeded(struct save *s, struct sx_err *err)
{
	SAVED_IMAGE image = SAVED_IMAGE_NONE;

	if (saved_image_open(s->marker->temp, &image, err)) {
		sx_err_wrap(err, "%s: xl reported success, but the image is not whole",
			    s->domain.name);
		err->code = SX_EPARTIAL;
		return sx_err_hint(err,
				   "it is kept as %s; the image that was in %s before is untouched",
				   s->marker->temp, s->image);
	}
	if (publish(s, &image, err)) {
		sx_err_wrap(err, "%s: the image is written, but not under its name",
			    s->domain.name);
		err->code = SX_EPARTIAL;
		return sx_err_hint(err, "when the cause is mended: safexl recover");
	}
	say_saved(s);
	return 0;
}

static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

int save_run(const struct flow_env *env, char *const *words, bool *pass, int *status,
	     struct sx_err *err)
{
	SX_CLEANUP(save_dispose) struct save s = { .env = env, .words = words };
	SX_WORDS argv = { 0 };
	bool succeeded;

	save_words_split(words, &s.split);
	*pass = !s.split.valid;
	if (*pass)
		return 0;
	if (find_domain(&s, err))
		return -1;
	*pass = s.domain.domid == 0;
	if (*pass || choose_image(&s, err))
		return *pass ? 0 : -1;
	if (is_special(s.image)) {
		flow_notice(
			env,
			"%s is no regular file: xl writes it, and nothing guards what is saved there",
			s.image);
		*pass = true;
		return 0;
	}
	if (write_ahead(&s, err))
		return -1;
	saved_xl_words(env, words, s.split.image, s.marker->temp, &argv);
	if (saved_run_xl(env, &argv, s.marker, status, err)) {
		SX_ERR ignored = { 0 };

		return save_failed(&s, &ignored) ? sx_err_move(err, &ignored) : -1;
	}
	succeeded = WIFEXITED(*status) && WEXITSTATUS(*status) == 0;
	return succeeded ? save_succeeded(&s, err) : save_failed(&s, err);
}
