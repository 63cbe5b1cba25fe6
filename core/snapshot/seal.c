/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of taking a snapshot, while its guest runs again: sync and note what was made. */
#include "host/file.h"
#include "host/sync.h"
#include "snapshot/take.h"

/* Make a link to a volume that lies outside the snapshot's directory. */
static int link_disk(const struct taking *t, const struct snapshot_disk *d, struct sx_err *err)
{
	SX_FREE char *safe = sx_path_escape(d->vdev);
	SX_FREE char *link = sx_format("%s/disks/%s", t->s.dir, safe);

	return *d->volume && !sx_streq(d->volume, link) && symlink(d->volume, link)
		       ? sx_err_sys(err, SX_ECANTWRITE, "create %s", link)
		       : 0;
}

static int sync_file(const char *path, struct sx_err *err)
{
	char *paths[] = { sx_strdup(path), NULL };
	int r = sync_paths(paths, err);

	free(paths[0]);
	return r;
}

/* Sync the volume, read a copy back, and note the evidence. */
static int seal_disk(const struct taking *t, struct snapshot_disk *d, struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(d->volume);
	SX_FREE char *what = sx_format("disk %s, read back", d->vdev);
	const struct bytes_told told = { &t->env->progress, what };
	struct evidence_options options = { .durable = true, .full = t->env->settings.verify_full };
	struct evidence_subject subject;

	if ((*d->volume && sync_file(d->volume, err)) ||
	    (d->digest && bytes_check(d->volume, d->size, d->digest, &told, err)))
		return -1;
	snapshot_subject(d, true, &subject);
	json_free(d->evidence);
	d->evidence = evidence_take(&options, &subject);
	return *d->volume ? file_sync_dir(dir, err) : 0;
}

int take_seal(struct taking *t, struct sx_err *err)
{
	SX_FREE char *disks = sx_path_join(t->s.dir, "disks");

	sx_each(struct snapshot_disk, d, &t->s.disks) {
		const struct snapshot_kind *kind = kind_find(d->kind);

		if ((kind && kind->in_lvm ? lvm_kept_note(t->env, d, err) : seal_disk(t, d, err)) ||
		    link_disk(t, d, err))
			return sx_err_wrap(err, "disk %s", d->vdev);
	}
	if (file_sync_dir(disks, err) || file_sync_dir(t->s.dir, err))
		return -1;
	t->s.state = SNAPSHOT_COMPLETE;
	t->s.pauses = false;
	return snapshot_write(&t->s, err);
}
