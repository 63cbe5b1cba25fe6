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
	char *name; /* the domain's name; "" when it has none */
	bool asked; /* false: only read for comparison, no findings */
	bool passed_over; /* reported, but not read */
	uint64_t dev, ino;
};

/* What only one file or line may have. */
enum inspect_claim {
	CLAIM_VDEV, /* unique within its file */
	CLAIM_MAC,
	CLAIM_BDF,
	CLAIM_UUID,
	CLAIM_NAME,
	CLAIM_DISK,
};

struct inspect_fact {
	enum inspect_claim claim;
	char *value; /* equal for the same thing */
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
	struct bounds_host host; /* all 0 with text_only */
	size_t file; /* the file being examined */
};

/* Add a file; `asked` false: its findings are dropped. */
void inspect_file_add(struct inspect *in, const char *path, bool asked, uint64_t dev, uint64_t ino);
/* Add a file that is not examined itself, for the findings that follow. */
void inspect_unread(struct inspect *in, const char *path);
/* The programs in safexl.d (hooks.c). */
void inspect_hooks(struct inspect *in);
/* Add a finding about the current file, unless its findings are dropped. */
void inspect_add(struct inspect *in, size_t line, enum inspect_severity severity, const char *code,
		 const char *fmt, ...) SX_PRINTF(5, 6);
/* Say what to do about the finding added last. */
void inspect_hint(struct inspect *in, const char *fmt, ...) SX_PRINTF(2, 3);
/* Note that the current file claims this. */
void inspect_claim(struct inspect *in, enum inspect_claim claim, const char *value,
		   const char *shown, size_t line, bool shared);

/* The keys and their values (keys.c). */
void inspect_keys(struct inspect *in, const struct xlcfg *doc);
/* What the keys mean in combination (guest.c). */
void inspect_guest(struct inspect *in, const struct xlcfg *doc);
/* What the guest boots (boot.c). */
void inspect_boot(struct inspect *in, const struct xlcfg *doc);
/* Check that a key's path leads to a file on this host. */
void inspect_path(struct inspect *in, size_t line, const char *what, const char *path);
/* The disks and the other devices (devices.c). */
void inspect_devices(struct inspect *in, const struct xlcfg *doc);
/* What two files or lines claim (claims.c). */
void inspect_claims(struct inspect *in);
