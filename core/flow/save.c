/*
 * xl save, made safe: a marker before, a temporary name, the image proven whole and on disk, the
 * evidence of the disks, then the name it shall have. See guard.h.
 */
#include "saved.h"

#include <safexl/config.h>
#include <safexl/domain.h>
#include <safexl/file.h>
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
	struct saved_image there; /* the image that is there, if any */
	struct live_domain domain;
	struct live_disks disks;
	struct live_memory memory;
	struct marker *marker; /* begun when the domain is found */
	struct markers over; /* of the saved states that it is to take the place of */
};

static void save_dispose(struct save *s)
{
	free(s->image);
	saved_image_dispose(&s->there);
	live_domain_dispose(&s->domain);
	live_disks_dispose(&s->disks);
	marker_free(s->marker);
	markers_dispose(&s->over);
}

/*
 * The place by one name, whatever the path: as xl, through a link to a file that is there. A
 * directory that is not there is found so when the image is made. Takes the path over.
 */
static char *real_place(char *path)
{
	SX_FREE char *given = path;
	SX_FREE char *dir = sx_path_dir(path);
	SX_FREE char *base = sx_path_base(path);
	SX_FREE char *real_dir = realpath(dir, NULL);
	char *real = realpath(path, NULL);

	if (real)
		return real;
	return real_dir ? sx_path_join(real_dir, base) : sx_steal(&given);
}

/* Without a file: image_dir, the domain's name. */
static int choose_image(struct save *s, struct sx_err *err)
{
	SX_FREE char *name = NULL;

	if (s->split.image) {
		if (sx_path_absolute(s->env->cwd, s->split.image, &s->image, err))
			return -1;
		s->image = real_place(s->image);
		return 0;
	}
	if (sx_path_mkdirs(s->env->settings.image_dir, 0700, err))
		return -1;
	name = sx_path_escape(s->domain.name);
	s->image = real_place(sx_path_join(s->env->settings.image_dir, name));
	return 0;
}

static int find_domain(struct save *s, struct sx_err *err)
{
	struct live *live = NULL;
	SX_ERR ignored = { 0 };
	int r = live_open(&live, err);

	if (!r)
		r = domain_find(s->env, live, s->split.domain, &s->domain, err);
	if (!r) {
		s->marker = marker_new();
		saved_note_objects(s->marker, live, s->domain.domid);
	}
	/* For what is tried before; that these are not known keeps nobody from saving. */
	if (!r && (live_disks_get(live, s->domain.domid, &s->disks, &ignored) ||
		   live_memory_get(live, s->domain.domid, &s->memory, &ignored)))
		sx_err_clear(&ignored);
	live_close(live);
	return r;
}

/* What the configuration was at the save, so that restore can tell what changed since. */
static void note_config(struct save *s)
{
	/* The marker must have room for the disks. */
	enum { longest_text = 1 << 20 };
	struct resolved resolved = { 0 };
	FILE_IMAGE file = { 0 };
	SX_ERR ignored = { 0 };

	if (resolve_domain(s->env, s->domain.name, s->domain.uuid, &resolved, &ignored) == 0 &&
	    file_read(resolved.path, &file, &ignored) == 0 && file.text.len <= longest_text &&
	    config_admit(file.path, &file.text, &ignored) == 0) {
		s->marker->config = sx_strdup(resolved.path);
		s->marker->config_text = sx_strdup(sx_str_text(&file.text));
	}
	resolved_dispose(&resolved);
}

/* Hidden: xendomains restores every file that it sees. One of an earlier process is left alone. */
static char *temp_name(const struct save *s)
{
	char *name = marker_temp_name(s->image, 0);
	struct stat st;

	for (unsigned n = 1; lstat(name, &st) == 0; n++) {
		free(name);
		name = marker_temp_name(s->image, n);
	}
	return name;
}

/* The temporary file exists with mode 0600 before xl opens it: memory images hold secrets. */
static int make_temp(struct save *s, struct sx_err *err)
{
	SX_CLOSE int fd = -1;

	fd = open(s->marker->temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0)
		return 0;
	sx_err_sys(err, SX_ECANTWRITE, "create %s", s->marker->temp);
	return sx_err_hint(err, "save it to another file");
}

static bool is_same_guest(const struct save *s, const char *name, const char *uuid)
{
	return sx_streq(uuid, s->domain.uuid) || sx_streq(name, s->domain.name);
}

