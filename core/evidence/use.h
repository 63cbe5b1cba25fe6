/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lists of who uses what: uses.c makes them, use.c searches them. */
#pragma once

#include "evidence/private.h"

/* A block device by its number, any other file by file system and inode. */
struct evidence_id {
	dev_t rdev; /* 0: a file */
	dev_t dev;
	ino_t ino;
};

/* Identify a regular file or block device, else false. Never waits for a file server. */
bool evidence_identify(const char *path, struct evidence_id *out);
bool evidence_same(const struct evidence_id *a, const struct evidence_id *b);

struct evidence_used {
	struct evidence_id id;
	char *how; /* "is mounted on /mnt"; NULL: `pid` has it open as `fd` */
	pid_t pid;
	int fd;
};

struct evidence_loop {
	struct evidence_id file; /* or device */
	dev_t rdev;
	bool writable;
	char *name; /* "loop2" */
};

struct evidence_uses {
	struct evidence_options o; /* sysroot alone */
	char *root; /* the string behind o.sysroot */
	struct {
		SX_VEC_OF(struct evidence_used);
	} used;
	struct {
		SX_VEC_OF(struct evidence_loop);
	} loops;
};
