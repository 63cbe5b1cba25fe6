/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The disks of a configuration, each as xl reads it or with why xl cannot: one line that xl cannot read
 * keeps nobody from the other disks.
 */
#pragma once

#include "evidence/evidence.h"
#include "spec/disk.h"
#include "xen/live.h"
#include "xlcfg/edits.h"

struct disk_item {
	struct disk_spec spec; /* nothing in it when xl cannot read the item */
	char *text;
	char *unread; /* "FILE:LINE: " and why xl cannot read it; NULL: it can */
	size_t index, line;
};

struct disk_items {
	SX_VEC_OF(struct disk_item);
	size_t stop; /* the line of a list within the list, at which xl stops reading; 0: there is none */
};

#define DISK_ITEMS SX_CLEANUP(disk_items_dispose) struct disk_items

void disk_items_dispose(struct disk_items *items);
void disk_items_read(const struct xlcfg *doc, const char *path, struct disk_items *out);
/*
 * The disk with this device id: its index, or -1. Lines that xl cannot read are noted in the plan; but
 * SX_ESYNTAX when one of them may be that disk, or nothing behind a list within the list would count.
 * SX_ECONFLICT: there are two, or the key is no list.
 */
int disk_items_find(const struct xlcfg *doc, const char *path, long devid,
		    struct xlcfg_edits *edits, long *index, struct disk_spec *found,
		    struct sx_err *err) SX_MUST;
/* The running domain's disk of this number, borrowed from `all`; NULL: it has none. */
int disk_find_live(struct live *live, uint32_t domid, long devid, struct live_disks *all,
		   const struct live_disk **found, struct sx_err *err) SX_MUST;
/* What evidence is taken of; borrows from the disk. */
void disk_subject(const struct disk_spec *d, struct evidence_subject *out);
