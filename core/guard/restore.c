/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * xl restore, made safe: only a complete, unused image, whose disks are unchanged. See guard.h, and
 * the states in marker.h.
 */
#include "guard/restore.h"
#include "domain/event.h"
#include "host/file.h"
#include "host/lock.h"
#include "xlcfg/xlcfg.h"

#include <sys/stat.h>

static void restore_dispose(struct restore *r)
{
	saved_image_dispose(&r->image);
	saved_target_dispose(&r->target);
	markers_dispose(&r->all);
	marker_free(r->unknown);
	guard_discard_dispose(&r->discard);
}

/* The newest marker of that content; `kept`: a snapshot's, else any other; `path`: only there. */
static struct marker *find_content(const struct restore *r, bool kept, const char *path)
{
	for (size_t i = r->all.len; i-- > 0;) {
		struct marker *m = r->all.items[i];

		if (*m->image_id && sx_streq(m->image_id, r->image.id) &&
		    (m->state == MARKER_SNAPSHOT) == kept && (!path || sx_streq(m->image, path)))
			return m;
	}
	return NULL;
}

/*
 * Look by content first: a moved or copied image is still the same. A snapshot may contain a copy
 * of a saved guest's image: that content is the snapshot's only in the snapshot's own path.
 */
static struct marker *find_marker(const struct restore *r)
{
	struct marker *m = find_content(r, true, r->image.path);

	if (!m)
		m = find_content(r, false, NULL);
	if (!m)
		m = find_content(r, true, NULL);
	if (m)
		return m;
	/* An image unreadable at its save has no identity: only its place is known. */
	for (size_t i = r->all.len; i-- > 0;)
		if (!*r->all.items[i]->image_id && sx_streq(r->all.items[i]->image, r->image.path))
			return r->all.items[i];
	return NULL;
}

/* What its disks say, in a few words; *adoptable: nothing speaks against it. Heap string. */
static char *what_disks_tell(const struct restore *r, bool *adoptable)
{
	SX_WORDS uses = { 0 };
	SX_ERR ignored = { 0 };
	char *tells = NULL;
	struct stat st;

	*adoptable = false;
	if (marker_uses(r->unknown, &uses, &ignored) == 0 && uses.len)
		return sx_words_join(&uses, "; ");
	if (fstat(r->image.fd, &st) == 0)
		tells = saved_written_after(r->unknown, &st.st_mtim);
	*adoptable = !tells;
	if (!tells)
		tells = saved_untold(r->unknown);
	return tells ? tells : sx_strdup("nothing seems to have written to them since");
}

/* An image from elsewhere or from plain xl: what its header and its disks say. */
static char *describe_unknown(struct restore *r, enum guard_way *way)
{
	SX_FREE char *tells = NULL;
	bool adoptable;
	size_t disks;

	r->unknown = saved_unknown(r->env, &r->image);
	disks = marker_disk_count(r->unknown);
	tells = what_disks_tell(r, &adoptable);
	*way = adoptable ? GUARD_WAY_ADOPT : GUARD_WAY_NONE;
	return sx_format(
		"safexl on this host did not save it and has no record of its %zu disk%s; it "
		"holds '%s' (uuid %s), saved by Xen %u.%u; %s",
		disks, disks == 1 ? "" : "s", r->unknown->name, r->unknown->uuid,
		r->image.stream.xen_major, r->image.stream.xen_minor, tells);
}

/* Name the keys that changed in the configuration since the save. */
static void say_config_changes(const struct restore *r)
{
	const struct marker *m = r->marker;
	FILE_IMAGE now = { 0 };
	SX_STR keys = { 0 };
	SX_ERR ignored = { 0 };

	if (!m || !m->config || !*m->config || file_read(m->config, &now, &ignored) ||
	    file_image_is(&now, m->config_text))
		return;
	if (xlcfg_differing_keys(m->config_text, sx_str_text(&now.text), &keys, &ignored))
		sx_err_clear(&ignored);
	flow_notice(r->env,
		    "%s: %s changed since the save%s%s: the guest continues with its saved "
		    "configuration; the change takes effect at its next cold boot",
		    m->name, m->config, keys.len ? " in " : "", sx_str_text(&keys));
}

