/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What libblkid recognises on a disk; only this file includes it. For evidence it reads an image of
 * the disk (image.c), not the disk: it would read through the page cache of this host, which does
 * not see what a guest writes.
 */
#include "evidence/private.h"

#include <blkid/blkid.h>
#include <string.h>

enum { PARTS_MOST = 128 };

static void probe_free(blkid_probe *probe)
{
	if (*probe)
		blkid_free_probe(*probe);
}

#define PROBE SX_CLEANUP(probe_free) blkid_probe

void evidence_parts_dispose(struct evidence_parts *parts)
{
	for (size_t i = 0; i < parts->len; i++)
		free(parts->items[i].name);
	sx_vec_free(parts);
	sx_put(&parts->table, NULL);
}

void evidence_fs_dispose(struct evidence_fs *fs)
{
	free(fs->type);
	free(fs->uuid);
	free(fs->label);
	*fs = (struct evidence_fs){ 0 };
}

static char *value_of(blkid_probe probe, const char *name)
{
	const char *data;

	return blkid_probe_lookup_value(probe, name, &data, NULL) ? NULL : sx_shown(data);
}

static blkid_probe probe_of(int fd, unsigned sector, uint64_t offset, uint64_t size)
{
	blkid_probe probe = blkid_new_probe();

	if (probe && !blkid_probe_set_device(probe, fd, (blkid_loff_t)offset, (blkid_loff_t)size)) {
		blkid_probe_set_sectorsize(probe, sector);
		return probe;
	}
	if (probe)
		blkid_free_probe(probe);
	return NULL;
}

bool evidence_blkid_fs(int fd, unsigned sector, uint64_t offset, uint64_t size,
		       struct evidence_fs *out)
{
	PROBE probe = probe_of(fd, sector, offset, size);
	int found;

	*out = (struct evidence_fs){ 0 };
	if (!probe)
		return false;
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_UUID |
							 BLKID_SUBLKS_LABEL);
	found = blkid_do_safeprobe(probe);
	if (found == -2) {
		out->type = sx_strdup("ambivalent");
	} else if (found == 0) {
		out->type = value_of(probe, "TYPE");
		out->uuid = value_of(probe, "UUID");
		out->label = value_of(probe, "LABEL");
	}
	return found != -1;
}

void evidence_blkid_parts(int fd, unsigned sector, struct evidence_parts *out)
{
	PROBE probe = probe_of(fd, sector, 0, 0);
	blkid_partlist list = NULL;
	blkid_parttable table;

	if (!probe)
		return;
	blkid_probe_enable_superblocks(probe, 0);
	blkid_probe_enable_partitions(probe, 1);
	list = blkid_probe_get_partitions(probe);
	table = list ? blkid_partlist_get_table(list) : NULL;
	if (!table)
		return;
	out->table = sx_format("%s %s", blkid_parttable_get_type(table),
			       blkid_parttable_get_id(table) ? blkid_parttable_get_id(table) : "");
	for (int i = 0; i < blkid_partlist_numof_partitions(list) && i < PARTS_MOST; i++) {
		blkid_partition part = blkid_partlist_get_partition(list, i);
		struct evidence_part p = { .number = blkid_partition_get_partno(part) };

		/* In 512-byte units on any disk. An extended partition only holds others. */
		p.offset = (uint64_t)blkid_partition_get_start(part) * 512;
		p.size = (uint64_t)blkid_partition_get_size(part) * 512;
		if (blkid_partition_is_extended(part) || !p.size)
			continue;
		p.name = sx_format("partition %d", p.number);
		sx_vec_push(out, p);
	}
}

char *evidence_blkid_uuid(const char *device)
{
	PROBE probe = blkid_new_probe_from_filename(device);

	if (!probe)
		return NULL;
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_UUID);
	return blkid_do_safeprobe(probe) == 0 ? value_of(probe, "UUID") : NULL;
}

char *evidence_blkid_partuuid(const char *device)
{
	PROBE probe = blkid_new_probe_from_filename(device);

	if (!probe)
		return NULL;
	blkid_probe_enable_superblocks(probe, 0);
	blkid_probe_enable_partitions(probe, 1);
	blkid_probe_set_partitions_flags(probe, BLKID_PARTS_ENTRY_DETAILS);
	return blkid_do_safeprobe(probe) == 0 ? value_of(probe, "PART_ENTRY_UUID") : NULL;
}

char *evidence_content(const char *device)
{
	PROBE probe = blkid_new_probe_from_filename(device);
	int found;
	char *type;

	if (!probe)
		return NULL;
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE);
	blkid_probe_enable_partitions(probe, 1);
	found = blkid_do_safeprobe(probe);
	if (found == -2)
		return sx_strdup("several things");
	type = found == 0 ? value_of(probe, "TYPE") : NULL;
	return found == 0 && !type ? value_of(probe, "PTTYPE") : type;
}
