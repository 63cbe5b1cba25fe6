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

/* As xl, through a link to a file that is there. */
static void follow_link(struct save *s)
{
	struct stat st;
	char *real =
		lstat(s->image, &st) == 0 && S_ISLNK(st.st_mode) ? realpath(s->image, NULL) : NULL;

	if (!real)
		return;
	free(s->image);
	s->image = real;
}

/* Without a file: image_dir, the domain's name. */
static int choose_image(struct save *s, struct sx_err *err)
{
	SX_FREE char *name = NULL;

	if (s->split.image) {
		s->image = sx_path_join(s->env->cwd, s->split.image);
	} else {
		if (sx_path_mkdirs(s->env->settings.image_dir, 0700, err))
			return -1;
		name = sx_path_escape(s->domain.name);
		s->image = sx_path_join(s->env->settings.image_dir, name);
	}
	follow_link(s);
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

/* Hidden: xendomains restores every file that it sees. */
static char *temp_name(const struct save *s)
{
	SX_FREE char *dir = sx_path_dir(s->image);
	SX_FREE char *base = sx_path_base(s->image);

	return sx_format("%s/.%s.safexl-%ld", dir, base, (long)getpid());
}

/* The temporary file exists with mode 0600 before xl opens it: memory images hold secrets. */
static int make_temp(struct save *s, struct sx_err *err)
{
	SX_CLOSE int fd = -1;

	fd = open(s->marker->temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return sx_err_sys(err, SX_ECANTWRITE, "create %s", s->marker->temp);
	return 0;
}

/* NULL, or why the marker of another guest or of another save forbids this one. */
static char *obstacle(const struct save *s, const struct marker *m)
{
	bool same_image = sx_streq(m->image, s->image), same_guest;

	same_guest = sx_streq(m->uuid, s->domain.uuid);
	if ((m->state == MARKER_SAVING || m->state == MARKER_RESTORING) &&
	    (same_guest || same_image))
		return sx_format("'%s' is %s %s right now", m->name,
				 m->state == MARKER_SAVING ? "being saved to"
							   : "being restored from",
				 m->image);
	if (m->state == MARKER_SAVED && same_image && !same_guest && !s->env->discard_marker)
		return sx_format("%s holds the saved state of '%s' (%s), which would be lost",
				 m->image, m->name, m->saved_at);
	return NULL;
}

static int refuse(const struct save *s, const struct marker *m, const char *reason,
		  struct sx_err *err)
{
	SX_STR again = { 0 };

	sx_err_set(err, SX_EGUARD, "%s", reason);
	if (m->state != MARKER_SAVED)
		return sx_err_hint(err, "wait until that has ended: safexl where %s", m->name);
	sx_str_add_words(&again, s->words);
	return sx_err_hint(err,
			   "save it to another file\n"
			   "to give that state up for good: safexl --discard-marker %s",
			   sx_str_text(&again));
}

static struct marker *describe(const struct save *s)
{
	struct marker *m = marker_new();

	m->state = MARKER_SAVING;
	m->goes_on = s->split.goes_on;
	m->name = sx_strdup(s->domain.name);
	m->uuid = sx_strdup(s->domain.uuid);
	m->image = sx_strdup(s->image);
	m->temp = temp_name(s);
	m->saved_at = flow_time_text(time(NULL));
	return m;
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
		SX_FREE char *reason = obstacle(s, all.items[i]);

		if (reason)
			return refuse(s, all.items[i], reason, err);
	}
	s->marker = describe(s);
	note_config(s);
	if (marker_write(s->env, s->marker, err))
		return -1;
	if (make_temp(s, err)) {
		SX_ERR ignored = { 0 };

		return marker_remove(s->marker, &ignored) ? sx_err_move(err, &ignored) : -1;
	}
	return 0;
}

/* xl failed: the guest goes on, an older image of that name is as it was. */
static int save_failed(struct save *s, struct sx_err *err)
{
	unlink(s->marker->temp);
	return marker_remove(s->marker, err);
}

/*
 * The disks first, before the long look at the image: what was seen right after xl's end settles
 * the save if we are killed now. A guest that goes on may have written before we looked.
 */
static int note_disks(struct save *s, struct saved_image *image, struct sx_err *err)
{
	struct stat st;

	if (fstat(image->fd, &st))
		return sx_err_sys(err, SX_EFAIL, "%s", image->path);
	saved_image_note_disks(image, s->env, s->marker);
	if (s->split.goes_on && !s->split.paused)
		saved_note_doubt(s->marker, st.st_mtim.tv_sec);
	return marker_write(s->env, s->marker, err);
}

/* The image is whole: on disk, its marker as well, then under its name. */
static int publish(struct save *s, struct saved_image *image, struct sx_err *err)
{
	SX_LOCK lock = { 0 };
	MARKERS all = { 0 };
	SX_FREE char *dir = sx_path_dir(s->image);
	struct marker *m = s->marker;

	if (fsync(image->fd))
		return sx_err_sys(err, SX_ECANTWRITE, "write %s to disk", m->temp);
	free(m->image_id);
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
	if (marker_write(s->env, m, err) || markers_load(s->env, &all, err))
		return -1;
	return saved_supersede(s->env, &all, m, err);
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

/* There is no image that a marker could stand for; what xl wrote is left for a look. */
static int save_broken(struct save *s, struct sx_err *err)
{
	SX_ERR ignored = { 0 };

	sx_err_wrap(err, "%s: xl reported success, but the image is not whole", s->domain.name);
	err->code = SX_EPARTIAL;
	sx_err_hint(err, "nothing was done to %s; what xl wrote is left in %s", s->image,
		    s->marker->temp);
	if (marker_remove(s->marker, &ignored))
		sx_err_clear(&ignored);
	return -1;
}

/* xl succeeded. An image that is not whole now is one that nobody will get back. */
static int save_succeeded(struct save *s, struct sx_err *err)
{
	SAVED_IMAGE image = SAVED_IMAGE_NONE;

	if (saved_image_open(s->marker->temp, &image, err))
		return save_broken(s, err);
	if (note_disks(s, &image, err) == 0) {
		if (saved_image_prove(&image, err))
			return save_broken(s, err);
		if (publish(s, &image, err) == 0) {
			say_saved(s);
			return 0;
		}
	}
	sx_err_wrap(err, "%s: the image is written, but not under its name", s->domain.name);
	err->code = SX_EPARTIAL;
	return sx_err_hint(err, "when the cause is mended: safexl recover");
}

/* xl failed and the guest is gone all the same (xl was killed late): the image is all there is. */
static bool is_lost(const struct save *s)
{
	bool known;
	bool runs = saved_domain_runs(s->marker->name, s->marker->uuid, &known);

	return known && !runs;
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
			"%s is no regular file: xl writes it as it is, and what is saved there is not guarded",
			s.image);
		*pass = true;
		return 0;
	}
	if (write_ahead(&s, err))
		return sx_err_wrap(err, "%s: not saved", s.domain.name);
	saved_xl_words(env, words, s.split.image, s.marker->temp, &argv);
	if (saved_run_xl(env, &argv, s.marker, status, err)) {
		SX_ERR ignored = { 0 };

		return save_failed(&s, &ignored) ? sx_err_move(err, &ignored) : -1;
	}
	succeeded = WIFEXITED(*status) && WEXITSTATUS(*status) == 0;
	return succeeded || is_lost(&s) ? save_succeeded(&s, err) : save_failed(&s, err);
}