/* The same arguments, valid in any directory. */
static void add_words_from(const struct restore *r, struct sx_str *out)
{
	SX_WORDS words = { 0 };

	for (size_t i = 0; r->words[i]; i++)
		sx_words_add(&words, r->words[i] == r->split.image    ? r->image.path
				     : r->words[i] == r->split.config ? r->target.config
								      : r->words[i]);
	sx_str_add_words(out, sx_words_argv(&words));
}

/* How to make xl's paths lead to the guest's own disks. Heap string. */
static char *place_way(const struct restore *r, const char *again)
{
	SX_FREE char *place = r->marker ? saved_place(r->marker) : NULL;
	SX_STR words = { 0 };

	if (!place || sx_streq(place, r->env->cwd))
		return sx_format("make that path lead to the guest's disk again, then: safexl %s",
				 again);
	add_words_from(r, &words);
	return sx_format("start it from where its paths lead to its disks: cd %pQ && safexl %s",
			 place, sx_str_text(&words));
}

/* A person may know what safexl cannot find out. Heap string. */
static char *adopt_way(const struct restore *r, const char *again)
{
	return sx_format("if nothing has written to its disks since: safexl adopt %pQ && safexl %s",
			 r->image.path, again);
}

/* The memory lies in the snapshot's directory, which has the snapshot's name. Heap string. */
static char *revert_way(const struct marker *m)
{
	SX_FREE char *dir = sx_path_dir(m->image), *snapshot = sx_path_base(dir);

	return sx_format("to restore the guest together with those disks: safexl revert %pQ %pQ",
			 m->name, snapshot);
}

/* What can be tried before --discard-marker, "" when nothing. Heap string. */
static char *first_way(const struct restore *r, enum guard_way way, const char *again)
{
	switch (way) {
	case GUARD_WAY_RELEASE:
		return sx_format("when nobody uses it any more (umount, or losetup -d for a loop "
				 "device): safexl %s",
				 again);
	case GUARD_WAY_BRING_BACK:
	case GUARD_WAY_MEND:
		return sx_format("bring that disk back first (start its array, activate its volume "
				 "group, log in to its target, mount its file system), then: "
				 "safexl %s",
				 again);
	case GUARD_WAY_PLACE:
		return place_way(r, again);
	case GUARD_WAY_ADOPT:
		return adopt_way(r, again);
	case GUARD_WAY_REVERT:
		return revert_way(r->marker);
	case GUARD_WAY_NONE:
	case GUARD_WAY_WAIT:
	case GUARD_WAY_FIND:
		break;
	}
	return sx_strdup("");
}

static int refuse(const struct restore *r, const char *reason, enum guard_way way,
		  struct sx_err *err)
{
	SX_FREE char *wait =
		r->marker ? saved_wait_hint(r->marker)
			  : sx_format("safexl where %pQ", r->target.name ? r->target.name : "");
	SX_FREE char *first = NULL;
	SX_STR again = { 0 };

	sx_str_add_words(&again, r->words);
	first = first_way(r, way, sx_str_text(&again));
	sx_err_set(err, SX_EGUARD, "%s: not restored: %s", r->image.path, reason);
	if (way == GUARD_WAY_WAIT)
		return sx_err_hint(err, "%s", wait);
	/* With a disk missing, xl would fail too, unless a configuration gives it other disks. */
	if (way == GUARD_WAY_BRING_BACK && !r->split.config)
		return sx_err_hint(err, "%s", first);
	return sx_err_hint(
		err,
		"%s%sresuming a guest on disks that have changed since the save corrupts their "
		"file systems\n"
		"to do it anyway: safexl --discard-marker %s",
		first, *first ? "\n" : "", sx_str_text(&again));
}

/* NULL, or why the image is not restored, other guests' markers aside. Heap string. */
static char *reason_against(struct restore *r, struct sx_words *notes, enum guard_way *way)
{
	char *reason = r->marker ? guard_judge_marker(r->marker, r->env, notes, way)
				 : describe_unknown(r, way);

	if (!reason && r->marker) {
		reason = saved_moved(r->marker, r->env->cwd, &r->target.disks);
		*way = reason ? GUARD_WAY_PLACE : GUARD_WAY_NONE;
	}
	if (!reason)
		reason = saved_target_differs(&r->target, &r->image, r->marker);
	return reason;
}

