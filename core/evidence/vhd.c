/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parent of a differencing VHD, as blktap and Microsoft write it (the VHD specification 1.0;
 * libvhd.c in blktap): a footer with the kind of image, a header with locators of the parent.
 */
#include "base/bytes.h"
#include "base/path.h"
#include "evidence/private.h"

#include <string.h>

enum {
	FOOTER_LEN = 512,
	HEADER_LEN = 1024,
	KIND_DIFFERENCING = 4,
	LOCATORS = 8,
	LOCATOR_LEN = 24,
	NAME_LONGEST = 2048,
};

/* UTF-16 of either byte order as UTF-8, without surrogate pairs: no path has had one. */
static char *utf16_text(const unsigned char *p, size_t len, bool big)
{
	SX_STR s = { 0 };

	for (size_t i = 0; i + 1 < len; i += 2) {
		unsigned c = big ? (unsigned)p[i] << 8 | p[i + 1] : (unsigned)p[i + 1] << 8 | p[i];

		if (!c)
			break;
		if (c < 0x80) {
			sx_str_addc(&s, (char)c);
		} else if (c < 0x800) {
			sx_str_addc(&s, (char)(0xc0 | c >> 6));
			sx_str_addc(&s, (char)(0x80 | (c & 0x3f)));
		} else {
			sx_str_addc(&s, (char)(0xe0 | c >> 12));
			sx_str_addc(&s, (char)(0x80 | (c >> 6 & 0x3f)));
			sx_str_addc(&s, (char)(0x80 | (c & 0x3f)));
		}
	}
	return sx_str_take(&s);
}

/* Turn backslashes into slashes, in place: a relative Windows path can be one of this host. */
static char *from_windows(char *name)
{
	for (char *p = name; *p; p++) {
		if (*p == '\\')
			*p = '/';
	}
	return name;
}

/* The path in one locator; *out NULL: empty, or of an unknown kind. The caller frees it. */
static int read_locator(const struct evidence_reader *r, const unsigned char *entry, char **out,
			struct sx_err *err)
{
	const char *kind = (const char *)entry;
	EVIDENCE_BYTES b = { 0 };
	uint32_t len = be32(entry + 8);

	*out = NULL;
	if (len == 0 || len > NAME_LONGEST)
		return 0;
	if (evidence_read(r, be64(entry + 16), len, &b, err))
		return -1;
	if (memcmp(kind, "MacX", 4) == 0) {
		SX_FREE char *text =
			sx_strndup((const char *)b.data, strnlen((const char *)b.data, b.len));
		const char *path = text;

		if (sx_starts_with(path, "file://"))
			path += strlen("file://");
		if (sx_starts_with(path, "localhost/"))
			path += strlen("localhost");
		*out = sx_strdup(path);
	} else if (memcmp(kind, "W2ru", 4) == 0 || memcmp(kind, "W2ku", 4) == 0) {
		*out = from_windows(utf16_text(b.data, b.len, false));
	}
	return 0;
}

/* "vhd" unless the parent does not look like one: blktap lets it be raw. */
static const char *parent_format(const char *path)
{
	EVIDENCE_READER r = { .fd = -1 };
	EVIDENCE_BYTES first = { 0 }, last = { 0 };
	SX_ERR err = { 0 };

	/* What cannot be opened is reported when it is looked at. */
	if (evidence_open(path, &r, &err) || r.size < FOOTER_LEN ||
	    evidence_read(&r, 0, 8, &first, &err) ||
	    evidence_read(&r, r.size - FOOTER_LEN, 8, &last, &err))
		return "vhd";
	return (first.len == 8 && memcmp(first.data, "conectix", 8) == 0) ||
			       (last.len == 8 && memcmp(last.data, "conectix", 8) == 0)
		       ? "vhd"
		       : "raw";
}

static int find_parent(const struct evidence_reader *r, const unsigned char *header, char **out,
		       struct sx_err *err)
{
	const unsigned char *locators = header + 576;

	for (size_t i = 0; i < LOCATORS; i++) {
		if (read_locator(r, locators + i * LOCATOR_LEN, out, err))
			return -1;
		/* A path with a drive or a host belongs to another system: try the next locator. */
		if (*out && !strchr(*out, ':') && !sx_starts_with(*out, "//"))
			return 0;
		sx_put(out, NULL);
	}
	*out = from_windows(utf16_text(header + 64, 512, true));
	if (!**out)
		return sx_err_set(err, SX_EFAIL, "%s: does not name its parent", r->path);
	return 0;
}

int evidence_vhd_parent(const struct evidence_reader *r, struct evidence_link *out,
			struct sx_err *err)
{
	EVIDENCE_BYTES footer = { 0 }, header = { 0 };
	SX_FREE char *name = NULL;

	/* A fixed VHD has its footer at the end only, and no parent. */
	if (evidence_read(r, 0, FOOTER_LEN, &footer, err))
		return -1;
	if (footer.len < FOOTER_LEN || memcmp(footer.data, "conectix", 8) != 0 ||
	    be32(footer.data + 60) != KIND_DIFFERENCING)
		return 0;
	if (evidence_read(r, be64(footer.data + 16), HEADER_LEN, &header, err))
		return -1;
	if (header.len < HEADER_LEN || memcmp(header.data, "cxsparse", 8) != 0)
		return sx_err_set(err, SX_EFAIL, "%s: its vhd header is damaged", r->path);
	if (find_parent(r, header.data, &name, err))
		return -1;
	*out = evidence_name_link(r->path, name, "vhd");
	if (!out->reason) {
		sx_set(&out->format, parent_format(out->path));
	}
	return 0;
}
