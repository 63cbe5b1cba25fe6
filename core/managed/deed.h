/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Configurations, and links in auto/, that come and go: what define, undefine, autostart and the undo
 * of these do. One commit holds all of it, and then the files follow it. Killed at any point, the next
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
	bool ignored; /* git is told to: no commit holds it. Filled in by deed_run */
};

struct deed {
	const char *domain; /* its name */
	const struct live_domain *live; /* when it runs; NULL else */
	char *subject; /* of the commit, without the domain */
	char *trailers; /* further lines of the message, each with its newline; or NULL */
	bool published; /* the history has had these texts before */
	SX_VEC_OF(struct deed_file); /* each comes or goes */
};

#define DEED SX_CLEANUP(deed_dispose) struct deed

void deed_dispose(struct deed *d);
/* A file that is to be there (`after`) or not; takes the heap strings over. */
void deed_add(struct deed *d, char *path, char *before, char *after, unsigned mode);
/*
 * Do it. The caller holds the lock of the domain. commit_out "": nothing of it is kept in history.
 * SX_ECHANGED: a file is not as the deed says; SX_EPARTIAL: the commit is made, and the files do
 * not follow it yet.
 */
int deed_run(const struct flow_env *env, struct deed *d, char commit_out[65],
	     struct sx_err *err) SX_MUST;
/* What -N shows. */
int deed_preview(const struct flow_env *env, const struct deed *d, struct change_preview *out,
		 struct sx_err *err) SX_MUST;
/* Finish or withdraw one that was interrupted, and say so. Without one it costs a look. */
int deed_settle(const struct flow_env *env, struct sx_err *err) SX_MUST;