/* NULL, or why the marker of another guest or of another save forbids this one. */
static char *obstacle(const struct save *s, const struct marker *m)
{
	bool same_image =
		*s->there.id ? sx_streq(m->image_id, s->there.id) : sx_streq(m->image, s->image);
	bool same_guest = is_same_guest(s, m->name, m->uuid);

	if (saved_in_progress(m) && (same_guest || sx_streq(m->image, s->image)))
		return saved_progress(m);
	if (m->state == MARKER_SAVED && same_image && !same_guest && access(s->image, F_OK) == 0)
		return sx_format("%s holds the saved state of '%s' (%s), which would be lost",
				 s->image, m->name, m->saved_at);
	return NULL;
}

static char *lost_hint(const struct save *s)
{
	SX_STR again = { 0 };

	sx_str_add_words(&again, s->words);
	return sx_format("save it to another file\n"
			 "to give that state up for good: safexl --discard-marker %s",
			 sx_str_text(&again));
}

static int refuse(const struct save *s, const struct marker *m, const char *reason,
		  struct sx_err *err)
{
	SX_FREE char *hint = m->state == MARKER_SAVED ? lost_hint(s) : saved_wait_hint(m);

	sx_err_set(err, SX_EGUARD, "%s", reason);
	return sx_err_hint(err, "%s", hint);
}

/* An image that no marker knows may be all that there is of another guest. */
static int check_unknown(const struct save *s, const struct markers *all, struct sx_err *err)
{
	const struct image_config *c = &s->there.config;
	SX_FREE char *reason = NULL, *hint = NULL;

	if (!*s->there.id || s->env->discard_marker || is_same_guest(s, c->name, c->uuid))
		return 0;
	for (size_t i = 0; i < all->len; i++)
		if (sx_streq(all->items[i]->image_id, s->there.id))
			return 0;
	hint = lost_hint(s);
	reason = sx_format("%s holds the saved state of '%s', of which nothing is known here, and "
			   "which would be lost",
			   s->image, c->name);
	sx_err_set(err, SX_EGUARD, "%s", reason);
	return sx_err_hint(err, "%s", hint);
}

/* Nobody else saves or restores this guest or this image, and no other guest's state gets lost. */
static int check_obstacles(struct save *s, struct markers *all, struct sx_err *err)
{
	for (size_t i = all->len; i-- > 0;) {
		struct marker *m = all->items[i];
		SX_FREE char *reason = obstacle(s, m);

		if (!reason)
			continue;
		if (m->state != MARKER_SAVED || !s->env->discard_marker)
			return refuse(s, m, reason, err);
		sx_vec_push(&s->over, saved_take(all, i));
	}
	for (size_t i = 0; i < s->over.len; i++)
		if (marker_discarding(s->env, s->over.items[i], "", err))
			return -1;
	return 0;
}

/* The new image has its name, and those markers are gone; or they are as before. */
static int end_over(struct save *s, struct sx_err *err)
{
	SX_LOCK lock = { 0 };

	if (s->over.len && flow_lock(s->env, "guard", "markers", &lock, err))
		return -1;
	for (size_t i = 0; i < s->over.len; i++) {
		struct marker **m = &s->over.items[i];
		SX_FREE char *name = sx_strdup((*m)->name);

		if (marker_reload(m, err))
			return -1;
		if (!*m)
			flow_notice(s->env, "%s: the saved state in %s is given up", name,
				    s->image);
		else if ((*m)->state == MARKER_DISCARDING && marker_back(s->env, *m, err))
			return -1;
	}
	return 0;
}

static void describe(struct save *s)
{
	struct marker *m = s->marker;

	m->state = MARKER_SAVING;
	m->goes_on = s->split.goes_on;
	m->name = sx_strdup(s->domain.name);
	m->uuid = sx_strdup(s->domain.uuid);
	m->image = sx_strdup(s->image);
	m->temp = temp_name(s);
	m->saved_at = flow_time_text(time(NULL));
}

/* What will be noted of the disks when xl has the guest must find room in the marker. */
static int check_room(const struct save *s, struct sx_err *err)
{
	enum { disk_bytes = 8 << 10 };
	size_t size = marker_size(s->marker);

	for (size_t i = 0; i < s->disks.len; i++)
		size += disk_bytes + 6 * strlen(s->disks.items[i].target);
	if (size <= FILE_LARGEST)
		return 0;
	return sx_err_set(err, SX_ECANTWRITE,
			  "what has to be noted of its %zu disks does not fit into a marker",
			  s->disks.len);
}

