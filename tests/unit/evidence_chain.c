/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files behind an image: qcow2, qcow, qed and vhd headers made by hand, good and damaged. */
#include "evidence_world.h"

static void put_be32(unsigned char *p, uint32_t value)
{
	for (int i = 4; i-- > 0; value >>= 8)
		p[i] = (unsigned char)value;
}

static void put_be64(unsigned char *p, uint64_t value)
{
	put_be32(p, (uint32_t)(value >> 32));
	put_be32(p + 4, (uint32_t)value);
}

struct qcow2 {
	uint32_t version;
	const char *backing, *backing_format, *data_file;
	uint32_t backing_len; /* 0: as it is */
	uint32_t extension_len; /* 0: as it is */
};

static size_t put_extension(unsigned char *p, uint32_t type, const char *text, uint32_t len)
{
	put_be32(p, type);
	put_be32(p + 4, len ? len : (uint32_t)strlen(text));
	memcpy(p + 8, text, strlen(text));
	return 8 + (strlen(text) + 7) / 8 * 8;
}

/* An image of one cluster: header, extensions, the name of the backing file. */
static char *make_qcow2(const struct world *w, const char *name, struct qcow2 q)
{
	unsigned char head[4096] = { 'Q', 'F', 'I', 0xfb };
	size_t at = q.version == 3 ? 104 : 72;
	char *path = disk_make(w, name, 256 << 10);

	put_be32(head + 4, q.version);
	put_be32(head + 20, 16);
	if (q.version == 3)
		put_be32(head + 100, 104);
	if (q.data_file) {
		put_be64(head + 72, 4);
		at += put_extension(head + at, 0x44415441, q.data_file, 0);
	}
	if (q.backing_format)
		at += put_extension(head + at, 0xe2792aca, q.backing_format, q.extension_len);
	at += 8;
	if (q.backing) {
		put_be64(head + 8, at);
		put_be32(head + 16, q.backing_len ? q.backing_len : (uint32_t)strlen(q.backing));
		memcpy(head + at, q.backing, strlen(q.backing));
	}
	put_at(path, 0, head, sizeof(head));
	return path;
}

/* The layers found from this file on, and the reason of the last one when it has one. */
static void chain_is(struct world *w, const char *path, const char *format, const char *want,
		     const char *reason, const char *what)
{
	JSON_DOC *doc = look_at(w, path, format);
	SX_FREE char *got = layers_of(w, doc);
	const struct json *last = json_at(doc, "layers", json_count(doc, "layers") - 1);
	const char *why = json_get_string(last, "reason");

	if (!tap_is(&w->t, got, want, what) || !reason)
		return;
	if (!tap_ok(&w->t, why && strstr(why, reason), reason))
		printf("#   reason: %s\n", why ? why : "(none)");
}

static void test_qcow2(struct world *w)
{
	free(disk_make(w, "sub/base.img", 1 << 20));
	SX_FREE char *middle =
		make_qcow2(w, "sub/middle", (struct qcow2){ 3, "base.img", "raw", NULL, 0, 0 });
	SX_FREE char *top =
		make_qcow2(w, "top", (struct qcow2){ 3, "sub/middle", "qcow2", NULL, 0, 0 });
	SX_FREE char *old = make_qcow2(w, "old", (struct qcow2){ 2, middle, NULL, NULL, 0, 0 });
	SX_FREE char *file =
		make_qcow2(w, "file", (struct qcow2){ 2, "file:sub/base.img", NULL, NULL, 0, 0 });
	SX_FREE char *data =
		make_qcow2(w, "data", (struct qcow2){ 3, "top", "qcow2", "sub/base.img", 0, 0 });
	SX_FREE char *alone = make_qcow2(w, "alone", (struct qcow2){ 3, NULL, NULL, NULL, 0, 0 });

	chain_is(w, top, "qcow2", "file top qcow2, file sub/middle qcow2, file sub/base.img raw",
		 NULL, "a chain of three, relative to each image's directory");
	chain_is(w, old, "qcow2", "file old qcow2, file sub/middle qcow2, file sub/base.img raw",
		 NULL, "an old image without formats: guessed as QEMU does");
	chain_is(w, file, "qcow2", "file file qcow2, file sub/base.img raw", NULL,
		 "file: is a file");
	chain_is(w, data, "qcow2",
		 "file data qcow2, file sub/base.img raw, file top qcow2, file sub/middle qcow2, "
		 "file sub/base.img raw",
		 NULL, "a data file and a backing file");
	chain_is(w, alone, "qcow2", "file alone qcow2", NULL, "no backing file");
	chain_is(w, top, "raw", "file top raw", NULL, "raw content is not looked into");
	chain_is(w, top, "", "file top raw", NULL, "no format is raw");
}

