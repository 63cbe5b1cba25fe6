/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Examine configurations as xl would read them, without Xen: what xl would refuse or ignore, and
 * what two of them cannot both have.
 */
#pragma once

#include "base/str.h"
#include "domain/env.h"
#include "host/trial.h"

enum inspect_severity {
	INSPECT_FATAL, /* create would fail */
	INSPECT_ERROR, /* create would make another guest than the file describes */
	INSPECT_WARNING, /* it works, but probably not as intended */
};

struct inspect_finding {
	char *path;
	size_t line; /* from 1; 0: the whole file */
	enum inspect_severity severity;
	const char *code; /* "unknown-key": stable, whatever the text says */
	char *text;
	char *hint; /* what to do about it; NULL: see the text */
};

struct inspect_report {
	SX_VEC_OF(struct inspect_finding); /* sorted by file and line */
	size_t files, errors, warnings;
	size_t unread; /* of `files`, those missing or not readable */
	bool denied; /* one of them for lack of permission */
};

void inspect_report_dispose(struct inspect_report *r);

struct inspect_options {
	char *const *paths; /* the files to examine, NULL-terminated; empty: all in config_dirs */
	const struct sx_str *text; /* replaces the first file's content; NULL: read it */
	bool alone; /* do not compare with other configurations */
	bool text_only; /* ignore the disks, kernels and bridges of this host */
	unsigned xl_version; /* 417...; 0: unknown, so keys of any version pass */
	struct trial *trial; /* told which file is being examined; NULL: none */
	const struct sx_words *deadly; /* files that end a library, not to be read; NULL: none */
};

/*
 * Examine the files; the others in config_dirs are read as well, for what two cannot both have.
 * Fails only if the files cannot be listed.
 */
int inspect_run(const struct flow_env *env, const struct inspect_options *options,
		struct inspect_report *out, struct sx_err *err) SX_MUST;
/* Runs in the child; NULL and an error if inspect_run failed. Returns the trial's result. */
typedef int inspect_then(const struct inspect_report *report, struct sx_err *err, void *arg);
/*
 * As inspect_run, but in a child, since a library may end the process: then another child skips
 * that file. Such files are added to `deadly`; the final report has them as errors.
 */
int inspect_tried(const struct flow_env *env, const struct inspect_options *options,
		  inspect_then *then, void *arg, struct sx_words *deadly, int *result_out,
		  struct sx_err *err) SX_MUST;

/* Remove the findings that `other` has too, perhaps for other lines. */
void inspect_report_subtract(struct inspect_report *r, const struct inspect_report *other);
