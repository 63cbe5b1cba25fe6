/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Write the fields of a disk as an item of the `disk` list: see disk.h. */
#include "base/str.h"
#include "spec/disk.h"

#include <string.h>

/* Add all options that differ from xl's defaults; the target is the caller's. */
static void add_options(const struct disk_spec *d, struct sx_str *s)
{
	if (*d->script)
		sx_str_addf(s, ",script=%s", d->script);
	if (*d->backend_domain)
		sx_str_addf(s, ",backend=%s", d->backend_domain);
	if (d->discard != d->readwrite)
		sx_str_add(s, d->discard ? ",discard" : ",no-discard");
	if (d->direct_io_safe)
		sx_str_add(s, ",direct-io-safe");
}

static void write_short(const struct disk_spec *d, struct sx_str *s)
{
	sx_str_addf(s, "%s,%s,%s,%s", d->target, d->format, d->vdev, d->readwrite ? "w" : "r");
	if (d->cdrom)
		sx_str_add(s, ",devtype=cdrom");
	add_options(d, s);
}

/* target= takes the rest of the item: it may hold anything but a newline. */
static void write_long(const struct disk_spec *d, struct sx_str *s)
{
	sx_str_addf(s, "vdev=%s,access=%s", d->vdev, d->readwrite ? "rw" : "ro");
	if (strcmp(d->format, "empty") != 0)
		sx_str_addf(s, ",format=%s", d->format);
	if (d->cdrom)
		sx_str_add(s, ",devtype=cdrom");
	add_options(d, s);
	if (*d->target)
		sx_str_addf(s, ",target=%s", d->target);
}

static bool is_wanted(const struct disk_spec *a, const struct disk_spec *b)
{
	return a->devid == disk_devid(b->vdev) && sx_streq(a->target, b->target) &&
	       sx_streq(a->format, b->format) && sx_streq(a->script, b->script) &&
	       sx_streq(a->backend_domain, b->backend_domain) && a->cdrom == b->cdrom &&
	       a->readwrite == b->readwrite && a->discard == b->discard &&
	       a->direct_io_safe == b->direct_io_safe;
}

int disk_compose(const struct disk_spec *wanted, struct disk_spec *out, struct sx_err *err)
{
	static void (*const forms[])(const struct disk_spec *d, struct sx_str *s) = { write_short,
										      write_long };

	/* The short form begins with the target, which an empty drive does not have. */
	for (size_t i = *wanted->target ? 0 : 1; i < SX_COUNT(forms); i++) {
		struct disk_spec got = { 0 };
		SX_ERR ignored = { 0 };
		SX_STR s = { 0 };

		forms[i](wanted, &s);
		if (disk_parse(sx_str_text(&s), &got, &ignored) == 0 && is_wanted(&got, wanted)) {
			*out = got;
			return 0;
		}
		disk_dispose(&got);
	}
	return sx_err_set(err, SX_ECONFLICT, "the disk %s (%s) cannot be written as a disk item",
			  wanted->vdev, wanted->target);
}
