/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Saved-domain images as `xl save` writes them (xl.h, xl_saverestore.c, docs/specs/libxl- and
 * libxc-migration-stream): the header, the domain's configuration in it, and whether the stream
 * is complete. Reads only, and seeks past page data.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

#include <stdint.h>
#include <sys/types.h>

/* xl's header, which precedes the stream. */
struct image_header {
	uint32_t mandatory_flags;
	bool json; /* the configuration is libxl's JSON (Xen 4.5 and later) */
	struct sx_str config; /* the configuration's text, without the final NUL */
	off_t stream; /* the offset of the libxl stream */
	off_t size; /* the file's size */
};

#define IMAGE_HEADER SX_CLEANUP(image_header_dispose) struct image_header

void image_header_dispose(struct image_header *h);
/*
 * Read the header of an open regular file. SX_EFAIL: not a saved domain, cut short, or one that xl
 * on this machine cannot read (other byte order, unknown flags).
 */
int image_header_read(int fd, struct image_header *out, struct sx_err *err) SX_MUST;

/* Does the file begin with a saved image's magic? It may still be cut short or unreadable. */
bool image_begins(int fd);

/* The guest as the stream describes it. */
struct image_stream {
	bool hvm;
	unsigned xen_major, xen_minor; /* of the host that saved it */
	uint64_t records;
};

/*
 * Walk every record from the header's end to the final END, which must be the end of the file.
 * SX_EFAIL names the offset where the stream is cut short or damaged. Agrees with Xen's
 * verify-stream-v2 on complete and on truncated images.
 */
int image_verify(int fd, const struct image_header *header, struct image_stream *out,
		 struct sx_err *err) SX_MUST;

/* A disk of the saved guest, as the image's configuration has it; NULL: not in there. */
struct image_disk {
	char *pdev_path; /* NULL: an empty drive */
	char *vdev;
	char *format; /* raw qcow qcow2 qed vhd empty; never NULL */
	char *script;
	char *backend_domname; /* or its domid if only that is known; NULL: Domain-0 */
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
 * Read what the guard needs from the configuration in the header (libxl's JSON, libxl_types.idl;
 * absent fields have their default). SX_EFAIL: unreadable, or xl.cfg text of a Xen before 4.5.
 */
int image_config_read(const struct image_header *header, struct image_config *out,
		      struct sx_err *err) SX_MUST;
void image_config_dispose(struct image_config *c);

/*
 * An id of the image's content, 32 hexadecimal digits: a copy has the same, each save another. It
 * covers the size, the header and samples of the stream (its end, with the guest's clocks, in
 * full), not every byte. It does not protect against images that are forged to be equal.
 */
int image_identify(int fd, const struct image_header *header, char id_out[33],
		   struct sx_err *err) SX_MUST;
