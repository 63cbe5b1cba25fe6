/*
 * Configurations looked at as xl would read them, without Xen: what it would refuse, what it would
 * overlook, and what two of them cannot both have.
 */
#ifndef SAFEXL_INSPECT_H
#define SAFEXL_INSPECT_H

#include <safexl/flow.h>

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
};

void inspect_report_dispose(struct inspect_report *r);

struct inspect_options {
	char *const *paths; /* those to be looked at, NULL-terminated; empty: all in config_dirs */
	bool alone; /* not held against other configurations */
	bool text_only; /* not at the disks, kernels and bridges of this host */
	unsigned xl_version; /* 417...; 0: unknown, then every key of any version is known */
};

/*
 * Look at the files; those of config_dirs that are not among them are read as well, for what
 * two cannot both have. An error only when the files cannot be listed.
 */
int inspect_run(const struct flow_env *env, const struct inspect_options *options,
		struct inspect_report *out, struct sx_err *err) SX_MUST;

#endif
