/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes a backup, in this order: note on disk what is under way; keep the source as it is; copy
 * file by file, and read each back; write a manifest that says it is complete; only then rename it.
 */
#include "backup/private.h"
#include "guard/saved.h"
#include "host/proc.h"
#include "snapshot/kind.h"
#include "snapshot/lvm.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

struct backing {
	const struct flow_env *env;
	const struct backup_options *options;
	struct backup_source source;
	struct unfinished u;
	struct file_sums sums;
	bool made; /* something of it may be on disk */
};

static void backing_dispose(struct backing *b)
{
	backup_source_dispose(&b->source);
	unfinished_dispose(&b->u);
	file_sums_dispose(&b->sums);
}

/* ---- where it will be ---- */

static int choose_place(struct backing *b, struct sx_err *err)
{
	struct snapshot *s = &b->source.s;
	const char *typed = b->options->dir ? b->options->dir : b->env->settings.backup_dir;
	SX_FREE char *safe = sx_path_escape(s->guest);
	SX_FREE char *all = NULL, *dir = NULL, *name = NULL;

	if (sx_path_absolute(b->env->cwd, typed, &all, err))
		return -1;
	dir = sx_path_join(all, safe);
	/* The time, with a number appended if that name is taken. */
	name = snapshot_free_name(dir, s->name);
	sx_set(&s->name, name);
	b->u.guest = sx_strdup(s->guest);
	b->u.place = sx_path_join(dir, name);
	b->u.dir = sx_format("%s/.%s.safexl-%ld", dir, name, (long)getpid());
	b->source.snapshot = b->source.runs ? sx_format("backup-%s", s->name) : NULL;
	b->u.snapshot = sx_strdup(b->source.runs ? b->source.snapshot : "");
	return 0;
}

static int make_dirs(const struct backing *b, struct sx_err *err)
{
	SX_FREE char *above = sx_path_dir(b->u.dir), *all = sx_path_dir(above);
	SX_FREE char *disks = sx_path_join(b->u.dir, "disks");

	if (sx_path_mkdirs(all, 0700, err) || sx_path_mkdirs(above, 0700, err) ||
	    file_sync_dir(all, err) || backup_trust(above, b->u.guest, err))
		return -1;
	if (mkdir(b->u.dir, 0700) || mkdir(disks, 0700))
		return sx_err_sys(err, SX_ECANTWRITE, "create %s", b->u.dir);
	return file_sync_dir(above, err);
}

/* Warn if the backup is beside a disk: when the storage dies, both are lost. */
static void say_same_place(const struct backing *b)
{
	struct stat there, disk;

	if (stat(b->u.dir, &there))
		return;
	sx_each(const struct snapshot_disk, d, &b->source.s.disks) {
		if (!backup_has_disk(d) || stat(d->object, &disk) || !S_ISREG(disk.st_mode) ||
		    disk.st_dev != there.st_dev)
			continue;
		flow_notice(b->env, "%s: the backup is on the same file system as disk %s (%s)",
			    b->u.guest, d->vdev, d->object);
		return;
	}
}

/* ---- file by file ---- */

static int copy(struct backing *b, const char *from, int64_t size, const char *name,
		const char *what, struct sx_err *err)
{
	SX_FREE char *to = sx_path_join(b->u.dir, name);
	struct backup_copying c = {
		.from = from, .to = to, .what = what, .size = size, .progress = &b->env->progress
	};
	char digits[SUM_DIGITS + 1];

	if (backup_copy(&c, digits, err))
		return sx_err_wrap(err, "%s", what);
	file_sums_add(&b->sums, name, digits);
	return 0;
}

/* Read back a file that was written at once, and add its sum. */
static int add_written(struct backing *b, const char *name, struct sx_err *err)
{
	SX_FREE char *path = sx_path_join(b->u.dir, name);
	char digits[SUM_DIGITS + 1];

	if (backup_sum_file(path, NULL, name, digits, err))
		return -1;
	file_sums_add(&b->sums, name, digits);
	return 0;
}

static int write_config(struct backing *b, struct sx_err *err)
{
	const struct sx_str *text = &b->source.config.text;
	SX_FREE char *path = sx_path_join(b->u.dir, "config");

	return file_write_durable(path, sx_str_text(text), text->len, err) ||
			       add_written(b, "config", err)
		       ? -1
		       : 0;
}

static int copy_memory(struct backing *b, struct sx_err *err)
{
	struct stat st;

	if (stat(b->source.image, &st))
		return sx_err_sys(err, SX_EFAIL, "%s", b->source.image);
	return copy(b, b->source.image, st.st_size, "memory", "memory", err);
}

