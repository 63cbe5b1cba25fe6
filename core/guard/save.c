/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * xl save, made safe: write a marker, save to a temporary name, take evidence of the disks, prove
 * and sync the image, then rename it. See guard.h.
 */
#include "guard/save.h"
#include "domain/event.h"

#include <inttypes.h>
#include <sys/stat.h>

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
 * One canonical path for the image: as xl does, follow a symlink whose target exists. A missing
 * directory is reported later. Takes ownership of `path`.
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

/* Without a file: image_dir, with the domain's name. A dry run does not make that directory. */
static int choose_image(struct save *s, struct sx_err *err)
{
	SX_FREE char *name = NULL;

	if (s->split.image) {
		if (sx_path_absolute(s->env->cwd, s->split.image, &s->image, err))
			return -1;
		s->image = real_place(s->image);
		return 0;
	}
	if (!s->env->dry_run && sx_path_mkdirs(s->env->settings.image_dir, 0700, err))
		return -1;
	name = sx_path_escape(s->domain.name);
	s->image = real_place(sx_path_join(s->env->settings.image_dir, name));
	return 0;
}

static int find_domain(struct save *s, struct sx_err *err)
{
	LIVE *live = NULL;
	SX_ERR ignored = { 0 };
	int r = live_open(&live, err);

	event_about(s->env, s->split.domain);
	if (!r)
		r = domain_find(s->env, live, s->split.domain, &s->domain, err);
	if (!r) {
		event_about(s->env, s->domain.name);
		s->marker = marker_new();
		s->marker->with_host = s->env->with_host;
		s->marker->was_paused = s->env->was_paused;
	}
	/* xl would go on, and save it without any disk. */
	if (!r && live_disks_get(live, s->domain.domid, &s->disks, err))
		return sx_err_wrap(err, "%s: not saved", s->domain.name);
	if (!r) {
		live_disks_locate(live, s->domain.domid, &s->disks);
		saved_note_objects(s->marker, &s->disks);
	}
	/* Only the check of its memory before the save needs this: without it, it goes on. */
	if (!r && live_memory_get(live, s->domain.domid, &s->memory, &ignored))
		sx_err_clear(&ignored);
	return r ? saved_tell_absent(s->env, s->split.domain, err) : 0;
}

static int save_through(struct save *s, int *status, struct sx_err *err)
{
	SX_FREE char *number = domain_number(s->split.domain, &s->domain);
	SX_WORDS argv = { 0 };
	SX_ERR why = { 0 };
	int r = save_mark(s, err);

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
	/* The next command settles what is left of that, as if safexl had been killed. */
	if (save_end_over(s, &why))
		return r ? r : sx_err_move(err, &why);
	return r;
}

static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/*
 * After mem-set to less memory the guest may not have given it all back: xl restores such an image
 * with the lower target only, which is too small. At the host's shutdown nobody can wait, and an
 * image that may not restore is better than none.
 */
static int check_memory(const struct save *s, struct sx_err *err)
{
	uint64_t has = (s->memory.has_kib + 1023) >> 10, set = s->memory.target_kib >> 10;
	SX_FREE char *what = sx_format("it still has %" PRIu64 " MiB of memory and was set to "
				       "%" PRIu64 " MiB",
				       has, set);

	if (s->memory.has_kib <= s->memory.limit_kib)
		return 0;
	if (s->env->with_host) {
		flow_notice(
			s->env,
			"%s: %s: it is saved all the same, but xl may not be able to restore it",
			s->domain.name, what);
		return 0;
	}
	sx_err_set(err, SX_EGUARD, "%s: xl could not restore it", what);
	return sx_err_hint(
		err,
		"wait until it has given the rest back (safexl list %pQ), or let it keep "
		"that: safexl mem-set %pQ %" PRIu64,
		s->domain.name, s->domain.name, has);
}

/* In a dry run: the directory that a save would make first. */
static bool is_unmade(const struct save *s)
{
	return s->env->dry_run && !s->split.image && access(s->env->settings.image_dir, F_OK);
}

/* Check the place before xl runs: afterwards the guest is gone. */
static int check_place(struct save *s, bool *pass, struct sx_err *err)
{
	SX_ERR ignored = { 0 };

	if (choose_image(s, err))
		return -1;
	event_about_image(s->env, s->image);
	if (is_unmade(s))
		return 0;
	if (save_place_judge(s->env, s->words, &s->split, s->image, err))
		return -1;
	*pass = is_special(s->image);
	if (*pass) {
		flow_notice(
			s->env,
			"%s is not a regular file: xl writes to it directly, and safexl does not "
			"guard what is saved there",
			s->image);
		return 0;
	}
	/* An image that cannot be read is known only by its place. */
	if (saved_image_open(s->image, &s->there, &ignored) ||
	    image_identify(s->there.fd, &s->there.header, s->there.id, &ignored))
		s->there.id[0] = '\0';
	return save_place_room(s->image, s->memory.target_kib, err);
}

/* All that is checked before the marker. *pass: see save_run. */
static int save_begin(struct save *s, bool *pass, struct sx_err *err)
{
	save_words_split(s->words, &s->split);
	*pass = !s->split.valid;
	if (*pass)
		return 0;
	if (find_domain(s, err))
		return -1;
	*pass = s->domain.domid == 0;
	if (*pass)
		return 0;
	return check_memory(s, err) || check_place(s, pass, err)
		       ? sx_err_wrap(err, "%s: not saved", s->domain.name)
		       : 0;
}

int save_run(const struct flow_env *env, char *const *words, bool *pass, int *status,
	     struct sx_err *err)
{
	SX_CLEANUP(save_dispose)
	struct save s = { .env = env, .words = words, .there = SAVED_IMAGE_NONE };

	if (save_begin(&s, pass, err))
		return -1;
	return *pass ? 0 : save_through(&s, status, err);
}

int save_preview(const struct flow_env *env, char *const *words, char **image, struct sx_err *err)
{
	SX_CLEANUP(save_dispose)
	struct save s = { .env = env, .words = words, .there = SAVED_IMAGE_NONE };
	bool pass;

	if (save_begin(&s, &pass, err))
		return -1;
	if (!pass && save_mark(&s, err))
		return sx_err_wrap(err, "%s: not saved", s.domain.name);
	*image = pass || s.split.image ? NULL : sx_steal(&s.image);
	return 0;
}

int save_still_run(const struct flow_env *env, char *const *words, const struct save_still *still,
		   int *status, struct sx_err *err)
{
	SX_CLEANUP(save_dispose)
	struct save s = { .env = env, .words = words, .still = still, .there = SAVED_IMAGE_NONE };
	bool pass;

	return save_begin(&s, &pass, err) ? -1 : save_through(&s, status, err);
}

int save_judge(const struct flow_env *env, char *const *words, struct sx_err *err)
{
	SX_CLEANUP(save_dispose)
	struct save s = { .env = env, .words = words, .there = SAVED_IMAGE_NONE };

	save_words_split(words, &s.split);
	/* Without a file xl runs next, and refuses that itself. */
	if (!s.split.valid || !s.split.image || choose_image(&s, err))
		return err->code ? -1 : 0;
	return save_place_judge(env, words, &s.split, s.image, err);
}
