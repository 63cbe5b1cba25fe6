/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Configurations looked at as xl would read them, without Xen: what it would refuse, what it would
 * overlook, and what two of them cannot both have.
 */
#pragma once

#include "base/str.h"
#include "domain/env.h"
#include "host/trial.h"

enum inspect_severity {
	INSPECT_FATAL, /* an error that create would fail on */
	INSPECT_ERROR, /* create would make another guest than the file says */
	INSPECT_WARNING, /* it works, but hardly as it was meant */
};

struct inspect_finding {
	char *path;
	size_t line; /* from 1; 0: of the file as a whole */
	enum inspect_severity severity;
	const char *code; /* "unknown-key": stays the same whatever the text says */
	char *text;
	char *hint; /* what to do about it; NULL: the text says it */
};

struct inspect_report {
	SX_VEC_OF(struct inspect_finding); /* by file and line */
	size_t files, errors, warnings;
	size_t unread; /* of those files, not even looked at: gone, or not ours to read */
	bool denied; /* one of them for want of rights */
};

void inspect_report_dispose(struct inspect_report *r);

struct inspect_options {
	char *const *paths; /* those to be looked at, NULL-terminated; empty: all in config_dirs */
	const struct sx_str *text; /* of the first one, in place of what is in it; NULL: none */
	bool alone; /* not held against other configurations */
	bool text_only; /* not at the disks, kernels and bridges of this host */
	unsigned xl_version; /* 417...; 0: unknown, then every key of any version is known */
	struct trial *trial; /* told which file is looked at; NULL: nobody asks */
	const struct sx_words *deadly; /* files that no library is given; NULL: none */
};

/*
 * Look at the files; those of config_dirs that are not among them are read as well, for what
 * two cannot both have. An error only when the files cannot be listed.
 */
int inspect_run(const struct flow_env *env, const struct inspect_options *options,
		struct inspect_report *out, struct sx_err *err) SX_MUST;
/* Called in the child, with NULL and an error when inspect_run failed; its result is the trial's. */
typedef int inspect_then(const struct inspect_report *report, struct sx_err *err, void *arg);
/*
 * The same where a library cannot end this process: in a child, another one for each file over which
 * one was ended. Those files are added to `deadly`, and the last report has them as errors.
 */
int inspect_tried(const struct flow_env *env, const struct inspect_options *options,
		  inspect_then *then, void *arg, struct sx_words *deadly, int *result_out,
		  struct sx_err *err) SX_MUST;

/* Take out what the other report has as well, though perhaps of another line. */
void inspect_report_subtract(struct inspect_report *r, const struct inspect_report *other);