/* The marker first: a file that is left must have one. */
static int write_ahead(struct save *s, struct sx_err *err)
{
	SX_LOCK lock = { 0 };
	MARKERS all = { 0 };
	SX_ERR ignored = { 0 };

	if (markers_take(s->env, &lock, &all, err))
		return -1;
	markers_tell_bad(s->env, &all);
	if (check_obstacles(s, &all, err) || check_unknown(s, &all, err))
		return -1;
	describe(s);
	note_config(s);
	if (check_room(s, err))
		return -1;
	if (marker_write(s->env, s->marker, err) == 0 && make_temp(s, err) == 0)
		return 0;
	/* A write that failed may have left it all the same. */
	if (s->marker->file && marker_remove(s->marker, &ignored))
		sx_err_clear(&ignored);
	return -1;
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
		saved_note_doubt(s->marker, &st.st_mtim);
	return marker_write(s->env, s->marker, err);
}

static int publish(struct save *s, const struct saved_image *image, struct sx_err *err)
{
	SX_LOCK lock = { 0 };
	MARKERS all = { 0 };

	if (saved_secure(s->env, s->marker, image, err) ||
	    flow_lock(s->env, "guard", "markers", &lock, err) || markers_load(s->env, &all, err))
		return -1;
	return saved_finish(s->env, &all, s->marker,
			    s->marker->goes_on ? MARKER_CHECKPOINT : MARKER_SAVED, false, err);
}

static void say_saved(const struct save *s)
{
	const struct marker *m = s->marker;
	size_t unseen = saved_say_unseen(s->env, m);

	flow_notice(s->env, "%s: saved in %s, whole and on disk; %zu of %zu disks noted%s", m->name,
		    m->image, marker_disk_count(m) - unseen, marker_disk_count(m),
		    m->goes_on ? "; the guest goes on, so this image is a checkpoint only" : "");
	if (*m->doubt)
		flow_notice(s->env, "%s: restoring it will be refused: %s", m->name, m->doubt);
}

/* The record is not complete: `safexl recover` sees to the rest. */
static int save_partial(const struct save *s, const char *what, struct sx_err *err)
{
	sx_err_wrap(err, "%s: %s", s->domain.name, what);
	err->code = SX_EPARTIAL;
	return sx_err_hint(err, "when the cause is mended: safexl recover");
}

/* The guest is where it was, and so is an older image of that name. */
static int save_failed(struct save *s, struct sx_err *err)
{
	if (saved_withdraw(s->marker, err))
		return save_partial(s, "xl failed, and what is left of the save cannot be removed",
				    err);
	return 0;
}

/* xl reported success, but there is no image to speak of. */
static int save_broken(struct save *s, enum saved_presence p, struct sx_err *why,
		       struct sx_err *err)
{
	SX_FREE char *temp = sx_strdup(s->marker->temp);
	SX_FREE char *name = sx_quoted(s->domain.name);
	bool gone = p == SAVED_ABSENT || p == SAVED_UNKNOWN;

	if (gone ? saved_give_up(s->env, s->marker, why, err) : saved_withdraw(s->marker, err))
		return save_partial(s, "the image is not whole, which cannot be recorded", err);
	sx_err_set(err, gone ? SX_EPARTIAL : SX_EFAIL,
		   "%s: xl reported success, but the image is not whole: %s", s->domain.name,
		   why->msg);
	if (!gone)
		return sx_err_hint(err,
				   "the guest is still there, nothing was done to %s; "
				   "how it stands: safexl where %s",
				   s->image, name);
	return sx_err_hint(err,
			   "nothing was done to %s; what xl wrote is left in %s; "
			   "how it stands: safexl where %s",
			   s->image, temp, name);
}

/*
 * xl failed without the guest's going on: it was killed at the wrong moment, and an image that is
 * whole is all there is of the guest.
 */
static int save_lost(struct save *s, enum saved_presence p, bool whole, struct sx_err *why,
		     struct sx_err *err)
{
	struct marker *m = s->marker;
	SX_FREE char *temp = sx_strdup(m->temp);

	if (whole)
		return 0;
	if (p == SAVED_SUSPENDED) {
		flow_notice(s->env,
			    "%s: xl left it suspended: it does not run, and is not saved either "
			    "('xl resume' of Xen 4.20 lets it go on)",
			    m->name);
		return save_failed(s, err);
	}
	if (saved_give_up(s->env, m, why, err))
		return save_partial(s, "xl failed, which cannot be recorded", err);
	if (m->state == MARKER_DISCARDED)
		flow_notice(s->env, "%s: it is gone; what there is of its memory is in %s", m->name,
			    temp);
	return 0;
}

