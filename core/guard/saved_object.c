/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the disks of a saved guest are, whatever their paths lead to: noted while the guest runs,
 * and compared before xl opens those paths again. See saved.h.
 */
#include "guard/saved.h"
#include "host/file.h"
#include "xen/live.h"

#include <string.h>

void saved_note_objects(struct marker *m, const struct live_disks *disks)
{
	sx_each(const struct live_disk, d, disks) {
		if (d->lost) {
			sx_put(&m->uncertain,
			       sx_format("when it was saved, %s did not lead to what the guest "
					 "had as its disk %s",
					 d->target, d->vdev));
		} else if (d->object &&
			   (*d->target != '/' || !file_same_storage(d->target, d->object))) {
			marker_add_object(m, d->vdev, d->object);
		}
	}
}

/* The target that xl gets for that disk: a configuration's, or the saved one. Borrowed. */
static const char *given(const struct evidence_subject *s, const struct guard_disks *disks)
{
	for (size_t i = 0; disks && i < disks->len; i++)
		if (disks->items[i].devid == disk_devid(s->vdev))
			return disks->items[i].target;
	return s->target;
}

char *saved_moved(const struct marker *m, const char *cwd, const struct guard_disks *disks)
{
	for (size_t i = 0; i < marker_disk_count(m); i++) {
		struct evidence_subject s;
		SX_FREE char *path = NULL;
		const char *target;

		marker_disk(m, i, &s);
		target = given(&s, disks);
		if (!s.object || !*s.object || !*target || (*target != '/' && !cwd))
			continue;
		path = sx_path_join(cwd ? cwd : "", target);
		if (!file_same_storage(path, s.object))
			return sx_format("disk %s: %s is not what the guest had, that is %s",
					 s.vdev, path, s.object);
	}
	return NULL;
}

/* Does the relative path lead to the object from this directory? */
static bool leads_from(const char *directory, const struct evidence_subject *s)
{
	SX_FREE char *path = sx_path_join(directory, s->target);

	return file_same_storage(path, s->object);
}

char *saved_place(const struct marker *m)
{
	for (size_t i = 0; i < marker_disk_count(m); i++) {
		struct evidence_subject s;
		SX_FREE char *above = NULL;
		SX_FREE char *beside = NULL;
		const char *name;

		marker_disk(m, i, &s);
		if (!s.object || !*s.object || !s.target || *s.target == '/')
			continue;
		name = sx_starts_with(s.target, "./") ? s.target + 2 : s.target;
		if (sx_ends_with(s.object, name))
			above = sx_strndup(s.object, strlen(s.object) - strlen(name) - 1);
		beside = sx_path_dir(s.object);
		if (above && *above && leads_from(above, &s))
			return sx_steal(&above);
		return leads_from(beside, &s) ? sx_steal(&beside) : NULL;
	}
	return NULL;
}

char *saved_command(const struct marker *m, const char *options)
{
	SX_FREE char *place = saved_place(m);

	return place ? sx_format("cd %pQ && safexl %srestore %pQ", place, options, m->image)
		     : sx_format("safexl %srestore %pQ", options, m->image);
}