/* xl refuses a second domain of that name too, but only after the marker is written. */
static int check_name(const struct restore *r, struct sx_err *err)
{
	enum saved_presence p = saved_domain_look(r->target.name, "");

	if (p == SAVED_UNKNOWN || p == SAVED_ABSENT)
		return 0;
	sx_err_set(err, SX_EGUARD,
		   p == SAVED_RUNS     ? "%s: not restored: a domain '%s' is running"
		   : p == SAVED_PAUSED ? "%s: not restored: a domain '%s' is there already, paused"
				       : "%s: not restored: what is left of a domain '%s' is still "
					 "there, suspended",
		   r->image.path, r->target.name);
	if (p == SAVED_RUNS)
		return sx_err_hint(err, "for its state: safexl where %pQ", r->target.name);
	return sx_err_hint(err, "if it is not needed: safexl destroy %pQ", r->target.name);
}

/*
 * Check the markers of others, as for create: the guest takes this name and writes to these disks.
 * `begin`: write the ones that --discard-marker overrides.
 */
static int check_others(struct restore *r, bool begin, struct sx_err *err)
{
	SX_STR retry = { 0 };
	struct guard_want want = {
		.name = r->target.name,
		.uuid = r->target.uuid,
		.starts = true,
		.disks = &r->target.disks,
		.except = r->marker ? r->marker->file : NULL,
	};

	sx_str_add(&retry, "safexl --discard-marker ");
	sx_str_add_words(&retry, r->words);
	want.retry = sx_str_text(&retry);
	if (!begin)
		return guard_check_among(r->env, &r->all, &want, NULL, err);
	r->discard.stays = r->split.stays;
	return guard_discard_among(r->env, &r->all, &want, &r->discard, err);
}

static int open_image(struct restore *r, struct sx_err *err)
{
	SX_FREE char *path = NULL;

	if (sx_path_absolute(r->env->cwd, r->split.image, &path, err) ||
	    saved_image_open(path, &r->image, err) || saved_image_prove(&r->image, err))
		return -1;
	return saved_target_read(r->env, &r->image, r->split.config, &r->target, err);
}

/* An image that is gone or damaged cannot be restored; `where` says what else can be done. */
static int hint_where(const struct restore *r, struct sx_err *err)
{
	SX_FREE char *path = NULL;
	SX_ERR ignored = { 0 };

	if (err->hint || sx_path_absolute(r->env->cwd, r->split.image, &path, &ignored))
		return -1;
	for (size_t i = r->all.len; i-- > 0;) {
		if (sx_streq(r->all.items[i]->image, path))
			return sx_err_hint(err, "what can be done: safexl where %pQ",
					   r->all.items[i]->name);
	}
	return -1;
}

/* Report that --discard-marker overrides this reason. */
static void tell_discard(const struct restore *r, const char *image, const char *reason)
{
	struct flow_event event = { .kind = EVENT_DISCARDING, .image = image };

	flow_notice(r->env, "%s: going ahead with --discard-marker: %s", image, reason);
	event_tell(r->env, &event, "%s: going ahead with --discard-marker: %s", image, reason);
}

/* Everything up to the verdict; without the lock, since reading whole disks can take hours. */
static int judge(struct restore *r, struct sx_err *err)
{
	SX_FREE char *reason = NULL;
	SX_WORDS notes = { 0 };
	enum guard_way way = GUARD_WAY_NONE;

	/* An interrupted save that is finished now may put another image in its place. */
	if (markers_load_settled(r->env, &r->all, err))
		return -1;
	if (open_image(r, err))
		return hint_where(r, err);
	event_about(r->env, r->target.name);
	event_about_image(r->env, r->image.path);
	markers_tell_bad(r->env, &r->all);
	r->marker = find_marker(r);
	if (r->marker)
		r->judged = r->marker->state;
	event_about_config(r->env, r->target.config ? r->target.config
				   : r->marker	    ? r->marker->config
						    : NULL);
	reason = reason_against(r, &notes, &way);
	/* --discard-marker must not override a command that is in progress. */
	if (reason && (!r->env->discard_marker || (r->marker && saved_in_progress(r->marker))))
		return refuse(r, reason, way, err);
	if (reason)
		tell_discard(r, r->image.path, reason);
	for (size_t i = 0; i < notes.len; i++)
		flow_notice(r->env, "%s: %s", r->image.path, notes.items[i]);
	return check_name(r, err);
}