static void test_qcow2_unusual(struct world *w)
{
	SX_FREE char *raw =
		make_qcow2(w, "forced", (struct qcow2){ 3, "sub/middle", "raw", NULL, 0, 0 });
	SX_FREE char *nbd =
		make_qcow2(w, "nbd", (struct qcow2){ 3, "nbd://host/disk", "raw", NULL, 0, 0 });
	SX_FREE char *json =
		make_qcow2(w, "json",
			   (struct qcow2){ 3, "json:{\"driver\":\"raw\"}", NULL, NULL, 0, 0 });
	SX_FREE char *gone =
		make_qcow2(w, "gone", (struct qcow2){ 3, "nothing", "raw", NULL, 0, 0 });
	SX_FREE char *circle =
		make_qcow2(w, "circle", (struct qcow2){ 3, "circle", "qcow2", NULL, 0, 0 });
	JSON_DOC *doc = look_at(w, circle, "qcow2");

	chain_is(w, raw, "qcow2", "file forced qcow2, file sub/middle raw", NULL,
		 "a backing file said to be raw is not looked into");
	chain_is(w, nbd, "qcow2", "file nbd qcow2, unverifiable nbd://host/disk raw",
		 "not a file of this host", "a backing file on the network");
	chain_is(w, json, "qcow2", "file json qcow2, unverifiable json:{\"driver\":\"raw\"} raw",
		 "not a file of this host", "a backing file in JSON");
	chain_is(w, gone, "qcow2", "file gone qcow2, unverifiable nothing raw", "No such file",
		 "a backing file that is not there");
	tap_is_num(&w->t, (long)json_count(doc, "layers"), EVIDENCE_CHAIN_LONGEST + 1,
		   "a circle comes to an end");
}

/* The layers behind the image itself; none wanted: that is not a file of this host. */
static void name_is(struct world *w, const char *image, const char *want, const char *what)
{
	JSON_DOC *doc = look_at(w, image, "qcow2");
	SX_FREE char *got = layers_of(w, doc);
	const char *start = "file named qcow2, ";
	const char *why = json_get_string(json_at(doc, "layers", 1), "reason");

	if (*want)
		tap_is(&w->t, sx_starts_with(got, start) ? got + strlen(start) : got, want, what);
	else if (!tap_ok(&w->t, why && strstr(why, "not a file of this host"), what))
		printf("#   layers: %s\n#   reason: %s\n", got, why ? why : "(none)");
}