/* A thin snapshot is not active, so that nothing else on this host reads it: activate it now. */
static int activate(const struct backing *b, const struct snapshot_disk *d, struct sx_err *err)
{
	SX_FREE char *name = lvm_full_name(d->volume);
	const char *const words[] = { "lvchange", "-q", "-ay", "-K", name, NULL };

	return sx_streq(d->kind, kind_thin.name) ? lvm_run(b->env, words, err) : 0;
}

static int copy_disk(struct backing *b, const struct snapshot_disk *d, struct sx_err *err)
{
	SX_FREE char *what = sx_format("disk %s", d->vdev);
	SX_FREE char *name = backup_disk_file(d);

	return activate(b, d, err) || copy(b, d->volume, d->size, name, what, err) ? -1 : 0;
}

static int copy_disks(struct backing *b, struct sx_err *err)
{
	sx_each(const struct snapshot_disk, d, &b->source.s.disks)
		if (backup_has_disk(d) && copy_disk(b, d, err))
			return -1;
	return 0;
}

static int fill(struct backing *b, struct sx_err *err)
{
	struct snapshot *s = &b->source.s;

	sx_set(&s->dir, b->u.dir);
	s->state = SNAPSHOT_TAKING;
	if (backup_write(s, err) || write_config(b, err) ||
	    (b->source.image && copy_memory(b, err)) || copy_disks(b, err))
		return -1;
	return backup_source_check(b->env, &b->source, err);
}

/* Write that the backup is complete, and give it its name. */
static int seal(struct backing *b, struct sx_err *err)
{
	SX_FREE char *disks = sx_path_join(b->u.dir, "disks"), *above = sx_path_dir(b->u.dir);

	b->source.s.state = SNAPSHOT_COMPLETE;
	if (backup_write(&b->source.s, err) || add_written(b, "manifest.json", err) ||
	    file_sums_write(&b->sums, b->u.dir, err) || file_sync_dir(disks, err) ||
	    file_sync_dir(b->u.dir, err))
		return -1;
	if (rename(b->u.dir, b->u.place))
		return sx_err_sys(err, SX_ECANTWRITE, "rename %s to %s", b->u.dir, b->u.place);
	sx_set(&b->source.s.dir, b->u.place);
	return file_sync_dir(above, err);
}

/* ---- all of it ---- */

static int begin(struct backing *b, struct sx_err *err)
{
	b->made = true;
	if (unfinished_write(b->env, &b->u, err) || make_dirs(b, err))
		return -1;
	say_same_place(b);
	return backup_source_hold(b->env, b->options, b->u.dir, &b->source, err);
}

/* It failed: remove what there is of it. */
static int give_up(struct backing *b, struct sx_err *err)
{
	SX_ERR why = { 0 };

	if (b->made && backup_withdraw(b->env, &b->u, &why))
		flow_notice(b->env, "%s: what is left of the backup waits for 'recover': %s",
			    b->u.guest, why.msg);
	return err->code == SX_EXL ? -1 : sx_err_wrap(err, "no backup");
}

/* Release the source. The backup is complete even if that fails. */
static int let_go(struct backing *b, struct sx_err *err)
{
	if (backup_withdraw(b->env, &b->u, err) == 0)
		return 0;
	sx_err_wrap(err, "%s: the backup in %s is whole, but its temporary files are not removed",
		    b->u.guest, b->u.place);
	err->code = SX_EPARTIAL;
	return sx_err_hint(err, "after fixing the cause: safexl recover");
}

/* Refuse while another one is unfinished: its note must not be overwritten. */
static int check_unfinished(const struct backing *b, struct sx_err *err)
{
	UNFINISHED u = { 0 };

	if (unfinished_of(b->env, b->u.guest, &u, err))
		return -1;
	return u.guest ? unfinished_refuse(&u, "no backup", err) : 0;
}

static int make(struct backing *b, struct sx_err *err)
{
	sigset_t before;
	int r;

	if (begin(b, err))
		return give_up(b, err);
	/* Signals are held: the copy looks for them and fails, and what is there is removed. */
	proc_hold_signals(&before);
	r = fill(b, err) || seal(b, err) ? give_up(b, err) : let_go(b, err);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

int backup_take(const struct flow_env *env, const char *word, const struct backup_options *options,
		struct snapshot *out, struct sx_err *err)
{
	SX_CLEANUP(backing_dispose) struct backing b = { .env = env, .options = options };
	SX_LOCK lock = { 0 };

	if (backup_source_find(env, word, options, &b.source, err) ||
	    backup_lock(env, b.source.s.guest, &lock, err) || choose_place(&b, err) ||
	    check_unfinished(&b, err) || make(&b, err))
		return -1;
	return backup_read(b.u.place, out, err);
}
