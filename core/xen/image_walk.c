/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stream of a saved-domain image: libxl's records with one libxc stream among them. Checks that
 * it is complete and well-formed, not that the guest's memory has the right content: it seeks past
 * page data. See image.h.
 */
#include "xen/image_private.h"

#include <endian.h>
#include <inttypes.h>
#include <string.h>

static const uint32_t flag_stream_v2 = 2, optional_record = 0x80000000;
static const uint32_t page_size = 4096;

struct walk {
	int fd;
	off_t at, size;
	struct image_stream *found;
};

/* The lengths that records of a type may have: `least` plus multiples of `step` (0: none). */
struct shape {
	uint32_t least, step;
};

struct record {
	uint32_t type, length;
	off_t body;
};

/* As in docs/specs/libxl-migration-stream.pandoc and tools/python/xen/migration/libxl.py. */
static const struct shape libxl_shapes[] = {
	{ 0, 0 }, /* END */
	{ 0, 0 }, /* LIBXC_CONTEXT */
	{ 8, 1 }, /* EMULATOR_XENSTORE_DATA */
	{ 8, 1 }, /* EMULATOR_CONTEXT */
	{ 0, 0 }, /* CHECKPOINT_END */
	{ 1, 1 }, /* CHECKPOINT_STATE */
};

/* As in docs/specs/libxc-migration-stream.pandoc and tools/python/xen/migration/libxc.py. */
static const struct shape libxc_shapes[] = {
	{ 0, 0 }, /* END */
	{ 16, 8 }, /* PAGE_DATA */
	{ 8, 0 }, /* X86_PV_INFO */
	{ 8, 8 }, /* X86_PV_P2M_FRAMES */
	{ 8, 1 }, /* X86_PV_VCPU_BASIC */
	{ 8, 1 }, /* X86_PV_VCPU_EXTENDED */
	{ 8, 1 }, /* X86_PV_VCPU_XSAVE */
	{ 4096, 0 }, /* SHARED_INFO */
	{ 24, 0 }, /* X86_TSC_INFO */
	{ 1, 1 }, /* HVM_CONTEXT */
	{ 8, 16 }, /* HVM_PARAMS */
	{ 0, 1 }, /* TOOLSTACK, before Xen 4.9 */
	{ 8, 1 }, /* X86_PV_VCPU_MSRS */
	{ 0, 0 }, /* VERIFY */
	{ 0, 0 }, /* CHECKPOINT */
	{ UINT32_MAX, 0 }, /* CHECKPOINT_DIRTY_PFN_LIST: sent back to the sender, never in a file */
	{ 0, 0 }, /* STATIC_DATA_END: this and later ones only in version 3 */
	{ 24, 24 }, /* X86_CPUID_POLICY */
	{ 16, 16 }, /* X86_MSR_POLICY */
};

static const uint32_t page_data = 1, first_of_version_3 = 0x10;

/* Skip bytes that must be there. */
static int take(struct walk *w, uint64_t len, const char *what, struct sx_err *err)
{
	if (len > (uint64_t)(w->size - w->at))
		return sx_err_set(err, SX_EFAIL,
				  "the image is cut short: %s needs %" PRIu64
				  " bytes at offset %lld, %lld are there",
				  what, len, (long long)w->at, (long long)(w->size - w->at));
	w->at += (off_t)len;
	return 0;
}

static int get(struct walk *w, void *buf, size_t len, const char *what, struct sx_err *err)
{
	off_t at = w->at;

	if (take(w, len, what, err))
		return -1;
	return image_read_at(w->fd, at, buf, len) ? 0 : image_cut_short(what, err);
}

static int damaged(const struct walk *w, const char *what, struct sx_err *err)
{
	return sx_err_set(err, SX_EFAIL, "the image is damaged: %s before offset %lld", what,
			  (long long)w->at);
}

/* Check the zero padding that extends a record's body to a multiple of 8 bytes. */
static int take_padding(struct walk *w, uint32_t length, const char *what, struct sx_err *err)
{
	static const char zeros[8] = { 0 };
	char padding[8];
	size_t len = -length & 7;

	if (!len)
		return 0;
	if (get(w, padding, len, what, err))
		return -1;
	return memcmp(padding, zeros, len) ? damaged(w, "a record is not filled up with zeros", err)
					   : 0;
}

/* Read a record's header, check its length, and skip its body. */
static int next_record(struct walk *w, const struct shape *shapes, size_t count, const char *what,
		       struct record *out, struct sx_err *err)
{
	uint32_t head[2], over;

	if (get(w, head, sizeof(head), what, err))
		return -1;
	*out = (struct record){ le32toh(head[0]), le32toh(head[1]), w->at };
	if (out->type < count) {
		const struct shape *shape = &shapes[out->type];

		over = out->length - shape->least;
		if (out->length < shape->least || (shape->step ? over % shape->step : over))
			return damaged(w, "a record of a length that its type cannot have", err);
	} else if (!(out->type & optional_record)) {
		return damaged(w, "a record of an unknown type", err);
	}
	w->found->records++;
	if (take(w, out->length, what, err))
		return -1;
	return take_padding(w, out->length, what, err);
}

