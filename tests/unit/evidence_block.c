/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Block devices as a /sys made by hand shows them: identity, counters, partitions. */
#include "evidence_world.h"

#include <sys/sysmacros.h>

#define STAT(written, discarded) "1 0 8 0 3 0 " written " 0 0 0 0 2 0 " discarded " 0 1 0\n"

/* What is said of the device with this number; NULL sector and size are set by the reader. */
static struct json *take(struct world *w, unsigned maj, unsigned min, struct evidence_reader *r)
{
	struct json *layer = json_new();

	*r = (struct evidence_reader){ .fd = -1, .path = "/nowhere", .sector = 512 };
	r->st.st_rdev = makedev(maj, min);
	evidence_block_take(&w->o, r, layer);
	return layer;
}

/* A device that lies in a directory of its own, found by its number, as in /sys. */
static void device(struct world *w, const char *number, const char *where)
{
	SX_FREE char *dir = sx_format("%s/sys/dev/block", w->root);
	SX_FREE char *link = sx_path_join(dir, number);
	SX_FREE char *to = sx_format("../../devices/%s", where);
	SX_ERR err = { 0 };

	must(!sx_path_mkdirs(dir, 0755, &err) && !symlink(to, link), link);
}

static void test_volume(struct world *w)
{
	struct evidence_reader r;
	JSON_DOC *layer = NULL;

	device(w, "253:7", "dm-7");
	sys_put(w, "/sys/devices/dm-7/dm/uuid", "LVM-abc\n");
	sys_put(w, "/sys/devices/dm-7/dm/name", "vg0-web1\n");
	sys_put(w, "/sys/devices/dm-7/stat", "  " STAT("1234", "40"));
	sys_put(w, "/sys/devices/dm-7/size", "2097152\n");
	sys_put(w, "/sys/devices/dm-7/diskseq", "12\n");
	sys_put(w, "/sys/devices/dm-7/queue/logical_block_size", "4096\n");
	layer = take(w, 253, 7, &r);
	tap_is(&w->t, json_get_string(layer, "identity"), "dm LVM-abc", "a volume by its uuid");
	tap_is(&w->t, json_get_string(layer, "device"), "253:7", "its number");
	tap_is(&w->t, json_get_string(layer, "diskseq"), "12", "its sequence number");
	tap_is_num(&w->t, (long)json_get_number(layer, "written"), 1234, "sectors written");
	tap_is_num(&w->t, (long)json_get_number(layer, "discarded"), 40, "sectors discarded");
	tap_is_num(&w->t, (long)(r.size >> 20), 1024, "its size");
	tap_is_num(&w->t, (long)r.sector, 4096, "its sector");
}

static void test_partition(struct world *w)
{
	struct evidence_reader r;
	JSON_DOC *before = NULL;
	JSON_DOC *after = NULL;

	device(w, "8:0", "sda");
	device(w, "8:2", "sda/sda2");
	sys_put(w, "/sys/devices/sda/device/wwid", "naa.5000  \n");
	sys_put(w, "/sys/devices/sda/stat", STAT("1000", "0"));
	sys_put(w, "/sys/devices/sda/diskseq", "3\n");
	sys_put(w, "/sys/devices/sda/sda1/partition", "1\n");
	sys_put(w, "/sys/devices/sda/sda1/stat", STAT("300", "0"));
	sys_put(w, "/sys/devices/sda/sda2/partition", "2\n");
	sys_put(w, "/sys/devices/sda/sda2/start", "2048\n");
	sys_put(w, "/sys/devices/sda/sda2/stat", STAT("600", "0"));
	before = take(w, 8, 2, &r);
	tap_is(&w->t, json_get_string(before, "identity"), "part 2 at 2048 of wwid naa.5000",
	       "a partition by its place on its disk");
	tap_is(&w->t, json_get_string(before, "diskseq"), "3", "its disk's sequence number");
	tap_is_num(&w->t, (long)json_get_number(before, "beneath"), 100,
		   "what was written to the disk and to no partition");

	sys_put(w, "/sys/devices/sda/sda1/stat", STAT("350", "0"));
	sys_put(w, "/sys/devices/sda/stat", STAT("1050", "0"));
	after = take(w, 8, 2, &r);
	tap_is_num(&w->t, (long)json_get_number(after, "beneath"), 100,
		   "the neighbour's writes are not beneath");
}

static void test_identities(struct world *w)
{
	static const struct {
		const char *file, *text, *want;
	} cases[] = {
		{ "loop/backing_file", "/srv/b.img\n", "loop /srv/b.img 0 0" },
		{ "md/uuid", "1234\n", "md 1234" },
		{ "wwid", "eui.01\n", "wwid eui.01" },
		{ "serial", "virt-1\n", "serial virt-1" },
		{ "device/cid", "90014a\n", "cid 90014a" },
		{ "dm/name", "plain\n", "dm-name plain" },
		{ "size", "8\n", NULL },
	};

	for (size_t i = 0; i < SX_COUNT(cases); i++) {
		SX_FREE char *number = sx_format("9:%zu", i);
		SX_FREE char *where = sx_format("dev%zu", i);
		SX_FREE char *file = sx_format("/sys/devices/dev%zu/%s", i, cases[i].file);
		struct evidence_reader r;
		JSON_DOC *layer = NULL;

		device(w, number, where);
		sys_put(w, file, cases[i].text);
		layer = take(w, 9, (unsigned)i, &r);
		tap_is(&w->t, json_get_string(layer, "identity"), cases[i].want, cases[i].file);
	}
}

/* Does the kernel count? It shows in what was read being counted. */
static void test_counting(struct world *w)
{
	struct evidence_reader r;
	JSON_DOC *layer = NULL;
	JSON_DOC *old = NULL;
	JSON_DOC *gone = NULL;

	sys_put(w, "/sys/devices/dm-7/stat", STAT("1234", "40"));
	layer = take(w, 253, 7, &r);
	r.direct = true;
	evidence_block_proves(&w->o, &r, layer);
	tap_ok(&w->t, !json_get_bool(layer, "counts"), "what was read was not counted");
	sys_put(w, "/sys/devices/dm-7/stat", "1 0 4120 0 3 0 1234 0 0 0 0 2 0 40 0 1 0\n");
	evidence_block_proves(&w->o, &r, layer);
	tap_ok(&w->t, json_get_bool(layer, "counts"), "it was counted");
	r.direct = false;
	evidence_block_proves(&w->o, &r, layer);
	tap_ok(&w->t, !json_get_bool(layer, "counts"),
	       "nothing is known when it came from the page cache");
	sys_put(w, "/sys/devices/dm-7/stat", "1 0 8 0 3 0 77 0 0 0 0\n");
	old = take(w, 253, 7, &r);
	tap_is_num(&w->t, (long)json_get_number(old, "written"), 77, "a kernel without discards");
	gone = take(w, 77, 77, &r);
	tap_ok(&w->t, !json_has(gone, "written") && !json_has(gone, "identity"),
	       "a device that /sys does not have");
}

int main(void)
{
	struct world w;

	world_open(&w);
	test_volume(&w);
	test_partition(&w);
	test_identities(&w);
	test_counting(&w);
	return world_close(&w);
}
