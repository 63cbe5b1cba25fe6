/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is on a disk: the file systems, partitions and volumes found, digests of the regions that
 * change with them, samples from the whole disk, and on request a digest of all content.
 */
#include "evidence/private.h"

#include <errno.h>

enum {
	SAMPLES = 128,
	PARTS_MOST = 256, /* places looked at on one disk */
	CHUNK_LEN = 4 << 20,
	SMALL_MIB = 64,
	DIGEST_DIGITS = 16,
};

/* The places to look at: the disk, its partitions, the volumes in them. */
struct places {
	struct evidence_look look;
	struct evidence_parts parts;
};

static void places_dispose(struct places *p)
{
	evidence_parts_dispose(&p->parts);
	sx_str_dispose(&p->look.regions);
	if (p->look.image >= 0)
		close(p->look.image);
}

uint64_t evidence_sample_offset(uint64_t size, size_t index)
{
	uint64_t step = size / SAMPLES;

	return (index * step + step / 2) / EVIDENCE_SAMPLE_LEN * EVIDENCE_SAMPLE_LEN;
}

/* Samples are spread evenly, so that their offsets follow from the size. */
static void add_samples(struct evidence_look *look)
{
	const struct evidence_reader *r = look->r;
	SX_FREE unsigned char *buf = evidence_aligned(SAMPLES * EVIDENCE_SAMPLE_LEN);
	uint64_t offsets[SAMPLES];
	int failed[SAMPLES];
	SX_STR digests = { 0 };

	/* A small disk is covered by the regions at its ends. */
	if (r->size <= 2 * EVIDENCE_MIB)
		return;
	for (size_t i = 0; i < SAMPLES; i++)
		offsets[i] = evidence_sample_offset(r->size, i);
	evidence_read_many(r, offsets, SAMPLES, EVIDENCE_SAMPLE_LEN, buf, failed);
	for (size_t i = 0; i < SAMPLES; i++) {
		SX_ERR err = { 0 };

		if (!failed[i]) {
			digest_add(&digests, buf + i * EVIDENCE_SAMPLE_LEN, EVIDENCE_SAMPLE_LEN);
			continue;
		}
		errno = failed[i];
		sx_err_sys(&err, SX_EFAIL, "read %s", r->path);
		evidence_look_failed(look, NULL, &err);
		sx_str_addf(&digests, "%-*s", DIGEST_DIGITS, "-");
	}
	json_set_string(look->content, "samples", sx_str_text(&digests));
}

/* Record a failure that may also hide further places: then the content is partial as a whole. */
static void places_unknown(struct evidence_look *look, struct json *found, struct sx_err *why)
{
	json_set_bool(found, "partial", true);
	evidence_look_failed(look, look->content, why);
}

/* Record what libblkid finds in one place, and facts about it. Volumes become new places. */
static void look_into(struct places *p, const struct evidence_part *part, struct json *found)
{
	struct evidence_look *look = &p->look;
	struct evidence_fs fs;
	SX_ERR err = { 0 };

	if (!evidence_blkid_fs(look->image, look->r->sector, part->offset, part->size, &fs)) {
		sx_err_set(&err, SX_EFAIL, "libblkid cannot look at %s", look->r->path);
		evidence_look_failed(look, found, &err);
	}
	json_set_string(found, "type", fs.type);
	json_set_string(found, "uuid", fs.uuid);
	json_set_string(found, "label", fs.label);
	if (fs.type && evidence_fs_facts(look, part->offset, fs.type, found, &err))
		evidence_look_failed(look, found, &err);
	if (sx_streq(fs.type, "LVM2_member") &&
	    evidence_lvm_parts(look->r, part->offset, part->name ? part->name : "", &p->parts,
			       found, &err))
		places_unknown(look, found, &err);
	evidence_fs_dispose(&fs);
}

static void look_at(struct places *p, size_t index)
{
	const uint64_t head = 256 * EVIDENCE_KIB;
	struct evidence_part part = p->parts.items[index];
	struct json *found = json_new();
	SX_ERR err = { 0 };

	json_set_string(found, "name", part.name ? part.name : "");
	json_set_number(found, "size", (long long)part.size);
	if (part.offset && evidence_image_copy(&p->look, part.offset, head, &err))
		places_unknown(&p->look, found, &err);
	else
		look_into(p, &part, found);
	json_append(p->look.content, "found", found);
}

static void add_places(struct places *p)
{
	const struct evidence_reader *r = p->look.r;
	struct evidence_part whole = { .name = sx_strdup("") };

	sx_vec_push(&p->parts, whole);
	if (!r->size || evidence_image_make(&p->look))
		return;
	evidence_blkid_parts(p->look.image, r->sector, &p->parts);
	json_set_string(p->look.content, "table", p->parts.table);
	for (size_t i = 0; i < p->parts.len && i < PARTS_MOST; i++)
		if (p->parts.items[i].offset < r->size)
			look_at(p, i);
}

/* The offset of the next data from `offset` on, past a hole; the size when there is none. */
static uint64_t next_data(const struct evidence_reader *r, uint64_t offset)
{
	off_t data =
		S_ISREG(r->st.st_mode) ? lseek(r->fd, (off_t)offset, SEEK_DATA) : (off_t)offset;

	if (data < 0)
		return errno == ENXIO ? r->size : offset;
	return (uint64_t)data;
}

static void add_full(const struct evidence_options *o, struct evidence_look *look)
{
	const struct evidence_reader *r = look->r;
	struct digest_whole *whole = digest_whole_new();
	SX_FREE char *digest = NULL;
	SX_ERR err = { 0 };
	uint64_t at = 0;
	bool failed = false;

	while (!failed && at < r->size) {
		EVIDENCE_BYTES b = { 0 };

		at = next_data(r, at) / CHUNK_LEN * CHUNK_LEN;
		failed = at < r->size && evidence_read(r, at, CHUNK_LEN, &b, &err);
		if (b.len)
			digest_whole_add(whole, at / CHUNK_LEN, b.data, b.len);
		at += CHUNK_LEN;
		if (o->progress)
			o->progress(r->path, at < r->size ? at : r->size, r->size, o->progress_arg);
	}
	digest = digest_whole_end(whole, r->size);
	json_set_string(look->content, "full", failed ? NULL : digest);
	json_set_bool(look->content, "small", !o->full);
	if (failed)
		evidence_look_failed(look, NULL, &err);
}

/* A small file costs little to read, and its digest can excuse a new ctime (see is_proven). */
static bool is_small(const struct evidence_reader *r)
{
	return S_ISREG(r->st.st_mode) && r->size <= SMALL_MIB * EVIDENCE_MIB;
}

void evidence_content_take(const struct evidence_options *o, const struct evidence_reader *r,
			   struct json *layer)
{
	struct json *content = json_new();
	SX_CLEANUP(places_dispose)
	struct places p = { .look = { .r = r, .image = -1, .layer = layer, .content = content } };

	json_put(layer, "content", content);
	json_set_bool(content, "direct", r->direct);
	add_places(&p);
	add_samples(&p.look);
	json_set_string(content, "regions", sx_str_text(&p.look.regions));
	if (o->full || is_small(r))
		add_full(o, &p.look);
}
