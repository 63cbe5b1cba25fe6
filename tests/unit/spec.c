/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Disk specifications, device numbers (table of xen-vbd-interface), sizes as xl reads them. */
#include "tap.h"

#include "spec/disk.h"
#include "spec/size.h"

static void test_devid(struct tap *t)
{
	static const struct {
		const char *vdev;
		long devid;
	} all[] = {
		{ "xvda", 51712 },     { "d0p0", 51712 },
		{ "0xca00", 51712 },   { "51712", 51712 },
		{ "0145000", 51712 },  { "xvdb", 51728 },
		{ "xvda15", 51727 },   { "xvda16", 268435472 },
		{ "xvdq", 268439552 }, { "xvdaa", 268442112 },
		{ "d0x1p0", 51728 },   { "hda", 768 },
		{ "hdb", 832 },	       { "hdc", 5632 },
		{ "hdd1", 5697 },      { "sda", 2048 },
		{ "sdp15", 2303 },     { "hde", -1 },
		{ "sdq", -1 },	       { "xvda01", -1 },
		{ "XVDA", -1 },	       { "vda", -1 },
		{ "/dev/xvda", -1 },   { "d0", -1 },
		{ "xvd", -1 },	       { "", -1 },
		{ "xvda256", -1 },     { "hda64", -1 },
		{ "99999999999", -1 }, { "12ab", -1 },
	};

	for (size_t i = 0; i < SX_COUNT(all); i++)
		tap_is_num(t, disk_devid(all[i].vdev), all[i].devid, all[i].vdev);
}

static void test_meaning(struct tap *t)
{
	static const char *const same[] = { "phy:/dev/x,xvdb,w", "/dev/x,,xvdb",
					    "/dev/x,raw,51728,rw",
					    "vdev=d1p0,access=w,target=/dev/x",
					    "format=raw, vdev=xvdb, access=rw, target=/dev/x" };
	DISK_SPEC first = { 0 };
	SX_ERR err = { 0 };

	tap_is_num(t, disk_parse(same[0], &first, &err), 0, same[0]);
	for (size_t i = 1; i < SX_COUNT(same); i++) {
		DISK_SPEC other = { 0 };

		tap_ok(t,
		       disk_parse(same[i], &other, &err) == 0 &&
			       sx_streq(other.meaning, first.meaning),
		       same[i]);
	}
	{
		DISK_SPEC other = { 0 };

		tap_ok(t,
		       disk_parse("/dev/x,raw,xvdb,r", &other, &err) == 0 &&
			       !sx_streq(other.meaning, first.meaning),
		       "read-only is another meaning");
	}
}

/* Fields to text to fields: the same disk, in the short form where that is enough. */
static void test_compose(struct tap *t)
{
	static const struct {
		const char *item, *composed;
	} all[] = {
		{ "phy:/dev/x,xvdb,w", "/dev/x,raw,xvdb,w" },
		{ "vdev=hdc,devtype=cdrom,target=/a.iso", "/a.iso,raw,hdc,r,devtype=cdrom" },
		{ ",hdc:cdrom,r", "vdev=hdc,access=ro,devtype=cdrom" },
		{ "format=qcow2,vdev=xvda,no-discard,target=/a,b",
		  "vdev=xvda,access=rw,format=qcow2,no-discard,target=/a,b" },
		{ "drbd:res0,xvda,w", "res0,raw,xvda,w,script=block-drbd" },
		{ "/x,raw,xvda,r,discard,direct-io-safe,backend=store",
		  "/x,raw,xvda,r,backend=store,discard,direct-io-safe" },
		{ "vdev=xvda,target=phy:/x", "vdev=xvda,access=rw,format=raw,target=phy:/x" },
		{ "vdev=xvda,target=nbd:h:10809",
		  "vdev=xvda,access=rw,format=raw,target=nbd:h:10809" },
	};

	for (size_t i = 0; i < SX_COUNT(all); i++) {
		DISK_SPEC spec = { 0 };
		DISK_SPEC again = { 0 };
		SX_ERR err = { 0 };

		tap_ok(t,
		       disk_parse(all[i].item, &spec, &err) == 0 &&
			       disk_compose(&spec, &again, &err) == 0,
		       all[i].item);
		tap_is(t, again.text, all[i].composed, "as it is written");
	}
	{
		DISK_SPEC spec = { 0 };
		DISK_SPEC none = { 0 };
		SX_ERR err = { 0 };
		tap_is_num(t, disk_parse("/x,raw,xvda,w", &spec, &err), 0, "a disk");
		free(spec.script);
		spec.script = sx_strdup("a,b");
		tap_is_num(t, disk_compose(&spec, &none, &err), -1,
			   "no item has a script with a comma");
		tap_is_num(t, (long)err.code, SX_ECONFLICT, "that is said");
	}
}

