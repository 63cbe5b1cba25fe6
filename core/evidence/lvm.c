/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LVM2 physical volumes within a disk. Where a guest keeps file systems in logical volumes, finding
 * their superblocks takes knowing where the volumes begin. Reads the label, the metadata area and
 * the part of its text that says so (lib/format_text in LVM2's source). Unexpected content means
 * fewer volumes; only a failed read is an error.
 */
#include "base/bytes.h"
#include "evidence/private.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum {
	LABEL_SECTORS = 4, /* the label is in one of these */
	SECTOR = 512,
	UUID_LEN = 32,
	TEXT_LONGEST = 8 << 20,
	DEEPEST = 8,
	VOLUMES_MOST = 128,
};

/* Read UUID and offset of the metadata area from a label sector. False: it is no label. */
static bool read_label(const unsigned char *sector, char uuid[UUID_LEN + 1], uint64_t *area)
{
	size_t at = (size_t)(le64(sector + 20) & 0xffffffff);
	unsigned zeros = 0;

	if (memcmp(sector, "LABELONE", 8) != 0 || memcmp(sector + 24, "LVM2 001", 8) != 0 ||
	    at > SECTOR / 2)
		return false;
	memcpy(uuid, sector + at, UUID_LEN);
	uuid[UUID_LEN] = '\0';
	/* Two lists of (offset, size), each ended by zeros: data areas, metadata areas. */
	for (at += UUID_LEN + 8; at + 16 <= SECTOR; at += 16) {
		*area = le64(sector + at);
		if (zeros == 1)
			return *area != 0;
		zeros += !*area && !le64(sector + at + 8);
	}
	return false;
}

/* The metadata text, which may wrap round its area's end. NULL: not understood, or err is set. */
static char *read_text(const struct evidence_reader *r, uint64_t area, struct sx_err *err)
{
	static const char magic[] = " LVM2 x[5A%r0N*>";
	EVIDENCE_BYTES head = { 0 }, first = { 0 }, second = { 0 };
	uint64_t offset, len, size, part;
	SX_STR text = { 0 };

	if (evidence_read(r, area, SECTOR, &head, err))
		return NULL;
	if (head.len < SECTOR || memcmp(head.data + 4, magic, 16) != 0)
		return NULL;
	size = le64(head.data + 32);
	offset = le64(head.data + 40);
	len = le64(head.data + 48);
	if (!len || len > TEXT_LONGEST || offset < SECTOR || offset >= size || len > size)
		return NULL;
	part = len < size - offset ? len : size - offset;
	if (evidence_read(r, area + offset, (size_t)part, &first, err) ||
	    (len > part && evidence_read(r, area + SECTOR, (size_t)(len - part), &second, err)))
		return NULL;
	sx_str_addn(&text, (const char *)first.data, first.len);
	if (second.len)
		sx_str_addn(&text, (const char *)second.data, second.len);
	return sx_str_take(&text);
}

/* The state of the scan through the metadata text. */
struct scan {
	const char *p;
	char names[DEEPEST][128]; /* sections that are open: group, kind, member, segment */
	unsigned depth;
	const char *uuid; /* of our physical volume */
	char ours[128]; /* its name in the text */
	uint64_t extent, start, segment_start; /* in sectors, sectors, extents */
	uint64_t at; /* of the physical volume on the disk, bytes */
	const char *where; /* "", or "partition 2" */
	struct evidence_parts *out;
	struct json *found;
	size_t volumes;
};

static void skip_blank(struct scan *s)
{
	for (;;) {
		s->p += strspn(s->p, " \t\r\n,");
		if (*s->p != '#')
			return;
		s->p += strcspn(s->p, "\n");
	}
}

/* Read a word, a number or a quoted string; cut to `size`, which is enough for all that matter. */
static void read_word(struct scan *s, char *buf, size_t size)
{
	bool quoted = *s->p == '"';
	size_t len = 0;

	s->p += quoted;
	while (*s->p && (quoted ? *s->p != '"' : !strchr(" \t\r\n,={}[]\"#", *s->p))) {
		if (quoted && *s->p == '\\' && s->p[1])
			s->p++;
		if (len + 1 < size)
			buf[len++] = *s->p;
		s->p++;
	}
	s->p += quoted && *s->p;
	buf[len] = '\0';
}

