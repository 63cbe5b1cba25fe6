/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The configuration in a saved-domain image: the guest and its disks as libxl prints them, and texts
 * that are no such thing.
 */
#include "image_make.h"
#include "tap.h"

#include "spec/disk.h"

static int read_config(const char *text, struct image_config *out, struct sx_err *err)
{
	struct image_header header = { .json = true };
	int status;

	sx_str_addn(&header.config, text, strlen(text));
	status = image_config_read(&header, out, err);
	image_header_dispose(&header);
	return status;
}

static void test_disks(struct tap *t)
{
	DISK_SPEC spec = { 0 };
	IMAGE_CONFIG c = { 0 };
	SX_ERR err = { 0 };
	SX_FREE char *text = NULL;
	const struct image_disk *d;

	if (disk_parse("format=qcow2,vdev=hda,access=rw,backendtype=qdisk,target=/srv/a,b", &spec,
		       &err))
		abort();
	text = sx_format("{\"c_info\":{\"type\":\"hvm\",\"name\":\"w\",\"uuid\":"
			 "\"0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9\"},\"disks\":[%s,"
			 "{\"vdev\":\"hdc\",\"format\":\"empty\",\"is_cdrom\":1,\"removable\":1},"
			 "{\"vdev\":\"xvdb\",\"pdev_path\":\"rbd:x\",\"script\":\"block-rbd\","
			 "\"backend_domname\":\"store\",\"format\":\"unknown\"},"
			 "{\"vdev\":\"xvdc\",\"backend_domid\":3}]}",
			 spec.meaning);
	if (!tap_ok(t, !read_config(text, &c, &err), "a configuration with four disks")) {
		printf("# %s\n", err.msg);
		return;
	}
	tap_ok(t, !c.pv && sx_streq(c.name, "w") && sx_streq(c.uuid, MADE_UUID),
	       "its type, name, and uuid in lower case");
	if (!tap_is_num(t, (long)c.disks.len, 4, "its disks"))
		return;
	d = c.disks.items;
	tap_ok(t,
	       sx_streq(d->pdev_path, "/srv/a,b") && sx_streq(d->vdev, "768") &&
		       sx_streq(d->format, "qcow2") && !d->script && !d->backend_domname &&
		       d->readwrite && !d->is_cdrom && !d->removable,
	       "one as libxl prints it");
	d++;
	tap_ok(t,
	       !d->pdev_path && sx_streq(d->format, "empty") && !d->readwrite && d->is_cdrom &&
		       d->removable,
	       "an empty drive");
	d++;
	tap_ok(t,
	       sx_streq(d->script, "block-rbd") && sx_streq(d->backend_domname, "store") &&
		       sx_streq(d->format, "raw"),
	       "one with a script and a driver domain");
	d++;
	tap_ok(t, sx_streq(d->backend_domname, "3") && sx_streq(d->format, "raw"),
	       "a driver domain's number; no format is raw");
}

static bool config_refused(const char *text)
{
	IMAGE_CONFIG c = { 0 };
	SX_ERR err = { 0 };

	return read_config(text, &c, &err) && err.code == SX_EFAIL && err.msg && !c.name;
}

static void test_hostile(struct tap *t)
{
	static const char info[] =
		"{\"c_info\":{\"type\":\"pv\",\"name\":\"w\",\"uuid\":\"" MADE_UUID "\"}";
	struct image_header text_kept = { .json = false };
	IMAGE_CONFIG c = { 0 };
	SX_ERR err = { 0 };
	SX_STR deep = { 0 };
	size_t accepted = 0;

	for (size_t len = 0; len + 1 < sizeof(made_config) - 1; len++) {
		SX_FREE char *cut = sx_strndup(made_config, len);

		accepted += !config_refused(cut);
	}
	tap_is_num(t, (long)accepted, 0, "refused when cut, at whatever length");
	for (int i = 0; i < 1000000; i++)
		sx_str_add(&deep, "{\"a\":[");
	tap_ok(t, config_refused(deep.data), "a million objects in one another");
	tap_ok(t, config_refused("[]") && config_refused("7") && config_refused("name = \"w\""),
	       "no object");
	tap_ok(t,
	       config_refused("{}") && config_refused("{\"c_info\":[]}") &&
		       config_refused("{\"c_info\":{\"type\":\"pv\",\"name\":7}}"),
	       "no identity");
	tap_ok(t,
	       config_refused("{\"c_info\":{\"type\":\"pv\",\"name\":\"w\",\"uuid\":"
			      "\"../../../../etc/passwd/////////////\"}}"),
	       "no uuid");
	tap_ok(t,
	       config_refused("{\"c_info\":{\"type\":\"pvx\",\"name\":\"w\",\"uuid\":\"" MADE_UUID
			      "\"}}"),
	       "no type");
	for (const char *const *bad =
		     (const char *const[]){ "[7]", "[{}]", "[{\"vdev\":1}]", NULL };
	     *bad; bad++) {
		SX_FREE char *text = sx_format("%s,\"disks\":%s}", info, *bad);

		tap_ok(t, config_refused(text), "no disk");
	}
	tap_ok(t,
	       image_config_read(&text_kept, &c, &err) &&
		       sx_starts_with(err.msg, "saved by a Xen before 4.5"),
	       "a configuration as text is refused as such");
}

int main(void)
{
	struct tap t = { 0 };

	test_disks(&t);
	test_hostile(&t);
	return tap_end(&t);
}
