/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A sparse file in memory that shows libblkid the parts of a disk where superblocks and partition
 * tables lie; all else in it is zeros.
 */
#include "base/bytes.h"
#include "evidence/private.h"

#include <string.h>
#include <sys/mman.h>

enum {
	EBR_MOST = 128,
	PAGE_LEN = 4096,
};

static bool is_zero(const unsigned char *bytes, size_t len)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, len - 1) == 0;
}

int evidence_image_copy(struct evidence_look *look, uint64_t offset, size_t len, struct sx_err *err)
{
	EVIDENCE_BYTES b = { 0 };

	if (evidence_read(look->r, offset, len, &b, err)) {
		evidence_region_add(look, offset, len, NULL);
		return -1;
	}
	evidence_region_add(look, offset, b.len, &b);
	for (size_t at = 0, n; at < b.len; at += n) {
		n = b.len - at < PAGE_LEN ? b.len - at : PAGE_LEN;
		/* What is not written reads as zeros, and uses no memory. */
		if (is_zero(b.data + at, n))
			continue;
		if (pwrite(look->image, b.data + at, n, (off_t)(offset + at)) != (ssize_t)n)
			return sx_err_sys(err, SX_EFAIL, "image of %s", look->r->path);
	}
	return 0;
}

static bool is_extended(unsigned char type)
{
	return type == 0x05 || type == 0x0f || type == 0x85;
}

/* The sector of the next extended boot record that a boot record names, 0: none. */
static uint32_t next_extended(const unsigned char *sector, size_t len)
{
	const unsigned char *entry = sector + 446;

	if (len < 512 || sector[510] != 0x55 || sector[511] != 0xaa)
		return 0;
	for (unsigned i = 0; i < 4; i++, entry += 16) {
		if (is_extended(entry[4]))
			return le32(entry + 8);
	}
	return 0;
}

/* Logical partitions are a chain of boot records, each somewhere on the disk. */
static int copy_extended(struct evidence_look *look, struct sx_err *err)
{
	unsigned char sector[512];
	uint64_t offset = 0;
	uint32_t first = 0, next;

	for (unsigned i = 0; i < EBR_MOST; i++) {
		ssize_t n = pread(look->image, sector, sizeof(sector), (off_t)offset);

		next = next_extended(sector, n < 0 ? 0 : (size_t)n);
		offset = (first + (uint64_t)next) * look->r->sector;
		first = first ? first : next;
		if (!next || offset + sizeof(sector) > look->r->size)
			break;
		if (evidence_image_copy(look, offset, sizeof(sector), err))
			return -1;
	}
	return 0;
}

int evidence_image_make(struct evidence_look *look)
{
	const struct evidence_reader *r = look->r;
	uint64_t last = r->size > EVIDENCE_MIB ? r->size - EVIDENCE_MIB : 0;
	SX_ERR err = { 0 };

	look->image = memfd_create("safexl-evidence", MFD_CLOEXEC);
	if (look->image < 0 || ftruncate(look->image, (off_t)r->size)) {
		sx_err_sys(&err, SX_EFAIL, "image of %s", r->path);
		evidence_look_failed(look, look->content, &err);
		return -1;
	}
	if (evidence_image_copy(look, 0, EVIDENCE_MIB, &err))
		evidence_look_failed(look, look->content, &err);
	if (last && evidence_image_copy(look, last, EVIDENCE_MIB, &err))
		evidence_look_failed(look, look->content, &err);
	if (copy_extended(look, &err))
		evidence_look_failed(look, look->content, &err);
	return 0;
}