/* Check a batch of pages: their count, 8 bytes for each, then the contents of some of them. */
static int check_pages(const struct walk *w, const struct record *r, struct sx_err *err)
{
	uint32_t words[2];
	uint64_t count, contents;

	if (!image_read_at(w->fd, r->body, words, sizeof(words)))
		return image_cut_short("the guest's memory", err);
	count = le32toh(words[0]);
	if (words[1] || r->length < sizeof(words) + count * 8)
		return damaged(w, "a batch of pages that does not fit its record", err);
	contents = r->length - sizeof(words) - count * 8;
	if (contents % page_size || contents / page_size > count)
		return damaged(w, "a batch of pages that does not fill its record", err);
	return 0;
}

/* Read libxc's stream headers: xc_sr_ihdr, big-endian, and xc_sr_dhdr, little-endian. */
static int libxc_headers(struct walk *w, uint32_t *version, struct sx_err *err)
{
	static const char magic[] = "\xff\xff\xff\xff\xff\xff\xff\xffXENF";
	static const char no_options[8] = { 0 };
	unsigned char head[24], domain[16];
	uint32_t words[4];

	if (get(w, head, sizeof(head), "the header of the memory image", err) ||
	    get(w, domain, sizeof(domain), "the domain header", err))
		return -1;
	memcpy(version, head + 12, sizeof(*version));
	*version = be32toh(*version);
	if (memcmp(head, magic, 12) || *version < 2 || *version > 3)
		return damaged(w, "no memory image begins", err);
	if (memcmp(head + 16, no_options, sizeof(no_options)))
		return damaged(w, "a memory image with unknown options", err);
	memcpy(words, domain, sizeof(words));
	if (le32toh(words[0]) != 1 && le32toh(words[0]) != 2)
		return damaged(w, "a domain of an unknown type", err);
	/* The page size as a power of two, then 16 bits of zero. */
	if (le32toh(words[1]) != 12)
		return damaged(w, "a domain with pages of another size", err);
	w->found->hvm = le32toh(words[0]) == 2;
	w->found->xen_major = le32toh(words[2]);
	w->found->xen_minor = le32toh(words[3]);
	return 0;
}

static int walk_libxc(struct walk *w, struct sx_err *err)
{
	static const uint32_t longest = 128 << 20; /* REC_LENGTH_MAX of xg_sr_stream_format.h */
	uint32_t version;
	size_t known = SX_COUNT(libxc_shapes);
	struct record r;

	if (libxc_headers(w, &version, err))
		return -1;
	if (version < 3)
		known = first_of_version_3;
	do {
		if (next_record(w, libxc_shapes, known, "a record of the memory image", &r, err))
			return -1;
		if (r.length > longest)
			return damaged(w, "a record longer than any that Xen reads", err);
		if (r.type == page_data && check_pages(w, &r, err))
			return -1;
	} while (r.type);
	return 0;
}

static int walk_libxl(struct walk *w, struct sx_err *err)
{
	static const uint32_t libxc_context = 1, from_legacy = 2;
	unsigned char head[16];
	uint32_t version, options;
	struct record r;
	bool memory = false;

	if (get(w, head, sizeof(head), "the stream's header", err))
		return -1;
	memcpy(&version, head + 8, sizeof(version));
	memcpy(&options, head + 12, sizeof(options));
	if (memcmp(head, "LibxlFmt", 8) || be32toh(version) != 2 || be32toh(options) & ~from_legacy)
		return damaged(w, "no libxl stream begins", err);
	do {
		if (next_record(w, libxl_shapes, SX_COUNT(libxl_shapes), "a record", &r, err))
			return -1;
		if (r.type == libxc_context && memory)
			return damaged(w, "a second memory image begins", err);
		if (r.type == libxc_context && walk_libxc(w, err))
			return -1;
		memory |= r.type == libxc_context;
	} while (r.type);
	return memory ? 0 : damaged(w, "there is no memory image", err);
}

int image_verify(int fd, const struct image_header *header, struct image_stream *out,
		 struct sx_err *err)
{
	struct image_stream found = { 0 };
	struct walk w = { .fd = fd, .at = header->stream, .size = header->size, .found = &found };

	if (!(header->mandatory_flags & flag_stream_v2))
		return sx_err_set(
			err, SX_EFAIL,
			"saved by a Xen before 4.6: safexl cannot tell whether it is complete");
	if (walk_libxl(&w, err))
		return -1;
	if (w.at != w.size)
		return sx_err_set(err, SX_EFAIL, "%lld bytes follow the image's end",
				  (long long)(w.size - w.at));
	*out = found;
	return 0;
}
