/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Puts a backup back, in this order: verify it; refuse what must be refused; note on disk what is
 * under way, and keep the guest from being started; write the disks and read each back; the
 * configuration, as one commit; the memory. From the first byte on it only goes forward, and each
 * step can be repeated. The guest is never started.
 */
#include "backup/restore.h"
#include "change/change.h"
#include "guard/kept.h"
#include "guard/marker.h"
#include "snapshot/kind.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

static void restoring_dispose(struct restoring *r)
{
	backup_look_dispose(&r->look);
	file_sums_dispose(&r->sums);
	unfinished_dispose(&r->u);
	unfinished_dispose(&r->before);
	defining_dispose(&r->defining);
	sx_str_dispose(&r->text);
	free(r->config);
	free(r->image);
}

/* ---- the disks ---- */

static int make_file(const char *path, struct sx_err *err)
{
	SX_CLOSE int fd = -1;

	if (access(path, F_OK) == 0)
		return 0;
	fd = file_create_new(path, err);
	return fd < 0 ? -1 : 0;
}

/* Compare what was written with the sums: the backup may have changed since it was verified. */
static int read_back(const struct restoring *r, const struct snapshot_disk *d, struct sx_err *err)
{
	SX_FREE char *what = sx_format("disk %s, read back", d->vdev), *name = backup_disk_file(d);
	char now[SUM_DIGITS + 1];

	if (backup_sum(d->object, d->size, what, &r->env->progress, now, err))
		return -1;
	if (sx_streq(file_sums_find(&r->sums, name), now))
		return 0;
	return sx_err_set(err, SX_ECANTWRITE, "%s does not have the bytes that were written to it",
			  d->object);
}

static int put_disks_back(struct restoring *r, struct sx_err *err)
{
	struct snapshot *s = &r->look.s;

	sx_each(struct snapshot_disk, d, &s->disks) {
		SX_FREE char *dir = sx_path_dir(d->object);

		if (!backup_has_disk(d))
			continue;
		file_sweep(dir);
		flow_notice(r->env, "%s: putting disk %s back to %s: %" PRIi64 " MiB", r->u.guest,
			    d->vdev, d->object, (d->size + (1 << 20) - 1) >> 20);
		if (make_file(d->object, err) || kind_copy.put_back(r->env, d, err))
			return sx_err_wrap(err, "disk %s", d->vdev);
		snapshot_note_disk(d);
		if (read_back(r, d, err))
			return sx_err_wrap(err, "disk %s", d->vdev);
	}
	return 0;
}

/* ---- the configuration, and the memory ---- */

static int put_config_back(struct restoring *r, struct sx_err *err)
{
	struct change_result result = { 0 };
	SX_FREE char *copy = unfinished_config(r->env, r->u.guest);
	char *words[] = { (char[]){ "restore" }, r->u.guest, copy, r->config,
			  r->look.s.taken_at,	 NULL };
	char commit[65] = "";

	if (r->config)
		return change_run(r->env, "restore", words, FLOW_CONFIG, &result, err);
	if (deed_run(r->env, &r->defining.deed, commit, err))
		return -1;
	flow_notice(r->env, "%s: its configuration is %s%s%.7s%s", r->u.guest, r->defining.path,
		    *commit ? ": committed (" : "", commit, *commit ? ")" : "");
	return define_remember(r->env, &r->defining, err);
}

static int put_memory_back(struct restoring *r, struct sx_err *err)
{
	SX_FREE char *from = sx_path_join(r->look.s.dir, "memory"), *dir = sx_path_dir(r->image);
	SX_FREE char *base = sx_path_base(r->image);
	SX_FREE char *temp = sx_format("%s/.%s.safexl-backup", dir, base);
	struct backup_copying c = {
		.from = from, .to = temp, .what = "memory", .progress = &r->env->progress
	};
	char digits[SUM_DIGITS + 1];
	struct stat st;

	if (stat(from, &st))
		return sx_err_sys(err, SX_EFAIL, "%s", from);
	c.size = st.st_size;
	if (sx_path_mkdirs(dir, 0700, err) || (unlink(temp) && errno != ENOENT) ||
	    backup_copy(&c, digits, err))
		return err->code ? -1 : sx_err_sys(err, SX_ECANTWRITE, "write %s", temp);
	if (!sx_streq(file_sums_find(&r->sums, "memory"), digits))
		return sx_err_set(err, SX_EFAIL, "%s: it changed after it was verified", from);
	if (rename(temp, r->image))
		return sx_err_sys(err, SX_ECANTWRITE, "rename %s to %s", temp, r->image);
	/* A marker about an older image of that name does not apply to this one. */
	return file_sync_dir(dir, err) || kept_release(r->env, r->image, err) ? -1 : 0;
}

/* ---- all of it ---- */

