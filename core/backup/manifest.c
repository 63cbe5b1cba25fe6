/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manifest of a backup: that of a snapshot, with file names relative to the directory. */
#include "backup/private.h"
#include "host/file.h"

#include <string.h>

char *backup_disk_file(const struct snapshot_disk *d)
{
	SX_FREE char *safe = sx_path_escape(d->vdev);

	return sx_format("disks/%s", safe);
}

bool backup_has_disk(const struct snapshot_disk *d)
{
	return !sx_streq(d->kind, "reference");
}

/* It may be from another host, and says where a restore writes: accept only what safexl writes. */
static int check_disk(struct snapshot_disk *d, const char *dir, struct sx_err *err)
{
	SX_FREE char *file = backup_disk_file(d);

	if (!*d->vdev || d->object[0] != '/' || d->size < 0)
		return sx_err_set(err, SX_EFAIL, "an entry of 'disks' is not valid");
	if (!backup_has_disk(d))
		return *d->volume ? sx_err_set(err, SX_EFAIL,
					       "disk %s: the backup does not contain it", d->vdev)
				  : 0;
	if (!sx_streq(d->volume, file))
		return sx_err_set(err, SX_EFAIL, "disk %s: '%s' cannot be its file", d->vdev,
				  d->volume);
	sx_put(&d->volume, sx_path_join(dir, file));
	return 0;
}

static int from_text(const struct sx_str *text, struct snapshot *s, struct sx_err *err)
{
	JSON_DOC *j = NULL;

	if (json_parse(sx_str_text(text), text->len, &j, err))
		return -1;
	if (!sx_streq(json_get_string(j, "kind"), "backup"))
		return sx_err_set(err, SX_EFAIL, "it is not the manifest of a backup");
	if (snapshot_from_json(j, s, err))
		return -1;
	return *s->guest ? 0 : sx_err_set(err, SX_EFAIL, "it names no guest");
}

int backup_read(const char *dir, struct snapshot *out, struct sx_err *err)
{
	SX_FREE char *path = sx_path_join(dir, "manifest.json");
	FILE_IMAGE image = { 0 };
	SNAPSHOT s = { .dir = sx_strdup(dir) };

	if (file_read(path, &image, err) || from_text(&image.text, &s, err))
		return sx_err_wrap(err, "manifest.json");
	for (size_t i = 0; i < s.disks.len; i++)
		if (check_disk(&s.disks.items[i], dir, err))
			return sx_err_wrap(err, "manifest.json");
	*out = sx_steal(&s);
	return 0;
}

/* Leave out what is only true on this host. */
static struct json *to_json(struct snapshot *s)
{
	SNAPSHOT copy = { 0 };
	JSON_DOC *j = snapshot_to_json(s, "backup");
	SX_ERR ignored = { 0 };

	if (snapshot_from_json(j, &copy, &ignored))
		sx_err_clear(&ignored);
	copy.owner = copy.child = (struct proc_id){ 0 };
	copy.pauses = false;
	sx_set(&copy.saved_in, "");
	sx_each(struct snapshot_disk, d, &copy.disks) {
		SX_FREE char *file = backup_disk_file(d);
		bool has = backup_has_disk(d);

		sx_set(&d->kind, has ? "copy" : "reference");
		sx_set(&d->volume, has ? file : "");
		json_free(sx_steal(&d->evidence));
	}
	return snapshot_to_json(&copy, "backup");
}

int backup_write(struct snapshot *s, struct sx_err *err)
{
	SX_FREE char *path = sx_path_join(s->dir, "manifest.json");
	SX_FREE char *text = NULL;
	JSON_DOC *j = to_json(s);

	text = json_text(j);
	return file_write_durable(path, text, strlen(text), err);
}
