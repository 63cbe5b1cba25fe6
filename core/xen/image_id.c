/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The id of a saved-domain image's content: see image.h. Reads about a megabyte, whatever the size.
 * Two saves of a guest differ in its clocks and registers, which are in the records after the
 * memory, so we digest the end in full and samples of the memory.
 */
#include "host/digest.h"
#include "xen/image_private.h"

#include <string.h>

enum {
	CHUNK = 64 << 10, /* bytes per read; also the digested start of the stream */
	TAIL = 1 << 20, /* bytes at the end: more than the records after the memory */
	SAMPLES = 64,
	SAMPLE = 4 << 10, /* bytes per sample, at a multiple of that */
};

/* Digests ranges of the file, each chunk with its offset. */
struct taking {
	int fd;
	struct digest_whole *digest;
	char *buf; /* CHUNK bytes */
};

static int take_range(const struct taking *t, off_t from, off_t to, struct sx_err *err)
{
	while (from < to) {
		size_t len = to - from < CHUNK ? (size_t)(to - from) : CHUNK;

		if (!image_read_at(t->fd, from, t->buf, len))
			return image_cut_short("its stream", err);
		digest_whole_add(t->digest, (uint64_t)from, t->buf, len);
		from += (off_t)len;
	}
	return 0;
}

static off_t smaller(off_t a, off_t b)
{
	return a < b ? a : b;
}

static int take_all(const struct taking *t, const struct image_header *h, struct sx_err *err)
{
	off_t head = smaller(h->stream + CHUNK, h->size);
	off_t tail = h->size - smaller(TAIL, h->size - head);

	if (take_range(t, 0, head, err))
		return -1;
	for (int i = 0; i < SAMPLES; i++) {
		off_t at = (head + (tail - head) / SAMPLES * i) / SAMPLE * SAMPLE;

		if (take_range(t, at, smaller(at + SAMPLE, tail), err))
			return -1;
	}
	return take_range(t, tail, h->size, err);
}

int image_identify(int fd, const struct image_header *header, char id_out[33], struct sx_err *err)
{
	SX_FREE char *buf = sx_alloc(CHUNK);
	SX_FREE char *id = NULL;
	struct taking t = { .fd = fd, .digest = digest_whole_new(), .buf = buf };
	int status = take_all(&t, header, err);

	/* Call this even on failure: it frees the digest. */
	id = digest_whole_end(t.digest, (uint64_t)header->size);
	if (!status)
		memcpy(id_out, id, 33);
	return status;
}
