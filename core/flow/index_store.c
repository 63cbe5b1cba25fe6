/*
 * The kept index of configurations: a header, then one record a file, then a checksum. The
 * machine's own byte order: the file never leaves it, and one that does not fit is ignored.
 */
#include "index_store.h"

#include <safexl/file.h>

#include <stdint.h>
#include <string.h>
#include <time.h>

struct record {
	uint64_t dev, ino, size;
	int64_t mtime_s, ctime_s;
	uint32_t mtime_ns, ctime_ns;
	uint16_t path_len, name_len, uuid_len, unreadable;
};

/* One loaded record; the text lies in the store's buffer: path, name, uuid. */
struct slot {
	struct record r;
	const char *text;
};

struct index_store {
	struct file_image image;
	struct slot *slots; /* open addressing by path */
	size_t mask; /* number of slots - 1; 0: empty */
	size_t count;
	size_t reads;
	struct timespec began;
};

static const char magic[16] = "safexl names 1\n";

static uint64_t hash_bytes(const char *bytes, size_t len)
{
	uint64_t h = 14695981039346656037u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)bytes[i]) * 1099511628211u;
	return h;
}

static void insert(struct index_store *s, const struct record *r, const char *text)
{
	size_t at = hash_bytes(text, r->path_len) & s->mask;

	while (s->slots[at].text)
		at = (at + 1) & s->mask;
	s->slots[at] = (struct slot){ *r, text };
}

/* Check header, checksum and every length, then fill the table. */
static bool take_records(struct index_store *s, const char *p, const char *end)
{
	uint64_t count, sum;
	size_t slots = 16;

	if (end - p < (long)(sizeof(magic) + 16) || memcmp(p, magic, sizeof(magic)))
		return false;
	end -= sizeof(sum);
	memcpy(&sum, end, sizeof(sum));
	if (sum != hash_bytes(p, (size_t)(end - p)))
		return false;
	memcpy(&count, p + sizeof(magic), sizeof(count));
	p += sizeof(magic) + sizeof(count);
	while (slots < count * 2)
		slots *= 2;
	s->slots = sx_alloc(slots * sizeof(*s->slots));
	s->mask = slots - 1;
	for (; count; count--) {
		struct record r;

		if ((size_t)(end - p) < sizeof(r))
			return false;
		memcpy(&r, p, sizeof(r));
		p += sizeof(r);
		if ((size_t)(end - p) < (size_t)r.path_len + r.name_len + r.uuid_len)
			return false;
		insert(s, &r, p);
		s->count++;
		p += r.path_len + r.name_len + r.uuid_len;
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
			  sx_str_text(&s->image.text) + s->image.text.len)) {
		s->mask = 0;
		s->count = 0;
	}
	return s;
}

void index_store_free(struct index_store *s)
{
	file_image_dispose(&s->image);
	free(s->slots);
	free(s);
}

static bool same_file(const struct record *r, const struct stat *st)
{
	return r->dev == st->st_dev && r->ino == st->st_ino && r->size == (uint64_t)st->st_size &&
	       r->mtime_s == st->st_mtim.tv_sec && r->mtime_ns == (uint32_t)st->st_mtim.tv_nsec &&
	       r->ctime_s == st->st_ctim.tv_sec && r->ctime_ns == (uint32_t)st->st_ctim.tv_nsec;
}

bool index_store_get(const struct index_store *s, struct index_entry *entry)
{
	size_t len = strlen(entry->path);
	size_t at = hash_bytes(entry->path, len) & s->mask;

	if (!s->mask)
		return false;
	for (; s->slots[at].text; at = (at + 1) & s->mask) {
		const struct slot *slot = &s->slots[at];
		const char *name = slot->text + slot->r.path_len;

		if (slot->r.path_len != len || memcmp(slot->text, entry->path, len))
			continue;
		if (!same_file(&slot->r, &entry->st))
			return false;
		entry->name = sx_strndup(name, slot->r.name_len);
		entry->uuid = sx_strndup(name + slot->r.name_len, slot->r.uuid_len);
		entry->unreadable = slot->r.unreadable;
		return true;
	}
	return false;
}

void index_store_note_read(struct index_store *s)
{
	s->reads++;
}

/* A file touched this close to the scan could change again without its times showing it. */
static bool is_settled(const struct index_store *s, const struct stat *st)
{
	int64_t age_ms = (int64_t)(s->began.tv_sec - st->st_ctim.tv_sec) * 1000 +
			 (s->began.tv_nsec - st->st_ctim.tv_nsec) / 1000000;

	return age_ms > 100;
}

static bool add_record(const struct index_store *s, const struct index_entry *e, struct sx_str *out)
{
	struct record r = { .dev = e->st.st_dev,
			    .ino = e->st.st_ino,
			    .size = (uint64_t)e->st.st_size,
			    .mtime_s = e->st.st_mtim.tv_sec,
			    .ctime_s = e->st.st_ctim.tv_sec,
			    .mtime_ns = (uint32_t)e->st.st_mtim.tv_nsec,
			    .ctime_ns = (uint32_t)e->st.st_ctim.tv_nsec,
			    .unreadable = e->unreadable };
	size_t path_len = strlen(e->path), name_len = strlen(e->name), uuid_len = strlen(e->uuid);

	if (!is_settled(s, &e->st) || path_len > UINT16_MAX || name_len > UINT16_MAX ||
	    uuid_len > UINT16_MAX)
		return false;
	r.path_len = (uint16_t)path_len;
	r.name_len = (uint16_t)name_len;
	r.uuid_len = (uint16_t)uuid_len;
	sx_str_addn(out, (const char *)&r, sizeof(r));
	sx_str_addn(out, e->path, path_len);
	sx_str_addn(out, e->name, name_len);
	sx_str_addn(out, e->uuid, uuid_len);
	return true;
}

void index_store_save(const struct index_store *s, const char *path,
		      const struct index_entries *entries)
{
	SX_STR body = { 0 };
	SX_STR all = { 0 };
	SX_FREE char *dir = sx_path_dir(path);
	SX_ERR ignored = { 0 };
	uint64_t count = 0, sum;

	if (!s->reads && s->count == entries->len)
		return;
	for (size_t i = 0; i < entries->len; i++)
		count += add_record(s, &entries->items[i], &body);
	if (!count)
		return;
	sx_str_addn(&all, magic, sizeof(magic));
	sx_str_addn(&all, (const char *)&count, sizeof(count));
	sx_str_addn(&all, body.data, body.len);
	sum = hash_bytes(all.data, all.len);
	sx_str_addn(&all, (const char *)&sum, sizeof(sum));
	if (sx_path_mkdirs(dir, 0700, &ignored) ||
	    file_write_cache(path, all.data, all.len, &ignored))
		sx_err_clear(&ignored);
}