static void test_words(struct tap *t)
{
	char target[] = "target=/a,b", vdev[] = "vdev=xvdb", bad[] = "/dev/x,xvda,w",
	     cd[] = ",hdc:cdrom,r";
	char script[] = "script=block-x,vdev=xvdc,target=rel:x";
	char *const two[] = { target, vdev, NULL };
	char *const wrong[] = { bad, NULL };
	char *const empty[] = { cd, NULL };
	char *const network[] = { script, NULL };
	DISK_SPEC a = { 0 };
	DISK_SPEC b = { 0 };
	DISK_SPEC c = { 0 };
	DISK_SPEC d = { 0 };
	SX_ERR err = { 0 };

	tap_is_num(t, disk_parse_words(two, "/tmp", &a, &err), 0, "target= before another word");
	tap_is(t, a.text, "vdev=xvdb,target=/a,b", "is put last");
	tap_is_num(t, disk_parse_words(wrong, "/tmp", &b, &err), -1, "what xl would not read");
	tap_is_num(t, (long)err.code, SX_EUSAGE, "is a usage error");
	tap_is_num(t, disk_parse_words(empty, "/tmp", &c, &err), 0, "an empty cdrom");
	tap_ok(t, c.cdrom && sx_streq(c.target, ""), "has no target");
	tap_is_num(t, disk_parse_words(network, "/", &d, &err), 0, "a target that a script reads");
	tap_is(t, d.text, script, "stays as typed");
}

static void test_size(struct tap *t)
{
	static const struct {
		const char *text;
		uint64_t kib; /* 0: refused */
	} all[] = {
		{ "512", 524288 },
		{ "512m", 524288 },
		{ "512M", 524288 },
		{ "2g", 2097152 },
		{ "1T", 1073741824 },
		{ "100k", 100 },
		{ "4096b", 4 },
		{ "1", 1024 },
		{ "100b", 0 },
		{ "512MB", 0 },
		{ "1.5g", 0 },
		{ "m", 0 },
		{ "", 0 },
		{ "-5", 0 },
		{ "0", 0 },
		{ "99999999999999999999", 0 },
		{ "9223372036854775807t", 0 },
	};

	for (size_t i = 0; i < SX_COUNT(all); i++) {
		SX_ERR err = { 0 };
		uint64_t kib = 0;
		int r = size_parse_kib(all[i].text, &kib, &err);

		tap_ok(t, (r == 0) == (all[i].kib != 0) && kib == all[i].kib, all[i].text);
	}
}

/* What ends libxlutil, or overruns a buffer of it, never comes as far. */
static void test_deadly(struct tap *t)
{
	SX_STR item = { 0 };
	DISK_SPEC d = { 0 };
	SX_ERR err = { 0 };

	tap_ok(t, disk_parse("=\n,raw,xvdb,w", &d, &err) == -1, "a newline behind =");
	tap_is(t, err.msg, "disk '=\n,raw,xvdb,w': has a control character (0x0a)", "is told");
	for (int c = 1; c < 0x20; c++) {
		SX_FREE char *odd = sx_format("/a%cb,raw,xvdb,w", c);

		if (!disk_parse(odd, &d, &err))
			tap_is(t, odd, NULL, "a control character is refused");
	}
	while (item.len < 8192 - strlen(",raw,xvdb,w"))
		sx_str_addc(&item, '/');
	sx_str_add(&item, ",raw,xvdb,w");
	tap_ok(t, !disk_parse(item.data, &d, &err), "8192 bytes");
	disk_dispose(&d);
	sx_str_addc(&item, ',');
	tap_ok(t, disk_parse(item.data, &d, &err) == -1, "one byte more");
}

int main(void)
{
	struct tap t = { 0 };

	test_devid(&t);
	test_meaning(&t);
	test_compose(&t);
	test_words(&t);
	test_size(&t);
	test_deadly(&t);
	return tap_end(&t);
}