/* A name as QEMU writes it, @ for the directory; all of them lead to sub/base.img. */
static void test_names(struct world *w)
{
	static const struct {
		const char *name, *format, *want, *what;
	} cases[] = {
		{ "json:{\"driver\":\"raw\",\"file\":{\"driver\":\"file\",\"filename\":\"@/sub/base.img\"}}",
		  NULL, "file sub/base.img raw", "JSON, nested" },
		{ "json:{\"driver\":\"raw\",\"file\":{\"driver\":\"file\",\"filename\":\"@/sub/base.img\"}}",
		  "raw", "file sub/base.img raw", "and its format told twice" },
		{ "json:{\"driver\":\"raw\",\"file.driver\":\"file\",\"file.filename\":\"@/sub/base.img\"}",
		  NULL, "file sub/base.img raw", "keys with dots" },
		{ "json:{\"file.filename\":\"@/sub/base.img\"}", NULL, "file sub/base.img raw",
		  "without any driver: guessed as QEMU does" },
		{ "json:{\"file\":{\"filename\":\"file:@/sub/base.img\"}}", NULL,
		  "file sub/base.img raw", "a name within it has a prefix" },
		{ "json:{\"driver\":\"file\",\"filename\":\"@/sub/base.img\"}", NULL,
		  "file sub/base.img raw", "the file itself" },
		{ "json:{\"filename\":\"@/sub/middle\"}", NULL,
		  "file sub/middle qcow2, file sub/base.img raw", "a name and nothing else" },
		{ "json:{'driver':'qcow2','file':{'driver':'host_device','filename':'@/sub/middle'}}",
		  NULL, "file sub/middle qcow2, file sub/base.img raw",
		  "a host device, and the quotes of QEMU" },
		{ "json:{\"driver\":\"copy-on-read\",\"file\":{\"driver\":\"qcow2\",\"file\":"
		  "{\"driver\":\"throttle\",\"file.driver\":\"file\",\"file.filename\":\"@/sub/middle\"}}}",
		  NULL, "file sub/middle qcow2, file sub/base.img raw", "filters between" },
		{ "json:{\"driver\":\"raw\",\"file\":{\"driver\":\"qcow2\",\"file.driver\":\"file\","
		  "\"file.filename\":\"@/sub/middle\"}}",
		  NULL, "file sub/middle qcow2, file sub/base.img raw", "an image shown as raw" },
		{ "json:{\"driver\":\"qcow2\",\"file\":{\"driver\":\"file\",\"filename\":\"@/sub/middle\"}}",
		  "raw", "file sub/middle raw",
		  "the format that the image says goes before JSON's" },
		{ "json:{\"driver\":\"qcow2\",\"file.file.filename\":\"@/sub/middle\"}", NULL,
		  "file sub/middle qcow2, file sub/base.img raw", "dots all the way" },
		{ "json:{\"driver\":\"raw\",\"file\":{\"driver\":\"file\",\"filename\":\"@/sub/base.img\"},"
		  "\"backing\":{\"driver\":\"raw\",\"file.filename\":\"@/top\"}}",
		  NULL, "file sub/base.img raw, file top raw",
		  "with a backing file named beside it" },
		{ "json:{\"driver\":\"raw\",\"file\":{\"driver\":\"file\",\"filename\":\"sub/base.img\"}}",
		  NULL, "file sub/base.img raw", "a relative path" },
		{ "file:@/sub/base.img", "raw", "file sub/base.img raw", "file: before a path" },
		{ "file://@/sub/base.img", "raw", "file //@/sub/base.img raw", "and with slashes" },
		{ "host_device:@/sub/base.img", "raw", "file sub/base.img raw", "host_device:" },
		{ "json:{\"driver\":\"qcow2\",\"file\":{\"driver\":\"nbd\",\"host\":\"h\"}}", NULL,
		  "", "JSON of what is on the network" },
		{ "json:{\"driver\":\"raw\",\"file\":\"node1\"}", NULL, "", "a node by its name" },
		{ "json:{\"driver\":", NULL, "", "JSON that is cut" },
		{ "json:{\"file\":{\"filename\":\"http://h/x\"}}", NULL, "", "a URL in JSON" },
		{ "nbd:unix:/run/nbd", NULL, "", "nbd" },
		{ "rbd:pool/x", NULL, "", "rbd" },
	};

	for (size_t i = 0; i < SX_COUNT(cases); i++) {
		SX_STR name = { 0 };
		SX_STR want = { 0 };
		SX_FREE char *image = NULL;

		for (const char *p = cases[i].name; *p; p++)
			sx_str_addf(&name, *p == '@' ? "%s" : "%.1s", *p == '@' ? w->dir : p);
		for (const char *p = cases[i].want; *p; p++)
			sx_str_addf(&want, *p == '@' ? "%s" : "%.1s", *p == '@' ? w->dir : p);
		image = make_qcow2(w, "named",
				   (struct qcow2){ 3, sx_str_text(&name), cases[i].format, NULL, 0,
						   0 });
		name_is(w, image, sx_str_text(&want), cases[i].what);
	}
}

