/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What `xl restore` makes of an image: see saved.h. Given a file, xl ignores the image's own
 * configuration, so the guest may resume on other disks.
 */
#include "guard/saved.h"
#include "host/file.h"

#include <string.h>

void saved_target_dispose(struct saved_target *t)
{
	free(t->name);
	free(t->uuid);
	free(t->config);
	guard_disks_dispose(&t->disks);
}

static char *text_of(const char *text)
{
	return sx_strdup(text ? text : "");
}

static void take_image(const struct image_config *c, struct saved_target *out)
{
	out->name = text_of(c->name);
	out->uuid = text_of(c->uuid);
	sx_each(const struct image_disk, d, &c->disks) {
		struct disk_spec spec = {
			.text = sx_strdup(""),
			.vdev = text_of(d->vdev),
			.devid = disk_devid(d->vdev),
			.target = text_of(d->pdev_path),
			.meaning = sx_strdup(""),
			.format = text_of(d->format),
			.script = text_of(d->script),
			.backend_domain = text_of(d->backend_domname),
			.cdrom = d->is_cdrom,
			.readwrite = d->readwrite,
		};

		sx_vec_push(&out->disks, spec);
	}
}

int saved_target_read(const struct flow_env *env, const struct saved_image *image,
		      const char *config, struct saved_target *out, struct sx_err *err)
{
	FILE_IMAGE file = { 0 };
	XLCFG_DOC *doc = NULL;
	SX_FREE char *name = NULL;
	SX_FREE char *uuid = NULL;

	if (!config) {
		take_image(&image->config, out);
		return 0;
	}
	if (sx_path_absolute(env->cwd, config, &out->config, err) ||
	    file_read(out->config, &file, err) ||
	    xlcfg_parse(sx_str_text(&file.text), file.text.len, out->config, &doc, err) ||
	    guard_disks_read(doc, out->config, &out->disks, err))
		return -1;
	name = xlcfg_get_string(doc, "name");
	uuid = xlcfg_get_string(doc, "uuid");
	out->name = text_of(name);
	out->uuid = text_of(uuid);
	return 0;
}

static const struct disk_spec *find_disk(const struct guard_disks *disks, const char *vdev)
{
	long devid = disk_devid(vdev);

	for (size_t i = 0; i < disks->len; i++)
		if (sx_streq(disks->items[i].vdev, vdev) ||
		    (devid >= 0 && disks->items[i].devid == devid))
			return &disks->items[i];
	return NULL;
}

char *saved_target_differs(const struct saved_target *t, const struct saved_image *image,
			   const struct marker *m)
{
	const struct image_disks *disks = &image->config.disks;

	for (size_t i = 0; t->config && i < disks->len; i++) {
		const struct image_disk *d = &disks->items[i];
		const struct disk_spec *now = find_disk(&t->disks, d->vdev);
		const char *object = m ? marker_object(m, d->vdev) : "";

		if (!now || d->is_cdrom)
			continue;
		if (!file_same_storage(now->target, *object ? object : d->pdev_path) ||
		    !sx_streq(now->format, d->format))
			return sx_format("with %s its disk %s would be %s (%s), it was %s (%s)",
					 t->config, d->vdev, now->target, now->format,
					 d->pdev_path ? d->pdev_path : "", d->format);
	}
	return NULL;
}
