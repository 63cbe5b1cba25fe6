/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * File systems whose read-write mount must be noticed: what it changes on the disk, and the facts
 * to show a person. Read from the formats as the kernel writes them (fs/ext4/ext4.h,
 * fs/xfs/libxfs/xfs_format.h and xfs_log_format.h, fs/btrfs/... struct btrfs_super_block):
 *
 * ext2/3/4  a read-write mount sets s_mtime and increments s_mnt_count in the superblock
 * xfs       a read-write mount and unmount may leave the superblock unchanged, but moves the head
 *           of the log
 * btrfs     a transaction increments the generation in the superblock
 * vfat      adding, growing or removing a file changes the FAT or the count of free clusters,
 *           near the start
 */
#include "base/bytes.h"
#include "evidence/private.h"

#include <inttypes.h>
#include <string.h>

static bool is_ext(const char *type)
{
	return strlen(type) == 4 && sx_starts_with(type, "ext") && strchr("234", type[3]);
}

bool evidence_fs_known(const char *type)
{
	return is_ext(type) || sx_streq(type, "xfs") || sx_streq(type, "btrfs") ||
	       sx_streq(type, "swap") || sx_streq(type, "vfat") || sx_streq(type, "LVM2_member");
}

static void ext_facts(const unsigned char *sb, struct json *found)
{
	json_set_number(found, "mounted", (long long)(le32(sb + 0x2c) | (uint64_t)sb[0x275] << 32));
	json_set_number(found, "written", (long long)(le32(sb + 0x30) | (uint64_t)sb[0x274] << 32));
	json_set_number(found, "mounts", le16(sb + 0x34));
}

static void btrfs_facts(const unsigned char *sb, struct json *found)
{
	SX_FREE char *text = sx_format("%" PRIu64, le64(sb + 0x48));

	json_set_string(found, "generation", text);
}

/* Where the log of an xfs lies, in bytes of the disk. */
struct xfs_log {
	uint64_t start;
	uint64_t blocks; /* of 512 bytes */
};

enum { XFS_LOG_BLOCK = 512 };

static bool xfs_log_find(const unsigned char *sb, uint64_t at, struct xfs_log *log)
{
	uint64_t block_size = be32(sb + 4), start = be64(sb + 48), ag_blocks = be32(sb + 84);
	uint64_t count = be32(sb + 96);
	unsigned ag_log = sb[124];

	/* 0: the log is on another device. */
	if (!start || ag_log > 32 || block_size < 512 || block_size > 65536 || !count)
		return false;
	start = (start >> ag_log) * ag_blocks + (start & (((uint64_t)1 << ag_log) - 1));
	log->start = at + start * block_size;
	log->blocks = count * block_size / XFS_LOG_BLOCK;
	return true;
}

/*
 * The cycle number of a block of the log. It is the block's first word; in a block that starts a
 * record, it follows the magic number (xlog_get_cycle).
 */
static int xfs_cycle(const struct evidence_reader *r, const struct xfs_log *log, uint64_t block,
		     uint32_t *cycle, struct sx_err *err)
{
	const uint32_t magic = 0xfeedbabe;
	EVIDENCE_BYTES b = { 0 };

	if (evidence_read(r, log->start + block * XFS_LOG_BLOCK, 8, &b, err))
		return -1;
	if (b.len < 8)
		return sx_err_set(err, SX_EFAIL, "read %s: its xfs log lies beyond its end",
				  r->path);
	*cycle = be32(b.data) == magic ? be32(b.data + 4) : be32(b.data);
	return 0;
}

/*
 * The head, by bisection: the first block whose cycle number differs from block 0's. After a crash
 * the kernel may find another; here an unchanged log must only give the same result.
 */
static int xfs_head(const struct evidence_reader *r, const struct xfs_log *log, uint64_t *head,
		    uint32_t *cycle, struct sx_err *err)
{
	uint64_t low = 0, high = log->blocks;
	uint32_t c = 0;

	if (xfs_cycle(r, log, 0, cycle, err))
		return -1;
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;

		if (xfs_cycle(r, log, middle, &c, err))
			return -1;
		*(c == *cycle ? &low : &high) = middle;
	}
	*head = high;
	return 0;
}

static int xfs_facts(struct evidence_look *look, uint64_t at, const unsigned char *sb,
		     struct json *found, struct sx_err *err)
{
	const struct evidence_reader *r = look->r;
	const uint64_t around = 64 * EVIDENCE_KIB;
	EVIDENCE_BYTES b = { 0 };
	SX_FREE char *text = NULL;
	struct xfs_log log;
	uint64_t head = 0, from, end;
	uint32_t cycle = 0;

	if (!xfs_log_find(sb, at, &log)) {
		json_set_bool(found, "external_log", true);
		return 0;
	}
	if (xfs_head(r, &log, &head, &cycle, err))
		return -1;
	text = sx_format("%" PRIu32 ":%" PRIu64, cycle, head);
	json_set_string(found, "log_head", text);
	head = log.start + head * XFS_LOG_BLOCK;
	end = log.start + log.blocks * XFS_LOG_BLOCK;
	from = head - log.start > around ? head - around : log.start;
	if (end > head + around)
		end = head + around;
	if (evidence_read(r, from, (size_t)(end - from), &b, err)) {
		evidence_region_add(look, from, (size_t)(end - from), NULL);
		return -1;
	}
	evidence_region_add(look, from, b.len, &b);
	return 0;
}

int evidence_fs_facts(struct evidence_look *look, uint64_t at, const char *type, struct json *found,
		      struct sx_err *err)
{
	const struct evidence_reader *r = look->r;
	bool btrfs = sx_streq(type, "btrfs");
	uint64_t where = btrfs ? 64 * EVIDENCE_KIB : is_ext(type) ? EVIDENCE_KIB : 0;
	EVIDENCE_BYTES sb = { 0 };

	if (!btrfs && !is_ext(type) && !sx_streq(type, "xfs"))
		return 0;
	if (evidence_read(r, at + where, 1024, &sb, err))
		return -1;
	if (sb.len < 1024)
		return sx_err_set(err, SX_EFAIL, "read %s: shorter than its %s", r->path, type);
	if (btrfs)
		btrfs_facts(sb.data, found);
	else if (is_ext(type))
		ext_facts(sb.data, found);
	else
		return xfs_facts(look, at, sb.data, found, err);
	return 0;
}
