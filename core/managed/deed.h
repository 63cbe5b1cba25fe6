/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Configurations, and links in auto/, that are added or removed by define, undefine, autostart and
 * their undo. One commit records all of it, and then the files are changed. After a kill the next
 * safexl gives the files what the commit says; without the commit nothing has happened.
 */
#pragma once

#include "domain/env.h"

struct live_domain;
struct change_preview;

struct deed_file {
	char *path; /* of the file or the link itself, absolute; its directory is real */
	char *before, *after; /* the text, or the target of a link; NULL: it is not there */
	unsigned mode; /* st_mode that it has or gets */
	bool ignored; /* by git, so that no commit has it. Filled in by deed_run */
};

struct deed {
	const char *domain; /* its name */
	const struct live_domain *live; /* when it runs; NULL else */
	char *subject; /* of the commit, without the domain */
	char *trailers; /* further lines of the message, each with its newline; or NULL */
	bool published; /* the history has had these texts before */
	SX_VEC_OF(struct deed_file); /* each is added or removed */
};

#define DEED SX_CLEANUP(deed_dispose) struct deed

void deed_dispose(struct deed *d);
/* Add a file that shall be there (`after`) or not; takes over the heap strings. */
void deed_add(struct deed *d, char *path, char *before, char *after, unsigned mode);
/* The configuration that it is about: its first file, or where a link leads. Heap string. */
char *deed_config(const struct deed *d);
/*
 * Do it. The caller holds the lock of the domain. commit_out "": history has nothing of it.
 * SX_ECHANGED: a file is not as `before` says; SX_EPARTIAL: it is begun, but the commit or the
 * files are not finished.
 */
int deed_run(const struct flow_env *env, struct deed *d, char commit_out[65],
	     struct sx_err *err) SX_MUST;
/* What -N shows. */
int deed_preview(const struct flow_env *env, const struct deed *d, struct change_preview *out,
		 struct sx_err *err) SX_MUST;
/* Finish or withdraw an interrupted one, with a notice. If there is none, this costs one look. */
int deed_settle(const struct flow_env *env, struct sx_err *err) SX_MUST;