static int save_complete(struct save *s, struct saved_image *image, struct sx_err *err)
{
	if (publish(s, image, err))
		return save_partial(s, "it is saved, but that is not recorded completely", err);
	say_saved(s);
	return 0;
}

/* xl has ended: what came of it is seen in Xen and in the file. */
static int save_ended(struct save *s, int status, struct sx_err *err)
{
	SAVED_IMAGE image = SAVED_IMAGE_NONE;
	SX_ERR why = { 0 };
	enum saved_presence p = saved_domain_look(s->marker->name, s->marker->uuid);
	bool succeeded = WIFEXITED(status) && WEXITSTATUS(status) == 0, whole;

	if (!succeeded &&
	    (p == SAVED_RUNS || p == SAVED_PAUSED || (p == SAVED_UNKNOWN && WIFEXITED(status))))
		return save_failed(s, err);
	if (!succeeded && p == SAVED_UNKNOWN) {
		sx_err_set(err, SX_EPARTIAL, "Xen cannot be asked whether it runs");
		return save_partial(s, "xl was killed", err);
	}
	if (!succeeded && p == SAVED_SUSPENDED)
		s->marker->goes_on = false;
	whole = saved_image_open(s->marker->temp, &image, &why) == 0;
	if (whole && note_disks(s, &image, err))
		return save_partial(s, "it is saved, but that is not recorded completely", err);
	whole = whole && saved_image_prove(&image, &why) == 0;
	if (!succeeded && save_lost(s, p, whole, &why, err))
		return -1;
	if (whole)
		return save_complete(s, &image, err);
	return succeeded ? save_broken(s, p, &why, err) : 0;
}

static int save_through(struct save *s, int *status, struct sx_err *err)
{
	SX_FREE char *number = domain_number(s->split.domain, &s->domain);
	SX_WORDS argv = { 0 };
	SX_ERR why = { 0 };
	int r = write_ahead(s, err);

	if (r) {
		sx_err_wrap(err, "%s: not saved", s->domain.name);
	} else {
		saved_xl_words(s->env, s->words, s->split.image, s->marker->temp, &argv);
		saved_give_number(&argv, s->split.domain, number);
		r = saved_run_xl(s->env, &argv, s->marker, status, err);
		if (!r)
			r = save_ended(s, *status, err);
		else if (saved_withdraw(s->marker, &why))
			sx_err_move(err, &why);
	}
	sx_err_clear(&why);
	/* What is left of that is settled by the next command, as if we had been killed. */
	if (end_over(s, &why))
		return r ? r : sx_err_move(err, &why);
	return r;
}

static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* The place is tried before xl runs: afterwards the guest is gone. */
static int save_begin(struct save *s, bool *pass, struct sx_err *err)
{
	SX_ERR ignored = { 0 };

	if (choose_image(s, err) || save_place_judge(s->env, s->words, &s->split, s->image, err))
		return -1;
	*pass = is_special(s->image);
	if (*pass) {
		flow_notice(
			s->env,
			"%s is not a regular file: xl writes it as it is, and what is saved there is not guarded",
			s->image);
		return 0;
	}
	/* One that we cannot read is known by its place alone. */
	if (saved_image_open(s->image, &s->there, &ignored) ||
	    image_identify(s->there.fd, &s->there.header, s->there.id, &ignored))
		s->there.id[0] = '\0';
	return save_place_room(s->image, s->memory.target_kib, err);
}

int save_run(const struct flow_env *env, char *const *words, bool *pass, int *status,
	     struct sx_err *err)
{
	SX_CLEANUP(save_dispose)
	struct save s = { .env = env, .words = words, .there = SAVED_IMAGE_NONE };

	save_words_split(words, &s.split);
	*pass = !s.split.valid;
	if (*pass)
		return 0;
	if (find_domain(&s, err))
		return -1;
	*pass = s.domain.domid == 0;
	if (*pass)
		return 0;
	if (save_begin(&s, pass, err))
		return sx_err_wrap(err, "%s: not saved", s.domain.name);
	return *pass ? 0 : save_through(&s, status, err);
}

int save_judge(const struct flow_env *env, char *const *words, struct sx_err *err)
{
	SX_CLEANUP(save_dispose)
	struct save s = { .env = env, .words = words, .there = SAVED_IMAGE_NONE };

	save_words_split(words, &s.split);
	/* Without a file xl has nowhere to save to. */
	if (!s.split.valid || !s.split.image || choose_image(&s, err))
		return err->code ? -1 : 0;
	return save_place_judge(env, words, &s.split, s.image, err);
}
