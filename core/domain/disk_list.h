/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The disks of a configuration, each as xl reads it or with the reason why xl cannot: one bad line
 * does not hide the other disks.
 */
#pragma once

#include "evidence/evidence.h"
#include "spec/disk.h"
#include "xen/live.h"
#include "xlcfg/edits.h"

struct disk_item {
	struct disk_spec spec; /* empty when xl cannot read the item */
	char *text;
	char *unread; /* "FILE:LINE: " and why xl cannot read it; NULL: xl can */
	size_t index, line;
};

struct disk_items {
	SX_VEC_OF(struct disk_item);
	size_t stop; /* line of a list within the list, where xl stops reading; 0: none */
};

#define DISK_ITEMS SX_CLEANUP(disk_items_dispose) struct disk_items

void disk_items_dispose(struct disk_items *items);
void disk_items_read(const struct xlcfg *doc, const char *path, struct disk_items *out);
/* Does one of the text's words name this device? */
bool disk_text_names(const char *text, long devid);
/*
 * Find the disk with this device id: its index, or -1. Lines that xl cannot read are noted in
 * `edits`; but SX_ESYNTAX if one of them may be that disk, or if a list within the list hides the
 * rest. SX_ECONFLICT: two disks have the id, or the key is no list.
 */
int disk_items_find(const struct xlcfg *doc, const char *path, long devid,
		    struct xlcfg_edits *edits, long *index, struct disk_spec *found,
		    struct sx_err *err) SX_MUST;
/* The running domain's disk with this device id, borrowed from `all`; NULL: none. */
int disk_find_live(struct live *live, uint32_t domid, long devid, struct live_disks *all,
		   const struct live_disk **found, struct sx_err *err) SX_MUST;
/* Describe the disk for evidence; borrows from it. */
void disk_subject(const struct disk_spec *d, struct evidence_subject *out);