/* xl opens the image by name: is that the file that was judged, and will it stay? */
static int check_place(const struct restore *r, struct sx_err *err)
{
	struct stat ours, now;

	if (fstat(r->image.fd, &ours) || stat(r->image.path, &now) || ours.st_ino != now.st_ino ||
	    ours.st_dev != now.st_dev)
		return refuse(r, "it was replaced just now", GUARD_WAY_NONE, err);
	sx_each_of(const struct marker, m, &r->all) {
		SX_FREE char *what = saved_progress(m);

		if (m->state == MARKER_SAVING && sx_streq(m->image, r->image.path))
			return refuse(r, what, GUARD_WAY_WAIT, err);
	}
	return 0;
}

/* Are image and marker still the ones that were judged? */
static int judge_again(struct restore *r, struct sx_err *err)
{
	bool was_known = r->marker;
	MARKERS before = sx_steal(&r->all);

	r->marker = NULL;
	if (markers_load(r->env, &r->all, err))
		return -1;
	markers_keep_pending(&r->all, &before);
	r->marker = find_marker(r);
	if (was_known != (r->marker != NULL) || (r->marker && r->marker->state != r->judged))
		return refuse(r, "another safexl changed its marker just now", GUARD_WAY_WAIT, err);
	return check_place(r, err);
}

/* Under the lock, so that a second restore finds the marker in another state. */
static int restore_begin(struct restore *r, struct sx_err *err)
{
	SX_LOCK lock = { 0 };

	if (judge(r, err) || flow_lock(r->env, "guard", "markers", &lock, err) ||
	    judge_again(r, err) || check_others(r, true, err))
		return -1;
	say_config_changes(r);
	if (!r->marker)
		r->marker = r->unknown;
	return marker_restoring(r->env, r->marker, r->marker == r->unknown, r->target.name, err);
}

/* A pipe or device cannot be examined before xl reads it. */
static int restore_special(struct restore *r, bool *pass, struct sx_err *err)
{
	SX_FREE char *path = NULL;
	struct stat st;

	if (sx_path_absolute(r->env->cwd, r->split.image, &path, err))
		return -1;
	if (stat(path, &st) || S_ISREG(st.st_mode))
		return 0;
	if (!r->env->discard_marker) {
		sx_err_set(err, SX_EGUARD,
			   "%s: not restored: not a regular file, so safexl cannot check it first",
			   path);
		return sx_err_hint(err, "copy it to a file, and restore that");
	}
	tell_discard(r, path, "not a regular file, so nothing is known of it");
	*pass = true;
	return 0;
}

static void restore_init(struct restore *r, const struct flow_env *env, char *const *words)
{
	*r = (struct restore){ .env = env, .words = words, .image = SAVED_IMAGE_NONE };
	restore_words_split(words, &r->split);
}

int restore_run(const struct flow_env *env, char *const *words, bool *pass, int *status,
		struct sx_err *err)
{
	SX_CLEANUP(restore_dispose) struct restore r;
	SX_WORDS argv = { 0 };

	restore_init(&r, env, words);
	*pass = !r.split.valid;
	if (*pass)
		return 0;
	if (restore_special(&r, pass, err) || (!*pass && restore_begin(&r, err)))
		return -1;
	if (*pass)
		return 0;
	saved_xl_words(env, words, NULL, NULL, &argv);
	if (saved_run_discarding(env, &argv, r.marker, &r.discard, status, err)) {
		SX_ERR why = { 0 };

		return marker_back(env, r.marker, &why) ? sx_err_move(err, &why) : -1;
	}
	if (restore_settle(&r, *status, err)) {
		sx_err_wrap(err, "%s: the outcome of the restore is not recorded", r.image.path);
		err->code = SX_EPARTIAL;
		return sx_err_hint(err, "after fixing the cause: safexl recover");
	}
	return 0;
}

int restore_judge(const struct flow_env *env, char *const *words, struct sx_err *err)
{
	SX_CLEANUP(restore_dispose) struct restore r;
	bool pass = false;

	restore_init(&r, env, words);
	if (!r.split.valid)
		return 0;
	if (restore_special(&r, &pass, err) || (!pass && judge(&r, err)))
		return -1;
	return pass ? 0 : check_others(&r, false, err);
}
