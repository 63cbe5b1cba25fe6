/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is found on disks made by hand, and which changes of a byte are noticed. */
#include "evidence_world.h"

static const struct json *content_of(const struct json *doc)
{
	return json_get(json_at(doc, "layers", 0), "content");
}

/* "name type, name type" */
static char *found_on(const struct json *content)
{
	SX_STR s = { 0 };

	for (size_t i = 0; i < json_count(content, "found"); i++) {
		const struct json *found = json_at(content, "found", i);
		const char *type = json_get_string(found, "type");

		sx_str_addf(&s, "%s%s:%s", i ? ", " : "", json_get_string(found, "name"),
			    type ? type : "-");
	}
	return sx_str_take(&s);
}

static void found_is(struct world *w, const char *path, const char *want, const char *what)
{
	JSON_DOC *doc = look_at(w, path, "raw");
	SX_FREE char *got = found_on(content_of(doc));

	tap_is(&w->t, got, want, what);
}

/* As much of an ext2 as libblkid wants to see. */
static void put_ext2(const char *path, uint64_t at, uint32_t mounted, uint16_t mounts)
{
	unsigned char sb[1024] = { 0 };

	sb[0x00] = 16; /* inodes */
	sb[0x05] = 4; /* 1024 blocks */
	sb[0x21] = 0x20; /* blocks in a group */
	sb[0x38] = 0x53;
	sb[0x39] = 0xef;
	sb[0x4c] = 1; /* revision */
	sb[0x34] = (unsigned char)mounts;
	sb[0x58] = 128; /* bytes of an inode */
	for (int i = 0; i < 4; i++)
		sb[0x2c + i] = (unsigned char)(mounted >> (8 * i));
	memset(sb + 0x68, 0x11, 16);
	put_at(path, at + 1024, sb, sizeof(sb));
}

static void put_le(unsigned char *p, uint64_t value, int len)
{
	for (int i = 0; i < len; i++, value >>= 8)
		p[i] = (unsigned char)value;
}

/* One entry of a boot record. */
static void put_entry(const char *path, uint64_t record, int index, unsigned char type,
		      uint32_t start, uint32_t sectors)
{
	unsigned char entry[16] = { 0 };

	entry[4] = type;
	put_le(entry + 8, start, 4);
	put_le(entry + 12, sectors, 4);
	put_at(path, record + 446 + (uint64_t)index * 16, entry, sizeof(entry));
	put_at(path, record + 510, "\x55\xaa", 2);
}

static void test_partitions(struct world *w)
{
	SX_FREE char *path = disk_make(w, "mbr", 64 << 20);

	put_entry(path, 0, 0, 0x83, 2048, 8192);
	put_entry(path, 0, 1, 0x05, 20480, 100000);
	put_entry(path, (uint64_t)20480 * 512, 0, 0x83, 2048, 8192);
	put_entry(path, (uint64_t)20480 * 512, 1, 0x05, 40960, 16384);
	put_entry(path, (uint64_t)(20480 + 40960) * 512, 0, 0x83, 2048, 8192);
	put_ext2(path, (uint64_t)2048 * 512, 77, 3);
	put_ext2(path, (uint64_t)(20480 + 40960 + 2048) * 512, 99, 4);
	found_is(w, path, ":-, partition 1:ext2, partition 5:-, partition 6:ext2",
		 "partitions and logical partitions, with what is in them");

	/* A chain that ends in itself must not be followed for ever. */
	put_entry(path, (uint64_t)(20480 + 40960) * 512, 1, 0x05, 40960, 16384);
	found_is(w, path, ":-, partition 1:ext2, partition 5:-, partition 6:ext2",
		 "a chain of boot records that goes round");
}

static void test_ext(struct world *w)
{
	SX_FREE char *path = disk_make(w, "ext", 8 << 20);
	JSON_DOC *doc = NULL;
	const struct json *found;

	put_ext2(path, 0, 1795348803, 7);
	doc = look_at(w, path, "raw");
	found = json_at(content_of(doc), "found", 0);
	tap_is(&w->t, json_get_string(found, "type"), "ext2", "an ext2");
	tap_is_num(&w->t, (long)json_get_number(found, "mounted"), 1795348803, "its mount time");
	tap_is_num(&w->t, (long)json_get_number(found, "mounts"), 7, "its count of mounts");
	tap_is(&w->t, json_get_string(found, "uuid"), "11111111-1111-1111-1111-111111111111",
	       "its uuid");
}

/* The verdict about a disk of which one byte is changed. */
static void change_is(struct world *w, const char *name, uint64_t size, uint64_t at, bool full,
		      enum evidence_state want, const char *what)
{
	SX_FREE char *path = disk_make(w, name, size);
	struct evidence_subject s = { .target = path };
	EVIDENCE_VERDICT v = { 0 };
	JSON_DOC *then = NULL;
	JSON_DOC *now = NULL;
	struct json *layer_then, *layer_now;

