/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a guest is started: never from its configuration while it has a saved image. */
#pragma once

#include "domain/env.h"

enum start_way {
	START_NOT, /* it runs, or is paused, already; a notice said so */
	START_RESTORE, /* from its saved image; the guard decides whether that can be restored */
	START_CREATE, /* from its configuration */
};

struct start_plan {
	enum start_way way;
	char *path; /* of the image or the configuration; NULL with START_NOT */
	bool paused; /* it was paused when the host went down, and shall be again */
};

void start_plan_dispose(struct start_plan *p);
/*
 * Decide how to start a guest. SX_ENOXEN, SX_EGUARD, SX_ENOCONFIG, SX_EAMBIGUOUS, SX_ESYNTAX;
 * SX_EFAIL: it has ended, and Xen still has what is left of it.
 */
int start_judge(const struct flow_env *env, const char *name, struct start_plan *out,
		struct sx_err *err) SX_MUST;
/*
 * Add the names of the guests that links in auto/ lead to, in the order of the links. A link to no
 * readable configuration is a notice. False: there is no link.
 */
bool start_linked(const struct flow_env *env, struct sx_words *names);
/* The same. SX_ENOCONFIG: there is no link. */
int start_automatic(const struct flow_env *env, struct sx_words *names, struct sx_err *err) SX_MUST;
