/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An image that no marker is about, and what can be told of it all the same: see saved.h. */
#include "guard/saved.h"

#include <time.h>

/* Its relative paths lead where xl will follow them. */
static void note_places(const struct flow_env *env, const struct saved_image *image,
			struct marker *m)
{
	for (size_t i = 0; i < image->config.disks.len; i++) {
		const struct image_disk *d = &image->config.disks.items[i];
		SX_FREE char *object = guard_object(env, d->pdev_path);

		if (object)
			marker_add_object(m, d->vdev, object);
	}
}

struct marker *saved_unknown(const struct flow_env *env, const struct saved_image *image)
{
	const struct image_config *c = &image->config;
	struct marker *m = marker_new();

	m->name = sx_strdup(c->name ? c->name : "");
	m->uuid = sx_strdup(c->uuid ? c->uuid : "");
	m->image = sx_strdup(image->path);
	m->image_id = sx_strdup(image->id);
	m->saved_at = sx_strdup("unknown");
	note_places(env, image, m);
	saved_image_note_disks(image, env, m);
	return m;
}

/* xl lets go of the disks when the image is complete, and QEMU may have something left to write. */
enum { closing_s = 10 };

char *saved_written_after(const struct marker *m, const struct timespec *image)
{
	for (size_t i = 0; i < marker_disk_count(m); i++) {
		struct evidence_subject s;
		struct timespec written;
		SX_FREE char *then = NULL, *complete = NULL;

		marker_disk(m, i, &s);
		if (!marker_last_write(m, i, &written) ||
		    written.tv_sec <= image->tv_sec + closing_s)
			continue;
		then = flow_time_text(written.tv_sec);
		complete = flow_time_text(image->tv_sec);
		return sx_format("disk %s (%s) was written to (%s) after the image was (%s)",
				 s.vdev, s.target, then, complete);
	}
	return NULL;
}

char *saved_untold(const struct marker *m)
{
	SX_STR disks = { 0 };

	for (size_t i = 0; i < marker_disk_count(m); i++) {
		struct evidence_subject s;
		struct timespec written;

		marker_disk(m, i, &s);
		if (!marker_last_write(m, i, &written))
			sx_str_addf(&disks, "%s%s (%s)", disks.len ? ", " : "", s.vdev, s.target);
	}
	return disks.len
		       ? sx_format(
				 "safexl cannot tell whether something wrote to %s after the save",
				 sx_str_text(&disks))
		       : NULL;
}
