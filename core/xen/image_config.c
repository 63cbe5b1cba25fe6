/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The configuration in the header of a saved-domain image: the guest's identity and its disks. See
 * image.h. xl reads more of it; we do not check the rest for what xl would refuse.
 */
#include "host/json.h"
#include "xen/image.h"

#include <ctype.h>
#include <string.h>

static void disk_release(struct image_disk *d)
{
	free(d->pdev_path);
	free(d->vdev);
	free(d->format);
	free(d->script);
	free(d->backend_domname);
}

void image_config_dispose(struct image_config *c)
{
	for (size_t i = 0; i < c->disks.len; i++)
		disk_release(&c->disks.items[i]);
	sx_vec_free(&c->disks);
	free(c->name);
	free(c->uuid);
	*c = (struct image_config){ 0 };
}

/* A copy of a string member; NULL if it is missing or empty. */
static char *copy_of(const struct json *j, const char *key)
{
	const char *text = json_get_string(j, key);

	return text && *text ? sx_strdup(text) : NULL;
}

/* The uuid in lower case, as libxl writes it; NULL: not a uuid. */
static char *uuid_of(const struct json *info)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	const char *text = json_get_string(info, "uuid");
	char *uuid;

	if (!text || strlen(text) != strlen(form))
		return NULL;
	for (size_t i = 0; form[i]; i++)
		if (form[i] == '-' ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return NULL;
	uuid = sx_strdup(text);
	for (char *c = uuid; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return uuid;
}

static int read_identity(const struct json *doc, struct image_config *c, struct sx_err *err)
{
	const struct json *info = json_get(doc, "c_info");
	const char *type = json_get_string(info, "type");

	c->name = copy_of(info, "name");
	c->uuid = uuid_of(info);
	if (!c->name || !c->uuid)
		return sx_err_set(err, SX_EFAIL, "it has no %s of the domain",
				  c->name ? "uuid" : "name");
	if (!sx_streq(type, "pv") && !sx_streq(type, "hvm") && !sx_streq(type, "pvh"))
		return sx_err_set(err, SX_EFAIL, "it has no type of domain that is known");
	c->pv = sx_streq(type, "pv");
	return 0;
}

/* A disk, its format and backend filled in with libxl's defaults. */
static struct image_disk disk_of(const struct json *j)
{
	struct image_disk d = {
		.pdev_path = copy_of(j, "pdev_path"),
		.vdev = copy_of(j, "vdev"),
		.format = copy_of(j, "format"),
		.script = copy_of(j, "script"),
		.backend_domname = copy_of(j, "backend_domname"),
		.readwrite = json_get_number(j, "readwrite") != 0,
		.is_cdrom = json_get_number(j, "is_cdrom") != 0,
		.removable = json_get_number(j, "removable") != 0,
	};
	long long backend = json_get_number(j, "backend_domid");

	if (!d.format || sx_streq(d.format, "unknown")) {
		free(d.format);
		d.format = sx_strdup("raw");
	}
	if (!d.backend_domname && backend)
		d.backend_domname = sx_format("%lld", backend);
	return d;
}

static int read_disks(const struct json *doc, struct image_disks *disks, struct sx_err *err)
{
	size_t count = json_count(doc, "disks");

	for (size_t i = 0; i < count; i++) {
		const struct json *j = json_at(doc, "disks", i);

		if (!j || !json_get_string(j, "vdev"))
			return sx_err_set(err, SX_EFAIL, "its disk %zu has no vdev", i + 1);
		sx_vec_push(disks, disk_of(j));
	}
	return 0;
}

static int read_text(const struct image_header *header, struct image_config *c, struct sx_err *err)
{
	JSON_DOC *doc = NULL;

	if (json_parse(sx_str_text(&header->config), header->config.len, &doc, err))
		return -1;
	if (read_identity(doc, c, err))
		return -1;
	return read_disks(doc, &c->disks, err);
}

int image_config_read(const struct image_header *header, struct image_config *out,
		      struct sx_err *err)
{
	IMAGE_CONFIG c = { 0 };

	if (!header->json)
		return sx_err_set(err, SX_EFAIL,
				  "saved by a Xen before 4.5: its configuration "
				  "cannot be read");
	if (read_text(header, &c, err))
		return sx_err_wrap(err, "the image's configuration");
	*out = sx_steal(&c);
	return 0;
}