static uint64_t number(const char *word)
{
	char *end;
	unsigned long long value;

	errno = 0;
	value = strtoull(word, &end, 10);
	return errno || *end || value > UINT32_MAX ? 0 : value;
}

/* A stripe: "pv0", 1234. Only a volume's first extent matters: its file system starts there. */
static void take_stripe(struct scan *s, const char *pv, const char *extent)
{
	struct evidence_part p = { 0 };

	if (s->segment_start || strcmp(pv, s->ours) != 0 || !s->extent ||
	    s->volumes++ >= VOLUMES_MOST)
		return;
	p.offset = s->at + (s->start + number(extent) * s->extent) * SECTOR;
	p.name = sx_format("volume %s/%s%s%s", s->names[0], s->names[2], *s->where ? " in " : "",
			   s->where);
	sx_vec_push(s->out, p);
}

static void take_array(struct scan *s, const char *key)
{
	char pv[128], extent[32];

	s->p++;
	for (skip_blank(s); *s->p && *s->p != ']'; skip_blank(s)) {
		const char *before = s->p;

		read_word(s, pv, sizeof(pv));
		if (s->depth == 4 && strcmp(key, "stripes") == 0) {
			skip_blank(s);
			read_word(s, extent, sizeof(extent));
			take_stripe(s, pv, extent);
		}
		s->p += s->p == before; /* skip what is not understood */
	}
	s->p += *s->p == ']';
}

/* Is `id` ("abcdef-1234-...") our uuid, which has no dashes? */
static bool is_our_uuid(const struct scan *s, const char *id)
{
	const char *u = s->uuid;

	for (; *id; id++) {
		if (*id != '-' && *id != *u++)
			return false;
	}
	return !*u;
}

static void take_value(struct scan *s, const char *key, const char *value)
{
	if (s->depth == 1 && strcmp(key, "seqno") == 0) {
		json_set_number(s->found, "seqno", (long long)number(value));
		json_set_string(s->found, "group", s->names[0]);
	} else if (s->depth == 1 && strcmp(key, "extent_size") == 0) {
		s->extent = number(value);
	} else if (s->depth == 3 && strcmp(s->names[1], "physical_volumes") == 0) {
		if (strcmp(key, "id") == 0 && is_our_uuid(s, value))
			memcpy(s->ours, s->names[2], sizeof(s->ours));
		else if (strcmp(key, "pe_start") == 0 && strcmp(s->ours, s->names[2]) == 0)
			s->start = number(value);
	} else if (s->depth == 4 && strcmp(key, "start_extent") == 0) {
		s->segment_start = number(value);
	}
}

static void scan_text(struct scan *s)
{
	char word[128], value[128];

	for (skip_blank(s); *s->p; skip_blank(s)) {
		const char *before = s->p;

		if (*s->p == '}') {
			s->p++;
			if (s->depth-- == 0)
				return;
			continue;
		}
		read_word(s, word, sizeof(word));
		skip_blank(s);
		if (*s->p == '{') {
			s->p++;
			if (s->depth == DEEPEST)
				return;
			memcpy(s->names[s->depth++], word, sizeof(word));
		} else if (*s->p == '=') {
			s->p++;
			skip_blank(s);
			if (*s->p == '[') {
				take_array(s, word);
			} else {
				read_word(s, value, sizeof(value));
				take_value(s, word, value);
			}
		}
		s->p += s->p == before;
	}
}

int evidence_lvm_parts(const struct evidence_reader *r, uint64_t at, const char *name,
		       struct evidence_parts *out, struct json *found, struct sx_err *err)
{
	EVIDENCE_BYTES label = { 0 };
	struct scan s = { .at = at, .where = name, .out = out, .found = found };
	char uuid[UUID_LEN + 1];
	uint64_t area = 0;
	bool labelled = false;

	if (evidence_read(r, at, (size_t)LABEL_SECTORS * SECTOR, &label, err))
		return -1;
	for (size_t i = 0; !labelled && (i + 1) * SECTOR <= label.len; i++)
		labelled = read_label(label.data + i * SECTOR, uuid, &area);
	if (labelled) {
		SX_FREE char *text = read_text(r, at + area, err);

		if (!text)
			return err->code ? -1 : 0;
		s.uuid = uuid;
		s.p = text;
		scan_text(&s);
	}
	return 0;
}
