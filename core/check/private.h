/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by the files of this room. */
#pragma once

#include "check/bounds.h"
#include "check/inspect.h"
#include "domain/xlconf.h"
#include "xlcfg/xlcfg.h"

#include <stdint.h>

/* One file. */
struct inspect_file {
	char *path;
	char *name; /* of the domain; "" when it has none */
	bool asked; /* findings are wanted */
	bool passed_over; /* too large: only told, not read */
	uint64_t dev, ino;
};

/* What only one may have. */
enum inspect_claim {
	CLAIM_VDEV, /* within its file */
	CLAIM_MAC,
	CLAIM_BDF,
	CLAIM_UUID,
	CLAIM_NAME,
	CLAIM_DISK,
};

struct inspect_fact {
	enum inspect_claim claim;
	char *value; /* equal for what is the same */
	char *shown;
	size_t file;
	size_t line;
	bool shared; /* a disk that is only read */
};

struct inspect {
	const struct flow_env *env;
	const struct inspect_options *options;
	struct {
		SX_VEC_OF(struct inspect_file);
	} files;
	struct {
		SX_VEC_OF(struct inspect_fact);
	} facts;
	struct inspect_report *report;
	struct sx_fields xlconf; /* see xlconf.h */
	struct bounds_host host; /* nothing of it with text_only */
	size_t file; /* the one that is looked at */
};

/* Add a file; findings on one that was not asked for are not wanted. */
void inspect_file_add(struct inspect *in, const char *path, bool asked, uint64_t dev, uint64_t ino);
/* The same of what is not read itself; findings follow. */
void inspect_unread(struct inspect *in, const char *path);
/* The programs that are run after a record (hooks.c). */
void inspect_hooks(struct inspect *in);
/* Add a finding on the file that is looked at, if findings on it are wanted. */
void inspect_add(struct inspect *in, size_t line, enum inspect_severity severity, const char *code,
		 const char *fmt, ...) SX_PRINTF(5, 6);
/* What to do about the finding that was added last. */
void inspect_hint(struct inspect *in, const char *fmt, ...) SX_PRINTF(2, 3);
/* Note what the file claims. */
void inspect_claim(struct inspect *in, enum inspect_claim claim, const char *value,
		   const char *shown, size_t line, bool shared);

/* The keys and their values (keys.c). */
void inspect_keys(struct inspect *in, const struct xlcfg *doc);
/* What the keys mean together (guest.c). */
void inspect_guest(struct inspect *in, const struct xlcfg *doc);
/* What it boots (boot.c). */
void inspect_boot(struct inspect *in, const struct xlcfg *doc);
/* A file of this host that a key names. */
void inspect_path(struct inspect *in, size_t line, const char *what, const char *path);
/* The disks and the other devices (devices.c). */
void inspect_devices(struct inspect *in, const struct xlcfg *doc);
/* What is claimed twice (claims.c). */
void inspect_claims(struct inspect *in);
