/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Saved-domain images as `xl save` writes them (xl.h, xl_saverestore.c, docs/specs/libxl- and
 * libxc-migration-stream): the header, the domain's configuration in it, and whether the stream
 * is whole. Reads only, by seeking: page data is skipped.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

#include <stdint.h>
#include <sys/types.h>

/* What stands before the stream. */
struct image_header {
	uint32_t mandatory_flags;
	bool json; /* the configuration is libxl's JSON (Xen 4.5 and later) */
	struct sx_str config; /* its text, without the final NUL */
	off_t stream; /* where the libxl stream begins */
	off_t size; /* of the file */
};

#define IMAGE_HEADER SX_CLEANUP(image_header_dispose) struct image_header

void image_header_dispose(struct image_header *h);
/*
 * Read the header of an open regular file. SX_EFAIL "not a saved domain ..." when it is none, or
 * one that no xl of this machine's byte order reads.
 */
int image_header_read(int fd, struct image_header *out, struct sx_err *err) SX_MUST;

/* Does the file begin as a saved image does? It may be cut short, or one that we cannot read. */
bool image_begins(int fd);

/* The guest as the stream describes it. */
struct image_stream {
	bool hvm;
	unsigned xen_major, xen_minor; /* of the host that saved it */
	uint64_t records;
};

/*
 * Walk every record from the header's end to the final END, which must be the end of the file.
 * SX_EFAIL says at which offset it ends or stops making sense. Agrees with Xen's verify-stream-v2
 * on whole and on cut images.
 */
int image_verify(int fd, const struct image_header *header, struct image_stream *out,
		 struct sx_err *err) SX_MUST;

/* A disk of the saved guest, as the image's configuration names it; NULL: not named there. */
struct image_disk {
	char *pdev_path; /* NULL: a drive without a medium */
	char *vdev;
	char *format; /* raw qcow qcow2 qed vhd empty; never NULL */
	char *script;
	char *backend_domname; /* or its number, when only that is known; NULL: Domain-0 */
	bool readwrite, is_cdrom, removable;
};

struct image_disks {
	SX_VEC_OF(struct image_disk);
};

struct image_config {
	char *name;
	char *uuid; /* 36 characters, lower case */
	bool pv; /* else HVM or PVH */
	struct image_disks disks;
};

#define IMAGE_CONFIG SX_CLEANUP(image_config_dispose) struct image_config

/*
 * What the guard needs of the configuration in the header (libxl's JSON, libxl_types.idl: what is
 * absent has its default). SX_EFAIL when it is none, or of a Xen before 4.5 that kept xl.cfg text.
 */
int image_config_read(const struct image_header *header, struct image_config *out,
		      struct sx_err *err) SX_MUST;
void image_config_dispose(struct image_config *c);

/*
 * The image's content as 32 hexadecimal digits: the same wherever it is moved or copied to, another
 * for each save. Made of the size, the header and samples of the stream (its end in full: there are
 * the guest's clocks), not of every byte. No protection against somebody who wants two to be equal.
 */
int image_identify(int fd, const struct image_header *header, char id_out[33],
		   struct sx_err *err) SX_MUST;
