/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kept index of configurations: a header, one record for each file, a checksum. In the
 * machine's byte order, since the file never leaves it; an unusable file is ignored. Made for
 * 10,000 files: no text is copied, and the table of names is built only if the directory's order
 * changed.
 */
#include "domain/index_store.h"
#include "host/file.h"

#include <string.h>
#include <time.h>

/* Followed by path, name and uuid, each with its NUL. */
struct record {
	struct index_id id;
	int64_t memory_mib, vcpus;
	uint16_t path_len, name_len, uuid_len, unreadable;
};

struct index_store {
	struct file_image image;
	const char **records; /* in the kept order, in which they are usually asked for */
	size_t count;
	size_t next; /* the record after the one asked for last */
	size_t hits;
	uint32_t *table; /* open addressing by name: record number + 1; NULL: not built */
	size_t mask;
	struct timespec began;
};

static const char magic[16] = "safexl names 3\n";

uint64_t index_store_checksum(const char *p, size_t len)
{
	uint64_t h = 14695981039346656037u, word;

	for (; len >= sizeof(word); p += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15u;
		h ^= h >> 32;
	}
	for (; len; p++, len--)
		h = (h ^ (unsigned char)*p) * 1099511628211u;
	return h;
}

static uint64_t hash_name(const char *name)
{
	uint64_t h = 14695981039346656037u;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 1099511628211u;
	return h ^ h >> 32;
}

static const char *record_path(const char *record)
{
	return record + sizeof(struct record);
}

/* Check header, checksum and every length, and note where the records are. */
static bool take_records(struct index_store *s, const char *p, const char *end)
{
	uint64_t count, sum;

	if (end - p < (long)(sizeof(magic) + sizeof(count) + sizeof(sum)) ||
	    memcmp(p, magic, sizeof(magic)))
		return false;
	end -= sizeof(sum);
	memcpy(&sum, end, sizeof(sum));
	if (sum != index_store_checksum(p, (size_t)(end - p)))
		return false;
	memcpy(&count, p + sizeof(magic), sizeof(count));
	p += sizeof(magic) + sizeof(count);
	if (count > (size_t)(end - p) / sizeof(struct record))
		return false;
	s->records = sx_alloc((count + 1) * sizeof(*s->records));
	for (; s->count < count; s->count++) {
		struct record r;
		size_t texts;

		if ((size_t)(end - p) < sizeof(r))
			return false;
		memcpy(&r, p, sizeof(r));
		texts = (size_t)r.path_len + r.name_len + r.uuid_len + 3;
		if ((size_t)(end - p) - sizeof(r) < texts || p[sizeof(r) + r.path_len] ||
		    p[sizeof(r) + texts - 1])
			return false;
		s->records[s->count] = p;
		p += sizeof(r) + texts;
	}
	return p == end;
}

struct index_store *index_store_load(const char *path)
{
	struct index_store *s = sx_alloc(sizeof(*s));
	SX_ERR ignored = { 0 };

	clock_gettime(CLOCK_REALTIME_COARSE, &s->began);
	if (file_read(path, &s->image, &ignored) ||
	    !take_records(s, sx_str_text(&s->image.text),
			  sx_str_text(&s->image.text) + s->image.text.len))
		s->count = 0;
	return s;
}

