/*
 * What is on a disk: the file systems, partitions and volumes found, digests of the places that
 * change with them, samples from all over, and a digest of everything on request.
 */
#include "evidence_private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

enum {
	SAMPLES = 128,
	SAMPLE_LEN = 4096,
	PARTS_MOST = 256, /* places looked at on one disk */
	CHUNK_LEN = 4 << 20,
};

/* The places to look at: the disk, its partitions, the volumes in them. */
struct places {
	const struct evidence_reader *r;
	int image;
	struct evidence_parts parts;
	struct sx_str regions;
	struct json *content;
};

static void places_dispose(struct places *p)
{
	evidence_parts_dispose(&p->parts);
	sx_str_dispose(&p->regions);
	if (p->image >= 0)
		close(p->image);
}

uint64_t evidence_sample_offset(uint64_t size, size_t index)
{
	uint64_t step = size / SAMPLES;

	return (index * step + step / 2) / SAMPLE_LEN * SAMPLE_LEN;
}

/* Samples lie evenly, so that their places follow from the size. */
static int add_samples(const struct evidence_reader *r, struct json *content, struct sx_err *err)
{
	SX_FREE unsigned char *buf = evidence_aligned(SAMPLES * SAMPLE_LEN);
	uint64_t offsets[SAMPLES];
	SX_STR digests = { 0 };

	/* A small disk is covered by the regions at its ends. */
	if (r->size <= 2 * EVIDENCE_MIB)
		return 0;
	for (size_t i = 0; i < SAMPLES; i++)
		offsets[i] = evidence_sample_offset(r->size, i);
	if (evidence_read_many(r, offsets, SAMPLES, SAMPLE_LEN, buf, err))
		return -1;
	for (size_t i = 0; i < SAMPLES; i++)
		evidence_digest_add(&digests, buf + i * SAMPLE_LEN, SAMPLE_LEN);
	json_set_string(content, "samples", sx_str_text(&digests));
	return 0;
}

/* What one place holds. Volumes within it are appended to the places. */
static int look_at(struct places *p, size_t index, struct sx_err *err)
{
	const uint64_t head = 256 * EVIDENCE_KIB;
	struct evidence_part part = p->parts.items[index];
	const char *name = part.name ? part.name : "";
	struct evidence_fs fs;
	struct json *found = json_new();
	int r = 0;

	if (part.offset &&
	    evidence_image_copy(p->r, p->image, part.offset, head, &p->regions, err)) {
		json_free(found);
		return -1;
	}
	evidence_blkid_fs(p->image, p->r->sector, part.offset, part.size, &fs);
	json_set_string(found, "name", name);
	json_set_string(found, "type", fs.type);
	json_set_string(found, "uuid", fs.uuid);
	json_set_string(found, "label", fs.label);
	json_set_number(found, "size", (long long)part.size);
	if (fs.type)
		r = evidence_fs_facts(p->r, part.offset, fs.type, found, &p->regions, err);
	if (!r && sx_streq(fs.type, "LVM2_member"))
		r = evidence_lvm_parts(p->r, part.offset, name, &p->parts, found, err);
	evidence_fs_dispose(&fs);
	json_append(p->content, "found", found);
	return r;
}

static int add_places(struct places *p, struct sx_err *err)
{
	const struct evidence_reader *r = p->r;
	struct evidence_part whole = { .name = sx_strdup("") };

	sx_vec_push(&p->parts, whole);
	if (!r->size)
		return 0;
	p->image = evidence_image_make(r, &p->regions, err);
	if (p->image < 0)
		return -1;
	evidence_blkid_parts(p->image, r->sector, &p->parts);
	json_set_string(p->content, "table", p->parts.table);
	for (size_t i = 0; i < p->parts.len && i < PARTS_MOST; i++) {
		if (p->parts.items[i].offset < r->size && look_at(p, i, err))
			return -1;
	}
	return 0;
}

/* The start of the next data at or behind an offset; the size when there is none. */
static uint64_t next_data(const struct evidence_reader *r, uint64_t offset)
{
	off_t data =
		S_ISREG(r->st.st_mode) ? lseek(r->fd, (off_t)offset, SEEK_DATA) : (off_t)offset;

	if (data < 0)
		return errno == ENXIO ? r->size : offset;
	return (uint64_t)data;
}

static int add_full(const struct evidence_options *o, const struct evidence_reader *r,
		    struct json *content, struct sx_err *err)
{
	struct evidence_whole *whole = evidence_whole_new();
	SX_FREE char *digest = NULL;
	uint64_t at = 0;
	int failed = 0;

	while (!failed && at < r->size) {
		EVIDENCE_BYTES b = { 0 };

		at = next_data(r, at) / CHUNK_LEN * CHUNK_LEN;
		if (at < r->size)
			failed = evidence_read(r, at, CHUNK_LEN, &b, err);
		if (b.len)
			evidence_whole_add(whole, at / CHUNK_LEN, b.data, b.len);
		at += CHUNK_LEN;
		if (o->progress)
			o->progress(r->path, at < r->size ? at : r->size, r->size, o->progress_arg);
	}
	digest = evidence_whole_end(whole, r->size);
	json_set_string(content, "full", failed ? NULL : digest);
	return failed;
}

int evidence_content_take(const struct evidence_options *o, const struct evidence_reader *r,
			  struct json *layer, struct sx_err *err)
{
	struct json *content = json_new();
	SX_CLEANUP(places_dispose) struct places p = { .r = r, .image = -1, .content = content };

	json_put(layer, "content", content);
	json_set_bool(content, "direct", r->direct);
	if (add_places(&p, err) || add_samples(r, content, err))
		return -1;
	json_set_string(content, "regions", sx_str_text(&p.regions));
	return o->full ? add_full(o, r, content, err) : 0;
}
