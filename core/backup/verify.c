/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is a backup what was written? Needs neither Xen nor safexl's state, so any host can check it. */
#include "backup/private.h"
#include "guard/saved.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct verifying {
	const char *dir;
	const struct flow_progress *progress;
	struct backup_look *look;
	struct file_sums sums;
};

void backup_look_dispose(struct backup_look *look)
{
	snapshot_dispose(&look->s);
	sx_words_dispose(&look->faults);
}

static void fault(struct verifying *v, char *text)
{
	sx_words_give(&v->look->faults, text);
}

/* A failing system call tells nothing about what was written, unless the file is gone. */
static void note_error(struct verifying *v, struct sx_err *err)
{
	sx_words_add(&v->look->faults, err->msg);
	v->look->unread += err->sys_errno && err->sys_errno != ENOENT && err->sys_errno != ENOTDIR;
	sx_err_clear(err);
}

/* ---- the files against their sums ---- */

static void check_size(struct verifying *v, const char *name, int64_t size)
{
	sx_each(const struct snapshot_disk, d, &v->look->s.disks) {
		SX_FREE char *file = backup_disk_file(d);

		if (sx_streq(file, name) && d->size != size)
			fault(v, sx_format("%s: it has %lld bytes, and had %lld", name,
					   (long long)size, (long long)d->size));
	}
}

static void check_sum(struct verifying *v, const struct file_sum *sum)
{
	SX_FREE char *path = sx_path_join(v->dir, sum->name);
	char digits[SUM_DIGITS + 1];
	SX_ERR err = { 0 };
	struct stat st;

	if (lstat(path, &st)) {
		if (errno == ENOENT || errno == ENOTDIR) {
			fault(v, sx_format("%s: it is missing", sum->name));
			return;
		}
		sx_err_sys(&err, SX_EFAIL, "%s", sum->name);
		note_error(v, &err);
		return;
	}
	if (!S_ISREG(st.st_mode)) {
		fault(v, sx_format("%s: it is not a file", sum->name));
		return;
	}
	if (backup_sum_file(path, v->progress, sum->name, digits, &err)) {
		note_error(v, &err);
		return;
	}
	check_size(v, sum->name, st.st_size);
	if (strcmp(digits, sum->digits) != 0)
		fault(v, sx_format("%s: its bytes are not those that were written", sum->name));
}

/* ---- what there must be, and nothing else ---- */

static void need(struct verifying *v, const char *name)
{
	if (!file_sums_find(&v->sums, name))
		fault(v, sx_format("%s: SHA256SUMS does not have it", name));
}

static void check_needed(struct verifying *v)
{
	const struct snapshot *s = &v->look->s;

	need(v, "manifest.json");
	need(v, "config");
	if (s->memory)
		need(v, "memory");
	for (size_t i = 0; i < s->disks.len; i++) {
		SX_FREE char *name = backup_disk_file(&s->disks.items[i]);

		if (backup_has_disk(&s->disks.items[i]))
			need(v, name);
	}
}

static void check_extra(struct verifying *v, const char *under)
{
	SX_FREE char *dir = sx_path_join(v->dir, under);
	SX_WORDS names = { 0 };
	SX_ERR err = { 0 };

	if (sx_path_list(*under ? dir : v->dir, "", &names, &err)) {
		note_error(v, &err);
		return;
	}
	for (size_t i = 0; i < names.len; i++) {
		SX_FREE char *name = sx_format("%s%s%s", under, *under ? "/" : "", names.items[i]);

		if (!file_sums_find(&v->sums, name) && !sx_streq(name, "disks") &&
		    !sx_streq(name, "SHA256SUMS"))
			fault(v, sx_format("%s: it does not belong to the backup", name));
	}
}

/* The sums match here: an incomplete memory image was incomplete when it was backed up. */
static void check_memory(struct verifying *v)
{
	SX_FREE char *path = sx_path_join(v->dir, "memory");
	SAVED_IMAGE image = SAVED_IMAGE_NONE;
	SX_ERR err = { 0 };

	if (!v->look->s.memory || access(path, F_OK))
		return;
	if (saved_image_open(path, &image, &err) || saved_image_prove(&image, &err))
		note_error(v, &err);
}

/* ---- all of it ---- */

static int check_dir(const char *dir, struct sx_err *err)
{
	struct stat st;

	if (stat(dir, &st))
		return sx_err_sys(err, SX_EUSAGE, "%s", dir);
	if (S_ISDIR(st.st_mode) && access(dir, R_OK | X_OK))
		return sx_err_sys(err, SX_EFAIL, "read %s", dir);
	if (!S_ISDIR(st.st_mode) || !backup_is_one(dir)) {
		sx_err_set(err, SX_EUSAGE, "%s is not a backup", dir);
		sx_err_hint(err, "a backup is the directory that has manifest.json and "
				 "SHA256SUMS in it");
		backup_hint_newest(dir, err);
		return -1;
	}
	return 0;
}

int backup_verify(const char *dir, const struct flow_progress *progress, struct backup_look *out,
		  struct sx_err *err)
{
	struct verifying v = { .dir = dir, .progress = progress, .look = out };
	SX_ERR why = { 0 };

	if (check_dir(dir, err))
		return -1;
	if (backup_read(dir, &out->s, &why))
		note_error(&v, &why);
	else if (out->s.state != SNAPSHOT_COMPLETE)
		fault(&v, sx_strdup("manifest.json: the backup was interrupted and is not whole"));
	if (file_sums_read(dir, &v.sums, &why)) {
		note_error(&v, &why);
		return 0;
	}
	for (size_t i = 0; i < v.sums.len; i++)
		check_sum(&v, &v.sums.items[i]);
	if (out->s.guest)
		check_needed(&v);
	check_extra(&v, "");
	check_extra(&v, "disks");
	if (!out->faults.len)
		check_memory(&v);
	file_sums_dispose(&v.sums);
	return 0;
}
