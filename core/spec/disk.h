/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Disk specifications (xl-disk-configuration(5)): arguments and configuration items as one text
 * plus the fields that we compare. libxlutil parses them. No I/O, except to check whether a
 * relative path that looks like a URL exists.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>

struct disk_spec {
	char *text; /* one item that xl reads as the same disk */
	char *vdev; /* as spelled in the text */
	long devid; /* of vdev */
	char *target; /* "": none, an empty drive */
	char *meaning; /* libxl's JSON of the disk: equal for equal disks */
	char *format; /* "raw", "qcow2", ...; "empty" */
	char *script; /* "" for none */
	char *backend_domain; /* "" for Domain-0 */
	char *backendtype; /* "phy", "qdisk", ...; "unknown": libxl chooses by the target */
	bool cdrom;
	bool readwrite;
	bool discard; /* libxl's default, true for a writable disk, is filled in */
	bool direct_io_safe;
};

#define DISK_SPEC SX_CLEANUP(disk_dispose) struct disk_spec

/* Parse one item of a `disk` list. SX_EUSAGE with libxlutil's message, or for an unknown vdev. */
int disk_parse(const char *item, struct disk_spec *out, struct sx_err *err) SX_MUST;
/*
 * Parse the arguments of `xl block-attach` after the domain (NULL-terminated) and join them to one
 * item that means the same. Makes a relative path of this host absolute with `cwd` (NULL: keeps
 * it), as xl will read the item in another directory. SX_EUSAGE: xl would refuse them, or `cwd` is
 * "" (see sx_path_absolute). SX_ECONFLICT: no single item means the same.
 */
int disk_parse_words(char *const *words, const char *cwd, struct disk_spec *out,
		     struct sx_err *err) SX_MUST;
/*
 * Write the item for a disk with these fields (vdev, target, format, script, backend_domain and the
 * flags), if possible in the common short form "target,format,vdev,w". Parses it again as a proof.
 * SX_ECONFLICT: no item means this disk.
 */
int disk_compose(const struct disk_spec *wanted, struct disk_spec *out, struct sx_err *err) SX_MUST;
/*
 * Write the item of a drive with another medium in it, format raw as xl's cd-insert sets it, or
 * with none (target ""). Keeps the item's spelling if that reads back as wanted. SX_ECONFLICT as
 * disk_compose.
 */
int disk_retarget(const struct disk_spec *drive, const char *target, struct disk_spec *out,
		  struct sx_err *err) SX_MUST;
void disk_dispose(struct disk_spec *d);
/*
 * Is the target a path of this host? Not if a script (other than "block") or another domain reads
 * it, nor if QEMU opens it as a URL (rbd:pool/x with backendtype=qdisk).
 */
bool disk_is_local(const struct disk_spec *d);
/* Does the target look like a QEMU URL: nbd:host:port, ssh://host/x, json:{...}? */
bool disk_names_url(const struct disk_spec *d);
/* The device number of a vdev, by libxl__device_disk_dev_number; -1: not a vdev. */
long disk_devid(const char *vdev);