	w->o.full = full;
	then = evidence_take(&w->o, &s);
	put_at(path, at, "x", 1);
	now = evidence_take(&w->o, &s);
	w->o.full = false;
	/* The times of the file would tell; here it is the content that is asked. */
	layer_then = json_copy(json_at(then, "layers", 0));
	layer_now = json_copy(json_at(now, "layers", 0));
	json_set_string(layer_now, "mtime", json_get_string(layer_then, "mtime"));
	json_set_string(layer_now, "ctime", json_get_string(layer_then, "ctime"));
	json_set_words(then, "layers", (char *[]){ NULL });
	json_set_words(now, "layers", (char *[]){ NULL });
	json_append(then, "layers", layer_then);
	json_append(now, "layers", layer_now);
	evidence_compare(then, now, &v);
	if (!tap_is_num(&w->t, v.state, want, what))
		printf("#   said: %s\n", v.what ? v.what : "-");
}

static void test_changes(struct world *w)
{
	const uint64_t size = 1 << 30, mib = 1 << 20;

	change_is(w, "c1", size, 0, false, EVIDENCE_CHANGED, "the first byte");
	change_is(w, "c2", size, mib - 1, false, EVIDENCE_CHANGED,
		  "the last byte of the first MiB");
	change_is(w, "c3", size, size - mib, false, EVIDENCE_CHANGED, "the last MiB");
	change_is(w, "c4", size, size - 1, false, EVIDENCE_CHANGED, "the last byte");
	change_is(w, "c5", size, evidence_sample_offset(size, 60) + 5, false, EVIDENCE_CHANGED,
		  "a byte in a sample");
	change_is(w, "c6", size, evidence_sample_offset(size, 60) - 1, false,
		  EVIDENCE_UNCHANGED_EXACT, "a byte beside a sample is not seen");
	change_is(w, "c7", size, evidence_sample_offset(size, 60) - 1, true, EVIDENCE_CHANGED,
		  "but in a digest of everything");
	change_is(w, "c8", 5000, 4999, false, EVIDENCE_CHANGED, "the last byte of a small file");
	change_is(w, "c9", mib + 700000, mib + 3, false, EVIDENCE_CHANGED,
		  "the middle of a file of less than 2 MiB");
	change_is(w, "c10", 7 * mib + 11, 7 * mib + 10, true, EVIDENCE_CHANGED,
		  "the last byte of an odd size, digest of everything");
}

static void test_full(struct world *w)
{
	const uint64_t size = (20 << 20) + 17;
	SX_FREE char *sparse = disk_make(w, "sparse", size);
	SX_FREE char *written = disk_make(w, "written", size);
	SX_FREE char *zeros = sx_alloc(size);
	SX_FREE char *longer = disk_make(w, "longer", size + 1);
	JSON_DOC *a = NULL;
	JSON_DOC *b = NULL;
	JSON_DOC *c = NULL;
	const char *digest;

	put_at(written, 0, zeros, size);
	put_at(sparse, 9 << 20, "data", 4);
	put_at(written, 9 << 20, "data", 4);
	put_at(longer, 9 << 20, "data", 4);
	w->o.full = true;
	a = look_at(w, sparse, "raw");
	b = look_at(w, written, "raw");
	c = look_at(w, longer, "raw");
	w->o.full = false;
	digest = json_get_string(content_of(a), "full");
	tap_ok(&w->t, digest && strlen(digest) == 32, "a digest of everything");
	tap_is(&w->t, json_get_string(content_of(b), "full"), digest,
	       "a hole and written zeros are the same");
	tap_ok(&w->t, !sx_streq(json_get_string(content_of(c), "full"), digest),
	       "a longer disk is not");
}