static void test_damaged(struct world *w)
{
	SX_FREE char *text = disk_make(w, "text", 64 << 10);
	SX_FREE char *tiny = disk_make(w, "tiny", 10);
	SX_FREE char *name = make_qcow2(w, "name", (struct qcow2){ 3, "x", "raw", NULL, 5000, 0 });
	SX_FREE char *extension =
		make_qcow2(w, "extension", (struct qcow2){ 3, "x", "raw", NULL, 0, 0xfffffff0 });
	SX_FREE char *version =
		make_qcow2(w, "version", (struct qcow2){ 9, NULL, NULL, NULL, 0, 0 });
	SX_FREE char *bits = make_qcow2(w, "bits", (struct qcow2){ 3, NULL, NULL, NULL, 0, 0 });
	SX_FREE char *place = make_qcow2(w, "place", (struct qcow2){ 3, "x", NULL, NULL, 0, 0 });

	put_at(bits, 20, "\0\0\0\x3f", 4);
	put_at(place, 8, "\x7f\xff\xff\xff\xff\xff\xff\xff", 8);
	chain_is(w, text, "qcow2", "file text qcow2, unverifiable text", "not a qcow2 image",
		 "zeros for a qcow2");
	chain_is(w, tiny, "qcow2", "file tiny qcow2, unverifiable tiny", "not a qcow2 image",
		 "ten bytes for a qcow2");
	chain_is(w, name, "qcow2", "file name qcow2, unverifiable name", "damaged",
		 "a name that is too long");
	chain_is(w, extension, "qcow2", "file extension qcow2, unverifiable extension", "damaged",
		 "an extension that is too long");
	chain_is(w, version, "qcow2", "file version qcow2, unverifiable version", "version 9",
		 "a version of the future");
	chain_is(w, bits, "qcow2", "file bits qcow2, unverifiable bits", "damaged",
		 "clusters of an impossible size");
	chain_is(w, place, "qcow2", "file place qcow2, unverifiable place", "damaged",
		 "a name beyond the end");
	chain_is(w, text, "vmdk", "file text vmdk, unverifiable text",
		 "cannot read the format 'vmdk'", "a format that is not known");
}

static void test_qcow_and_qed(struct world *w)
{
	unsigned char qcow[72] = { 'Q', 'F', 'I', 0xfb, 0, 0, 0, 1 };
	unsigned char qed[80] = { 'Q', 'E', 'D', 0 };
	SX_FREE char *old = disk_make(w, "qcow1", 4096);
	SX_FREE char *other = disk_make(w, "qed", 4096);

	put_be64(qcow + 8, 48);
	put_be32(qcow + 16, 12);
	memcpy(qcow + 48, "sub/base.img", 12);
	put_at(old, 0, qcow, sizeof(qcow));
	chain_is(w, old, "qcow", "file qcow1 qcow, file sub/base.img raw", NULL, "a qcow image");
	qed[16] = 1 | 4;
	qed[56] = 64;
	qed[60] = 12;
	memcpy(qed + 64, "sub/base.img", 12);
	put_at(other, 0, qed, sizeof(qed));
	chain_is(w, other, "qed", "file qed qed, file sub/base.img raw", NULL, "a qed image");
}

/* A differencing image with one locator of this kind and a name in UTF-16. */
static char *make_vhd(const struct world *w, const char *file, const char *kind, const void *text,
		      uint32_t len, const char *name)
{
	unsigned char footer[512] = "conectix", header[1024] = "cxsparse";
	char *path = disk_make(w, file, 64 << 10);

	put_be64(footer + 16, 512);
	put_be32(footer + 60, 4);
	for (size_t i = 0; name[i]; i++)
		header[64 + 2 * i + 1] = (unsigned char)name[i];
	if (kind) {
		memcpy(header + 576, kind, 4);
		put_be32(header + 576 + 8, len);
		put_be64(header + 576 + 16, 4096);
		put_at(path, 4096, text, len);
	}
	put_at(path, 0, footer, sizeof(footer));
	put_at(path, 512, header, sizeof(header));
	return path;
}

