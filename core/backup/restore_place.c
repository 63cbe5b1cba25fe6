/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the disks of a backup go: each to a file or device of its own, and none into the backup. */
#include "backup/restore.h"

#include <string.h>
#include <sys/stat.h>

/* Is the word, "VDEV=PATH", about that disk? */
static bool is_about(const char *word, const char *vdev)
{
	size_t len = strlen(vdev);

	return strncmp(word, vdev, len) == 0 && word[len] == '=';
}

char *restore_command(const struct restoring *r, const char *more, const char *vdev)
{
	const struct restore_options *o = r->options;
	SX_STR text = { 0 };

	sx_str_addf(&text, "safexl restore%s", more);
	if (o->no_memory && !strstr(more, "--no-memory"))
		sx_str_add(&text, " --no-memory");
	if (o->overwrite)
		sx_str_add(&text, " --overwrite");
	if (o->as)
		sx_str_addf(&text, " --as %pQ", o->as);
	for (size_t i = 0; i < o->disks.len; i++)
		if (!vdev || !is_about(o->disks.items[i], vdev))
			sx_str_addf(&text, " --disk %pQ", o->disks.items[i]);
	if (vdev)
		sx_str_addf(&text, " --disk %s=PATH", vdev);
	sx_str_addf(&text, " %pQ", r->u.dir);
	return sx_str_take(&text);
}

/* ---- which path each has ---- */

/* The path that --disk gives it; NULL: none. Borrowed. */
static const char *mapped(const struct restoring *r, const struct snapshot_disk *d)
{
	for (size_t i = 0; i < r->options->disks.len; i++)
		if (is_about(r->options->disks.items[i], d->vdev))
			return r->options->disks.items[i] + strlen(d->vdev) + 1;
	return NULL;
}

bool restore_is_typed(const struct restoring *r, const struct snapshot_disk *d)
{
	return mapped(r, d) != NULL;
}

/* Each --disk must name a disk of the backup and an absolute path, and each disk only once. */
static int check_maps(const struct restoring *r, struct sx_err *err)
{
	for (size_t i = 0; i < r->options->disks.len; i++) {
		const char *word = r->options->disks.items[i];
		bool known = false;

		sx_each(const struct snapshot_disk, d, &r->look.s.disks) {
			known |= is_about(word, d->vdev) &&
				 word + strlen(d->vdev) + 1 == mapped(r, d);
		}
		if (!known || strchr(word, '=')[1] != '/')
			return sx_err_set(err, SX_EUSAGE,
					  "restore: --disk %s: a disk of the backup and an "
					  "absolute path are needed, once for each disk, as "
					  "xvda=/dev/vg/web1",
					  word);
	}
	return 0;
}

static int refuse_unmapped(const struct restoring *r, const struct snapshot_disk *d,
			   struct sx_err *err)
{
	SX_FREE char *command = restore_command(r, "", d->vdev);

	sx_err_set(err, SX_EGUARD, "%s: not restored: disk %s (%s) belongs to '%s'", r->u.guest,
		   d->vdev, d->target, r->look.s.guest);
	return sx_err_hint(err, "give each disk a path of its own in place of PATH: %s", command);
}

/* The real path of a file; of one that does not exist, that of its directory. Heap string. */
static char *real_place(const char *path)
{
	SX_FREE char *dir = sx_path_dir(path), *base = sx_path_base(path), *real = NULL;
	struct stat st;

	if (stat(path, &st) == 0)
		return S_ISREG(st.st_mode) ? realpath(path, NULL) : sx_strdup(path);
	real = realpath(dir, NULL);
	return real ? sx_path_join(real, base) : sx_strdup(path);
}

static int choose(struct restoring *r, struct snapshot_disk *d, struct sx_err *err)
{
	const char *path = mapped(r, d);
	SX_FREE char *place = NULL;

	if (!path && r->options->as && backup_has_disk(d))
		return refuse_unmapped(r, d, err);
	r->moved |= path && !sx_streq(path, d->target);
	if (path)
		sx_set(&d->target, path);
	if (d->target[0] != '/')
		return sx_err_set(err, SX_EFAIL, "disk %s: '%s' is not an absolute path", d->vdev,
				  d->target);
	place = real_place(d->target);
	if (!place)
		return sx_err_sys(err, SX_EFAIL, "disk %s: %s", d->vdev, d->target);
	sx_set(&d->object, place);
	return 0;
}

/* ---- no disk overwrites another, or the backup ---- */

static int check_apart(const struct restoring *r, const struct snapshot_disk *d,
		       const struct snapshot_disk *other, struct sx_err *err)
{
	SX_FREE char *command = restore_command(r, "", d->vdev);

	if (!file_same_storage(d->object, other->object))
		return 0;
	sx_err_set(err, SX_EGUARD, "%s: not restored: disk %s and disk %s would both be %s",
		   r->u.guest, other->vdev, d->vdev, d->object);
	return sx_err_hint(err, "give each disk a path of its own in place of PATH: %s", command);
}

int restore_refuse_place(const struct restoring *r, const struct snapshot_disk *d, const char *why,
			 struct sx_err *err)
{
	SX_FREE char *command = restore_command(r, "", d->vdev);

	sx_err_set(err, SX_EGUARD, "%s: not restored: disk %s: %s %s", r->u.guest, d->vdev,
		   d->object, why);
	return sx_err_hint(err, "put it elsewhere, with a path in place of PATH: %s", command);
}

static int check_outside(const struct restoring *r, const struct snapshot_disk *d,
			 struct sx_err *err)
{
	SX_FREE char *below = sx_format("%s/", r->u.dir);
	bool inside = sx_starts_with(d->object, below);

	for (size_t i = 0; i < r->look.s.disks.len; i++)
		inside |= file_same_storage(d->object, r->look.s.disks.items[i].volume);
	return inside ? restore_refuse_place(r, d, "is a part of the backup", err) : 0;
}

int restore_places(struct restoring *r, struct sx_err *err)
{
	struct snapshot *s = &r->look.s;

	if (check_maps(r, err))
		return -1;
	for (size_t i = 0; i < s->disks.len; i++) {
		struct snapshot_disk *d = &s->disks.items[i];

		if (choose(r, d, err))
			return -1;
		if (!backup_has_disk(d))
			continue;
		if (check_outside(r, d, err))
			return -1;
		for (size_t k = 0; k < i; k++)
			if (backup_has_disk(&s->disks.items[k]) &&
			    check_apart(r, d, &s->disks.items[k], err))
				return -1;
	}
	return 0;
}