void index_store_free(struct index_store *s)
{
	if (!s)
		return;
	file_image_dispose(&s->image);
	free(s->records);
	free(s->table);
	free(s);
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void build_table(struct index_store *s)
{
	size_t size = 16;

	while (size < s->count * 2)
		size *= 2;
	s->table = sx_alloc(size * sizeof(*s->table));
	s->mask = size - 1;
	for (size_t i = 0; i < s->count; i++) {
		size_t at = hash_name(base_of(record_path(s->records[i]))) & s->mask;

		while (s->table[at])
			at = (at + 1) & s->mask;
		s->table[at] = (uint32_t)(i + 1);
	}
}

static bool is_path(const char *record, const char *dir, size_t dir_len, const char *name)
{
	const char *path = record_path(record);

	return strncmp(path, dir, dir_len) == 0 && path[dir_len] == '/' &&
	       strcmp(path + dir_len + 1, name) == 0;
}

/* The record of a path; NULL: none. */
static const char *find(struct index_store *s, const char *dir, size_t dir_len, const char *name)
{
	size_t at;

	if (s->next < s->count && is_path(s->records[s->next], dir, dir_len, name))
		return s->records[s->next++];
	if (!s->table)
		build_table(s);
	for (at = hash_name(name) & s->mask; s->table[at]; at = (at + 1) & s->mask) {
		size_t i = s->table[at] - 1;

		if (is_path(s->records[i], dir, dir_len, name)) {
			s->next = i + 1;
			return s->records[i];
		}
	}
	return NULL;
}

bool index_store_get(struct index_store *s, const char *dir, size_t dir_len, const char *name,
		     struct index_entry *entry)
{
	const char *record = s->count ? find(s, dir, dir_len, name) : NULL;
	struct record r;

	if (!record)
		return false;
	memcpy(&r, record, sizeof(r));
	if (memcmp(&r.id, &entry->id, sizeof(r.id)) != 0)
		return false;
	entry->path = record_path(record);
	entry->name = entry->path + r.path_len + 1;
	entry->uuid = entry->name + r.name_len + 1;
	entry->unreadable = r.unreadable;
	entry->memory_mib = r.memory_mib;
	entry->vcpus = r.vcpus;
	s->hits++;
	return true;
}

/* A file touched so close to the scan could change again without a change of its times. */
static bool is_settled(const struct index_store *s, const struct index_id *id)
{
	int64_t age_ms = ((int64_t)s->began.tv_sec - id->ctime_s) * 1000 +
			 (s->began.tv_nsec - (int64_t)id->ctime_ns) / 1000000;

	return age_ms > 100;
}

static bool add_record(const struct index_store *s, const struct index_entry *e, struct sx_str *out)
{
	struct record r = { .id = e->id,
			    .memory_mib = e->memory_mib,
			    .vcpus = e->vcpus,
			    .unreadable = e->unreadable };
	size_t path_len = strlen(e->path), name_len = strlen(e->name), uuid_len = strlen(e->uuid);

	if (path_len > UINT16_MAX || name_len > UINT16_MAX || uuid_len > UINT16_MAX)
		return false;
	/* Keeps its place in the order, but will be read again. */
	if (!is_settled(s, &e->id))
		r.id = (struct index_id){ 0 };
	r.path_len = (uint16_t)path_len;
	r.name_len = (uint16_t)name_len;
	r.uuid_len = (uint16_t)uuid_len;
	sx_str_addn(out, (const char *)&r, sizeof(r));
	sx_str_addn(out, e->path, path_len + 1);
	sx_str_addn(out, e->name, name_len + 1);
	sx_str_addn(out, e->uuid, uuid_len + 1);
	return true;
}

/* Reading a few files costs less than writing all records. */
static bool is_worth_keeping(const struct index_store *s, size_t entries)
{
	size_t were_read = entries - s->hits, gone = s->count - s->hits;

	return were_read + gone > 8 + entries / 256;
}

void index_store_save(const struct index_store *s, const char *path,
		      const struct index_entries *entries)
{
	SX_STR all = { 0 };
	SX_FREE char *dir = sx_path_dir(path);
	SX_ERR ignored = { 0 };
	uint64_t count = 0, sum;

	if (!is_worth_keeping(s, entries->len))
		return;
	sx_str_addn(&all, magic, sizeof(magic));
	sx_str_addn(&all, (const char *)&count, sizeof(count));
	for (size_t i = 0; i < entries->len; i++)
		count += add_record(s, &entries->items[i], &all);
	memcpy(all.data + sizeof(magic), &count, sizeof(count));
	sum = index_store_checksum(all.data, all.len);
	sx_str_addn(&all, (const char *)&sum, sizeof(sum));
	if (sx_path_mkdirs(dir, 0700, &ignored) ||
	    file_write_cache(path, all.data, all.len, &ignored))
		sx_err_clear(&ignored);
	/* Remove what a killed safexl left here. */
	file_sweep(dir);
}