/* The sum that a label carries over itself: CRC-32 with a start of LVM's own. */
static uint32_t lvm_crc(const unsigned char *p, size_t len)
{
	uint32_t crc = 0xf597a6cf;

	while (len--) {
		crc ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return crc;
}

static void put_be(unsigned char *p, uint64_t value, int len)
{
	while (len-- > 0) {
		p[len] = (unsigned char)value;
		value >>= 8;
	}
}

/*
 * As much of an xfs of 320 MiB as libblkid wants to see; its log begins in the middle. Of version 4,
 * which has no checksum: newer libblkids look at that of version 5.
 */
static void put_xfs(const char *path, uint64_t at)
{
	unsigned char sb[4096] = "XFSB";

	put_be(sb + 4, 4096, 4);
	put_be(sb + 8, 81920, 8);
	memset(sb + 32, 0x22, 16);
	put_be(sb + 48, ((uint64_t)2 << 15) + 16, 8);
	put_be(sb + 80, 1, 4);
	put_be(sb + 84, 20480, 4);
	put_be(sb + 88, 4, 4);
	put_be(sb + 96, 1000, 4);
	put_be(sb + 100, 0xb4a4, 2);
	put_be(sb + 102, 512, 2);
	put_be(sb + 104, 512, 2);
	put_be(sb + 106, 8, 2);
	memcpy(sb + 120, (unsigned char[]){ 12, 9, 9, 3, 15, 0, 0, 25 }, 8);
	put_at(path, at, sb, sizeof(sb));
}

/* A volume that goes on on another disk: its own facts are not there, all else is. */
static void test_volume_elsewhere(struct world *w, const char *path, uint64_t at)
{
	struct evidence_subject s = { .target = path };
	EVIDENCE_VERDICT same = { 0 };
	EVIDENCE_VERDICT other = { 0 };
	SX_WORDS reasons = { 0 };
	JSON_DOC *then = NULL;
	JSON_DOC *now = NULL;
	JSON_DOC *later = NULL;

	put_xfs(path, at);
	found_is(w, path, ":LVM2_member, volume vg/root:xfs", "an xfs in a volume");
	then = evidence_take(&w->o, &s);
	tap_ok(&w->t, evidence_unseen(then, &reasons), "whose log is on another disk: noted");
	tap_ok(&w->t,
	       reasons.len == 1 && strstr(reasons.items[0], "its xfs log lies beyond its end"),
	       "but for its log");
	now = evidence_take(&w->o, &s);
	evidence_compare(then, now, &same);
	tap_is_num(&w->t, same.state, EVIDENCE_UNCHANGED_SEEN, "what can be seen is as it was");
	put_at(path, 20 << 20, "x", 1);
	later = evidence_take(&w->o, &s);
	evidence_compare(then, later, &other);
	tap_ok(&w->t, other.state == EVIDENCE_CHANGED && strstr(other.what, "was modified"),
	       "a write tells by the times of the file");
}

static void test_lvm(struct world *w)
{
	static const char text[] =
		"vg { id = \"x\" seqno = 4 extent_size = 2048 # a comment }\n"
		"physical_volumes { pv0 { id = \"other\" pe_start = 9 }\n"
		"pv1 { id = \"abcdef-ghij-klmn-opqr-stuv-wxyz-012345\" device = \"/dev/{\\\"\" "
		"pe_start = 2048 } }\n"
		"logical_volumes { root { segment_count = 2 segment1 { start_extent = 0 "
		"extent_count = 4 type = \"striped\" stripes = [ \"pv1\", 3 ] }\n"
		"segment2 { start_extent = 4 stripes = [ \"pv1\", 20 ] } }\n"
		"elsewhere { segment1 { start_extent = 0 stripes = [ \"pv0\", 1 ] } } } }\n";
	unsigned char label[512] = "LABELONE", area[512] = { 0 };
	SX_FREE char *path = disk_make(w, "pv", 32 << 20);
	JSON_DOC *doc = NULL;

	put_le(label + 20, 32, 4);
	memcpy(label + 24, "LVM2 001", 8);
	memcpy(label + 32, "abcdefghijklmnopqrstuvwxyz012345", 32);
	put_le(label + 32 + 40, 1 << 20, 8); /* data area, then zeros */
	put_le(label + 32 + 72, 4096, 8); /* metadata area */
	put_le(label + 32 + 80, 1 << 19, 8);
	put_le(label + 8, 1, 8); /* its own sector */
	put_le(label + 16, lvm_crc(label + 20, sizeof(label) - 20), 4);
	memcpy(area + 4, " LVM2 x[5A%r0N*>", 16);
	put_le(area + 24, 4096, 8);
	put_le(area + 32, 1 << 19, 8);
	put_le(area + 40, (1 << 19) - 100, 8); /* the text goes round the end */
	put_le(area + 48, sizeof(text) - 1, 8);
	put_at(path, 512, label, sizeof(label));
	put_at(path, 4096, area, sizeof(area));
	put_at(path, 4096 + (1 << 19) - 100, text, 100);
	put_at(path, 4096 + 512, text + 100, sizeof(text) - 101);
	put_ext2(path, (1 << 20) + 3 * (1 << 20), 5, 1);
	doc = look_at(w, path, "raw");
	{
		SX_FREE char *got = found_on(content_of(doc));

		tap_is(&w->t, got, ":LVM2_member, volume vg/root:ext2",
		       "a volume that begins on this physical volume");
	}
	tap_is_num(&w->t, (long)json_get_number(json_at(content_of(doc), "found", 0), "seqno"), 4,
		   "the number of the metadata");
	test_volume_elsewhere(w, path, (1 << 20) + 3 * (1 << 20));
	put_at(path, 4096 + 512, "[[[[{{{{\"\\", 10);
	json_free(look_at(w, path, "raw"));
	tap_ok(&w->t, true, "damaged metadata is survived");
}

static void test_odd_files(struct world *w)
{
	SX_FREE char *nothing = disk_make(w, "nothing", 0);
	SX_FREE char *fifo = disk_path(w, "fifo");
	JSON_DOC *doc = NULL;

	must(!mkfifo(fifo, 0644), fifo);
	found_is(w, nothing, "", "a file of no bytes");
	doc = look_at(w, fifo, "raw");
	tap_ok(&w->t,
	       strstr(json_get_string(json_at(doc, "layers", 0), "reason"), "neither a file"),
	       "a FIFO is not opened");
}

int main(void)
{
	struct world w;

	world_open(&w);
	test_ext(&w);
	test_partitions(&w);
	test_changes(&w);
	test_full(&w);
	test_lvm(&w);
	test_odd_files(&w);
	return world_close(&w);
}
