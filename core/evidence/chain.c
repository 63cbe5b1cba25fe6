/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The files that make up an image: backing files and data files of qcow, qcow2 and qed, read from
 * the headers as QEMU does (docs/interop/qcow2.txt and qed_spec.txt there, block/qcow.c). Every
 * number read is bounded before it is used. The caller says which format the image has; name.c
 * finds the formats of the files that it names.
 */
#include "base/bytes.h"
#include "base/path.h"
#include "evidence/private.h"

#include <string.h>

enum {
	NAME_LONGEST = 1023,
	EXTENSIONS_LONGEST = 64 << 10,
	QCOW2_HEADER_V2 = 72,
	QCOW2_HEADER_V3 = 104,
};

void evidence_chain_dispose(struct evidence_chain *c)
{
	for (size_t i = 0; i < c->len; i++) {
		free(c->items[i].path);
		free(c->items[i].format);
		free(c->items[i].reason);
	}
	sx_vec_free(c);
}

void evidence_chain_start(struct evidence_chain *c, const char *path, const char *format)
{
	struct evidence_link first = { .path = sx_strdup(path), .format = sx_strdup(format) };

	sx_vec_push(c, first);
}

/* Read a file name from the image. The caller frees *out. */
static int read_name(const struct evidence_reader *r, uint64_t offset, uint32_t len, char **out,
		     struct sx_err *err)
{
	EVIDENCE_BYTES b = { 0 };

	if (len > NAME_LONGEST || offset > r->size)
		return sx_err_set(err, SX_EFAIL, "%s: the name of its backing file is damaged",
				  r->path);
	if (evidence_read(r, offset, len, &b, err))
		return -1;
	*out = sx_strndup((const char *)b.data, strnlen((const char *)b.data, b.len));
	return 0;
}

struct qcow2_names {
	char *format; /* of the backing file */
	char *data; /* external data file */
};

/* The header extensions: type, length, data padded to 8 bytes, up to type 0. */
static int qcow2_extensions(const struct evidence_reader *r, uint64_t start, uint64_t end,
			    struct qcow2_names *names, struct sx_err *err)
{
	const uint32_t format_type = 0xe2792aca, data_type = 0x44415441;
	EVIDENCE_BYTES b = { 0 };
	size_t at = 0;

	if (end <= start)
		return 0;
	if (end - start > EXTENSIONS_LONGEST)
		end = start + EXTENSIONS_LONGEST;
	if (evidence_read(r, start, (size_t)(end - start), &b, err))
		return -1;
	while (at + 8 <= b.len && be32(b.data + at)) {
		uint32_t type = be32(b.data + at), len = be32(b.data + at + 4);
		const char *text = (const char *)b.data + at + 8;
		char **to = type == format_type ? &names->format
			    : type == data_type ? &names->data
						: NULL;

		if (len > b.len - at - 8)
			return sx_err_set(err, SX_EFAIL, "%s: its qcow2 header is damaged",
					  r->path);
		if (to && !*to && len <= NAME_LONGEST)
			*to = sx_strndup(text, strnlen(text, len));
		at += 8 + ((size_t)len + 7) / 8 * 8;
	}
	return 0;
}

static void names_dispose(struct qcow2_names *names)
{
	free(names->format);
	free(names->data);
}

static int qcow2_next(const struct evidence_reader *r, const unsigned char *head, uint32_t version,
		      struct evidence_chain *out, struct sx_err *err)
{
	const uint64_t external_data = 4;
	SX_CLEANUP(names_dispose) struct qcow2_names names = { 0 };
	SX_FREE char *backing = NULL;
	uint64_t at = be64(head + 8), cluster = 0;
	uint32_t bits = be32(head + 20), header = QCOW2_HEADER_V2;

	if (bits < 9 || bits > 21)
		return sx_err_set(err, SX_EFAIL, "%s: its qcow2 header is damaged", r->path);
	cluster = (uint64_t)1 << bits;
	if (version >= 3)
		header = be32(head + 100);
	if (header < QCOW2_HEADER_V2 || header > cluster)
		return sx_err_set(err, SX_EFAIL, "%s: its qcow2 header is damaged", r->path);
	if (qcow2_extensions(r, header, at ? at : cluster, &names, err))
		return -1;
	if (version >= 3 && be64(head + 72) & external_data) {
		if (!names.data)
			return sx_err_set(err, SX_EFAIL, "%s: does not name its data file",
					  r->path);
		evidence_name_links(r->path, names.data, "raw", true, out);
	}
	if (!at)
		return 0;
	if (read_name(r, at, be32(head + 16), &backing, err))
		return -1;
	evidence_name_links(r->path, backing, names.format, false, out);
	return 0;
}

static int qcow_next(const struct evidence_reader *r, struct evidence_chain *out,
		     struct sx_err *err)
{
	EVIDENCE_BYTES head = { 0 };
	SX_FREE char *backing = NULL;
	uint32_t version;

	if (evidence_read(r, 0, QCOW2_HEADER_V3, &head, err))
		return -1;
	if (head.len < QCOW2_HEADER_V2 || memcmp(head.data, "QFI\xfb", 4) != 0)
		return sx_err_set(err, SX_EFAIL, "%s is not a qcow2 image", r->path);
	version = be32(head.data + 4);
	if (version == 2 || (version == 3 && head.len >= QCOW2_HEADER_V3))
		return qcow2_next(r, head.data, version, out, err);
	if (version != 1)
		return sx_err_set(err, SX_EFAIL, "%s: qcow version %u is not known", r->path,
				  version);
	if (!be64(head.data + 8))
		return 0;
	if (read_name(r, be64(head.data + 8), be32(head.data + 16), &backing, err))
		return -1;
	evidence_name_links(r->path, backing, NULL, false, out);
	return 0;
}

static int qed_next(const struct evidence_reader *r, struct evidence_chain *out, struct sx_err *err)
{
	const uint32_t has_backing = 1, no_probe = 4;
	EVIDENCE_BYTES head = { 0 };
	SX_FREE char *backing = NULL;
	uint32_t features;

	if (evidence_read(r, 0, 64, &head, err))
		return -1;
	if (head.len < 64 || memcmp(head.data, "QED", 4) != 0)
		return sx_err_set(err, SX_EFAIL, "%s is not a qed image", r->path);
	features = le32(head.data + 16);
	if (!(features & has_backing))
		return 0;
	if (read_name(r, le32(head.data + 56), le32(head.data + 60), &backing, err))
		return -1;
	evidence_name_links(r->path, backing, features & no_probe ? "raw" : NULL, false, out);
	return 0;
}

int evidence_chain_next(const struct evidence_reader *r, const char *format,
			struct evidence_chain *out, struct sx_err *err)
{
	struct evidence_link parent = { 0 };

	if (sx_streq(format, "raw"))
		return 0;
	if (sx_streq(format, "qcow2") || sx_streq(format, "qcow"))
		return qcow_next(r, out, err);
	if (sx_streq(format, "qed"))
		return qed_next(r, out, err);
	if (!sx_streq(format, "vhd") && !sx_streq(format, "vpc"))
		return sx_err_set(err, SX_EFAIL, "%s: safexl cannot read the format '%s'", r->path,
				  format);
	if (evidence_vhd_parent(r, &parent, err))
		return -1;
	if (parent.path)
		sx_vec_push(out, parent);
	return 0;
}
