/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Disk specifications (xl-disk-configuration(5)): the user's words and configuration items as one
 * text plus the fields we compare. Parsed by libxlutil itself; no I/O but a look whether a
 * relative path exists.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>

struct disk_spec {
	char *text; /* one item that xl reads as the same disk */
	char *vdev; /* as spelled */
	long devid; /* of vdev; -1 when vdev is none that xl knows */
	char *target; /* "" when empty */
	char *meaning; /* libxl's JSON of it: equal for equal disks */
	char *format; /* "raw", "qcow2", ...; "empty" */
	char *script; /* "" for none */
	char *backend_domain; /* "" for Domain-0 */
	char *backendtype; /* "phy", "qdisk", ...; "unknown": xl chooses by what the target is */
	bool cdrom;
	bool readwrite;
	bool discard; /* with libxl's default filled in: a disk that can be written */
	bool direct_io_safe;
};

#define DISK_SPEC SX_CLEANUP(disk_dispose) struct disk_spec

/* Parse one item of a `disk` list. SX_EUSAGE with libxlutil's words. */
int disk_parse(const char *item, struct disk_spec *out, struct sx_err *err) SX_MUST;
/*
 * Parse the words of `xl block-attach` after the domain (NULL-terminated) and join them to one
 * item that means the same. A relative path of this host is made absolute with `cwd` (NULL: stays),
 * as the item will be read in another directory. SX_EUSAGE: xl would not read them, or `cwd` is ""
 * (see sx_path_absolute); SX_ECONFLICT: no single item means the same.
 */
int disk_parse_words(char *const *words, const char *cwd, struct disk_spec *out,
		     struct sx_err *err) SX_MUST;
/*
 * The item that means a disk with these fields (vdev, target, format, script, backend_domain and
 * the flags are read), in the short form people write where that is enough: "target,format,vdev,w".
 * Proven by reading it again: SX_ECONFLICT when no item means it.
 */
int disk_compose(const struct disk_spec *wanted, struct disk_spec *out, struct sx_err *err) SX_MUST;
/*
 * The same item with another medium in the drive, as xl's cd-insert has it (format raw), or with
 * none ("" for target): spelled as before where that can be read so.
 */
int disk_retarget(const struct disk_spec *drive, const char *target, struct disk_spec *out,
		  struct sx_err *err) SX_MUST;
void disk_dispose(struct disk_spec *d);
/*
 * Is the target a path of this host? Not when a script or another domain reads it, nor when QEMU
 * opens it as one of its URLs (rbd:pool/x with backendtype=qdisk).
 */
bool disk_is_local(const struct disk_spec *d);
/* Has the target the form of QEMU's URLs: nbd:host:port, ssh://host/x, json:{...}? */
bool disk_names_url(const struct disk_spec *d);
/* The device id of a virtual device name or number, -1: none. libxl__device_disk_dev_number. */
long disk_devid(const char *vdev);