static void test_vhd(struct world *w)
{
	static const char wide[] = ".\0\\\0s\0u\0b\0\\\0p\0", drive[] = "C\0:\0\\\0p\0";
	SX_FREE char *parent = make_vhd(w, "sub/p", NULL, "", 0, "");
	SX_FREE char *mac = make_vhd(w, "mac", "MacX", "file://sub/p", 12, "elsewhere");
	SX_FREE char *windows = make_vhd(w, "win", "W2ru", wide, sizeof(wide) - 1, "elsewhere");
	SX_FREE char *other = make_vhd(w, "drive", "W2ku", drive, sizeof(drive) - 1, "sub/p");
	SX_FREE char *on_raw = make_vhd(w, "onraw", "MacX", "sub/base.img", 12, "");
	SX_FREE char *nameless = make_vhd(w, "nameless", NULL, "", 0, "");
	unsigned char kind[4] = { 0, 0, 0, 3 };

	put_at(parent, 60, kind, sizeof(kind));
	chain_is(w, mac, "vhd", "file mac vhd, file sub/p vhd", NULL, "a vhd's parent, as blktap");
	chain_is(w, windows, "vhd", "file win vhd, file ./sub/p vhd", NULL,
		 "a vhd's parent, as Windows, relative");
	chain_is(w, other, "vhd", "file drive vhd, file sub/p vhd", NULL,
		 "a path on drive C: is passed over for the plain name");
	chain_is(w, on_raw, "vhd", "file onraw vhd, file sub/base.img raw", NULL,
		 "a vhd on a raw file");
	chain_is(w, nameless, "vhd", "file nameless vhd, unverifiable nameless",
		 "does not name its parent", "a differencing vhd without a parent's name");
	chain_is(w, parent, "vhd", "file sub/p vhd", NULL, "a vhd without a parent");
}

static void test_not_disks(struct world *w)
{
	static const struct {
		struct evidence_subject s;
		const char *kind, *reason, *what;
	} cases[] = {
		{ { .target = "" }, "empty", NULL, "an empty drive" },
		{ { .target = "/x", .format = "empty" }, "empty", NULL, "the format empty" },
		{ { .target = "rbd:pool/x" }, "unverifiable", "not a path", "a target of ceph" },
		{ { .target = "/x", .script = "block-iscsi" },
		  "unverifiable",
		  "by the script block-iscsi",
		  "a hotplug script" },
		{ { .target = "/x", .backend_domain = "storage" },
		  "unverifiable",
		  "by the domain storage",
		  "a driver domain" },
		{ { .target = "/x", .script = "block", .backend_domain = "0" },
		  "disk",
		  NULL,
		  "the usual script and backend, spelled out" },
	};

	for (size_t i = 0; i < SX_COUNT(cases); i++) {
		JSON_DOC *doc = evidence_take(&w->o, &cases[i].s);
		const char *reason = json_get_string(doc, "reason");

		tap_ok(&w->t,
		       sx_streq(json_get_string(doc, "kind"), cases[i].kind) &&
			       (cases[i].reason ? reason && strstr(reason, cases[i].reason)
						: !reason),
		       cases[i].what);
	}
	chain_is(w, w->dir, "vhd", "unverifiable  vhd", "is a directory", "a directory");
}

int main(void)
{
	struct world w;

	world_open(&w);
	test_qcow2(&w);
	test_qcow2_unusual(&w);
	test_names(&w);
	test_damaged(&w);
	test_qcow_and_qed(&w);
	test_vhd(&w);
	test_not_disks(&w);
	return world_close(&w);
}
