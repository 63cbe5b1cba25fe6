/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of a document: a hash table in order of first mention. */
#include "xlcfg/doc.h"

#include <string.h>

static uint32_t key_hash(const char *name, size_t len)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)name[i]) * 16777619u;
	return hash;
}

/* The slot that holds the key, else the free one that it would take. */
static uint32_t *key_slot(const struct xlcfg *doc, const char *name, size_t len, uint32_t hash)
{
	size_t mask = doc->slot_count - 1;

	for (size_t i = hash & mask;; i = (i + 1) & mask) {
		const struct xlcfg_key *key;
		const char *known;

		if (!doc->slots[i])
			return &doc->slots[i];
		key = &doc->keys.items[doc->slots[i] - 1];
		known = doc->names.data + key->name;
		if (key->hash == hash && strncmp(known, name, len) == 0 && !known[len])
			return &doc->slots[i];
	}
}

static void key_grow(struct xlcfg *doc)
{
	size_t mask;

	free(doc->slots);
	doc->slot_count = doc->slot_count ? doc->slot_count * 2 : 64;
	doc->slots = sx_alloc(doc->slot_count * sizeof(doc->slots[0]));
	mask = doc->slot_count - 1;
	for (size_t k = 0; k < doc->keys.len; k++) {
		size_t i = doc->keys.items[k].hash & mask;

		while (doc->slots[i])
			i = (i + 1) & mask;
		doc->slots[i] = (uint32_t)k + 1;
	}
}

uint32_t xlcfg_key_find(const struct xlcfg *doc, const char *name, size_t len)
{
	uint32_t slot = doc->slot_count ? *key_slot(doc, name, len, key_hash(name, len)) : 0;

	return slot ? slot - 1 : XLCFG_NONE;
}

uint32_t xlcfg_key_intern(struct xlcfg *doc, const char *name, size_t len)
{
	struct xlcfg_key key = { .name = (uint32_t)doc->names.len,
				 .hash = key_hash(name, len),
				 .last = XLCFG_NONE };
	uint32_t *slot;

	if (doc->keys.len * 2 >= doc->slot_count)
		key_grow(doc);
	slot = key_slot(doc, name, len, key.hash);
	if (!*slot) {
		sx_str_addn(&doc->names, name, len);
		sx_str_addc(&doc->names, '\0');
		sx_vec_push(&doc->keys, key);
		*slot = (uint32_t)doc->keys.len;
	}
	return *slot - 1;
}