static int hold(const struct restoring *r, struct sx_err *err)
{
	const struct snapshot *s = &r->look.s;
	SX_FREE struct evidence_subject *subjects = snapshot_subjects(s);
	struct kept_guest guest = { .name = r->u.guest,
				    .uuid = r->options->as ? "" : s->uuid,
				    .disks = subjects,
				    .count = s->disks.len,
				    .instead = r->before.dir };

	return kept_hold(r->env, &guest, r->u.dir, err);
}

static int has_marker(const struct flow_env *env, const char *image, bool *has, struct sx_err *err)
{
	MARKERS all = { 0 };

	*has = false;
	if (markers_load(env, &all, err))
		return -1;
	for (size_t i = 0; i < all.len; i++)
		*has |= sx_streq(all.items[i]->image, image);
	return 0;
}

/* Every part is in place: mark the image as saved, release the guest. An image that has a marker
 * got it from a restore that was killed afterwards, and may have been used since. */
static int finish(const struct flow_env *env, const struct unfinished *u, struct sx_err *err)
{
	bool known = true;

	if (*u->image && has_marker(env, u->image, &known, err))
		return -1;
	if (!known && kept_put_saved(env, u->image, err))
		return -1;
	return kept_release(env, u->dir, err) || unfinished_end(env, u->guest, err) ? -1 : 0;
}

/* Check that nobody wrote to the disks: memory and person must get them as in the backup. */
static int check_disks(struct restoring *r, struct sx_err *err)
{
	sx_set(&r->look.s.guest, r->u.guest);
	return snapshot_check_disks(&r->look.s, err);
}

static int forward(struct restoring *r, struct sx_err *err)
{
	if (put_disks_back(r, err) || put_config_back(r, err) ||
	    (r->image && put_memory_back(r, err)) || check_disks(r, err))
		return -1;
	sx_set(&r->u.image, r->image ? r->image : "");
	r->u.done = true;
	if (unfinished_write(r->env, &r->u, err) || finish(r->env, &r->u, err))
		return -1;
	flow_notice(r->env, "%s: it is as in the backup of %s, and %s", r->u.guest,
		    r->look.s.taken_at, r->image ? "saved: start goes on with it" : "off");
	return 0;
}

static int begin(struct restoring *r, struct sx_err *err)
{
	SX_ERR why = { 0 };

	if (unfinished_write(r->env, &r->u, err) ||
	    unfinished_write_config(r->env, r->u.guest, &r->text, err))
		return -1;
	if (hold(r, err) == 0)
		return 0;
	sx_err_wrap(err, "%s: not restored", r->u.guest);
	if (r->again)
		return -1;
	if (r->before.guest ? unfinished_write(r->env, &r->before, &why)
			    : unfinished_end(r->env, r->u.guest, &why))
		flow_notice(r->env, "%s", why.msg);
	return -1;
}

static int run(struct restoring *r, struct sx_err *err)
{
	if (begin(r, err))
		return -1;
	if (forward(r, err) == 0)
		return 0;
	sx_err_wrap(err, "%s: the restore of %s is not complete", r->u.guest, r->u.dir);
	err->code = SX_EPARTIAL;
	return sx_err_hint(err, "after fixing the cause: safexl recover");
}

/* The disks may have half of another backup: only with --overwrite does this one replace it. */
static int check_unfinished(struct restoring *r, struct sx_err *err)
{
	if (unfinished_of(r->env, r->u.guest, &r->before, err))
		return -1;
	if (!r->before.guest || (r->before.restores && r->options->overwrite))
		return 0;
	return unfinished_refuse(&r->before, "not restored", err);
}

int backup_restore(const struct flow_env *env, const char *word,
		   const struct restore_options *options, struct sx_err *err)
{
	SX_CLEANUP(restoring_dispose) struct restoring r = { .env = env, .options = options };
	SX_LOCK lock = { 0 };

	if (restore_look(&r, word, err) || backup_lock(env, r.u.guest, &lock, err) ||
	    check_unfinished(&r, err) || restore_plan(&r, err))
		return -1;
	return run(&r, err);
}

int restore_again(const struct flow_env *env, const struct unfinished *u, struct sx_err *err)
{
	struct restore_options options = { .as = *u->as ? u->as : NULL,
					   .no_memory = u->no_memory,
					   .overwrite = true };
	SX_CLEANUP(restoring_dispose)
	struct restoring r = { .env = env, .options = &options, .again = true };
	bool known = true;

	/* Without a marker about the image, its disks are not noted: put everything back again. */
	if (u->done && *u->image && has_marker(env, u->image, &known, err))
		return -1;
	if (u->done && known) {
		if (finish(env, u, err))
			return -1;
		flow_notice(env, "%s: finished an interrupted restore of %s", u->guest, u->dir);
		return 0;
	}
	sx_words_add_all(&options.disks, u->disks.items);
	/* Its marker stays until hold() replaces it, as the disks may be half written. */
	if (restore_look(&r, u->dir, err) || restore_plan(&r, err)) {
		sx_words_dispose(&options.disks);
		return -1;
	}
	sx_words_dispose(&options.disks);
	return run(&r, err);
}
