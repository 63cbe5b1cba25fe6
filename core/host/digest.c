/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Digests, with xxHash (only this file includes it). They detect accidental changes, not those of
 * somebody who wants two contents to look alike.
 */
#include "host/digest.h"

#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

struct digest_whole {
	XXH3_state_t *state;
};

void digest_add(struct sx_str *s, const void *bytes, size_t len)
{
	sx_str_addf(s, "%016" PRIx64, (uint64_t)XXH3_64bits(bytes, len));
}

struct digest_whole *digest_whole_new(void)
{
	struct digest_whole *w = sx_alloc(sizeof(*w));

	w->state = XXH3_createState();
	if (!w->state || XXH3_128bits_reset(w->state) != XXH_OK)
		return sx_alloc(SIZE_MAX); /* reports that memory is exhausted, and exits */
	return w;
}

static bool is_zero(const unsigned char *bytes, size_t len)
{
	return !len || (bytes[0] == 0 && memcmp(bytes, bytes + 1, len - 1) == 0);
}

/* Add a number in a byte order that does not depend on the machine. */
static void add_number(struct digest_whole *w, uint64_t number)
{
	unsigned char bytes[8];

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(number >> (8 * i));
	XXH3_128bits_update(w->state, bytes, sizeof(bytes));
}

void digest_whole_add(struct digest_whole *w, uint64_t index, const void *chunk, size_t len)
{
	XXH128_canonical_t digest;

	if (is_zero(chunk, len))
		return;
	XXH128_canonicalFromHash(&digest, XXH3_128bits(chunk, len));
	add_number(w, index);
	XXH3_128bits_update(w->state, &digest, sizeof(digest));
}

char *digest_whole_end(struct digest_whole *w, uint64_t size)
{
	XXH128_hash_t hash;
	char *text;

	add_number(w, size);
	hash = XXH3_128bits_digest(w->state);
	text = sx_format("%016" PRIx64 "%016" PRIx64, (uint64_t)hash.high64, (uint64_t)hash.low64);
	XXH3_freeState(w->state);
	free(w);
	return text;
}
