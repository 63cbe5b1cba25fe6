/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Removes a snapshot: exactly what its manifest names, and the manifest last. */
#include "guard/kept.h"
#include "host/file.h"
#include "snapshot/private.h"

#include <errno.h>

static int remove_in(const struct snapshot *s, const char *name, struct sx_err *err)
{
	SX_FREE char *path = sx_path_join(s->dir, name);

	return file_remove(path, err);
}

static int remove_volumes(const struct flow_env *env, const struct snapshot *s, struct sx_err *err)
{
	sx_each(const struct snapshot_disk, d, &s->disks) {
		SX_FREE char *safe = sx_path_escape(d->vdev);
		SX_FREE char *link = sx_format("disks/%s", safe);

		/* snapshot_read has checked the volume's name and place. */
		if (kind_drop(env, d, err) || remove_in(s, link, err))
			return -1;
	}
	return 0;
}

/* Remove the directory, with safexl's own files in it and nothing else. */
static int remove_dir(const struct snapshot *s, struct sx_err *err)
{
	SX_FREE char *disks = sx_path_join(s->dir, "disks");
	SX_FREE char *above = sx_path_dir(s->dir);

	if (access(s->dir, F_OK) && errno == ENOENT)
		return 0;
	if (remove_in(s, "memory", err) || remove_in(s, "config", err))
		return -1;
	if (rmdir(disks) && errno != ENOENT)
		return sx_err_sys(err, SX_ECANTWRITE, "remove %s", disks);
	file_sweep(s->dir);
	if (remove_in(s, "manifest.json", err))
		return -1;
	if (rmdir(s->dir) && errno != ENOENT)
		return sx_err_sys(err, SX_ECANTWRITE, "remove %s", s->dir);
	return file_sync_dir(above, err);
}

int snapshot_withdraw(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	SX_FREE char *image = snapshot_image(s);

	/* The guest first: it must not wait for files. */
	if (still_end(env, s, err) || kept_release(env, image, err) ||
	    kept_release(env, s->dir, err) || remove_volumes(env, s, err))
		return -1;
	return remove_dir(s, err);
}

int snapshot_drop(const struct flow_env *env, struct snapshot *s, struct sx_err *err)
{
	SX_FREE char *dir = snapshots_dir(env, s->guest), *begun = snapshot_begun(dir);
	SX_LOCK lock = { 0 };
	SNAPSHOT now = { 0 };

	/* Whoever held the lock may have begun something with the snapshot. */
	if (snapshot_lock(env, s->guest, &lock, err) || snapshot_read(s->dir, &now, err))
		return -1;
	snapshot_dispose(s);
	*s = sx_steal(&now);
	if (s->state != SNAPSHOT_COMPLETE) {
		sx_err_set(err, SX_EGUARD, "%s: the snapshot '%s' is not dropped: %s", s->guest,
			   s->name, snapshot_state_name(s->state));
		return sx_err_hint(err, "to finish what was begun with it: safexl recover");
	}
	s->state = SNAPSHOT_DROPPING;
	s->pauses = false;
	if (file_write_durable(begun, "", 0, err) || snapshot_write(s, err) ||
	    snapshot_withdraw(env, s, err))
		return -1;
	return file_remove_durable(begun, err);
}
