/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a guest is started: never from its configuration while a saved image holds it. */
#pragma once

#include "domain/env.h"

enum start_way {
	START_NOT, /* it is there already; said */
	START_RESTORE, /* from its saved image; whether that can be restored is the guard's to say */
	START_CREATE, /* from its configuration */
};

struct start_plan {
	enum start_way way;
	char *path; /* of the image or the configuration; NULL with START_NOT */
	bool paused; /* it stood still when the host went down, and does so again */
};

void start_plan_dispose(struct start_plan *p);
/* SX_ENOXEN, SX_EGUARD, SX_ENOCONFIG, SX_EAMBIGUOUS, SX_ESYNTAX; SX_EFAIL: what is left of it is there. */
int start_judge(const struct flow_env *env, const char *name, struct start_plan *out,
		struct sx_err *err) SX_MUST;
/*
 * Add the names of the guests that a link in auto/ leads to, in its order. What leads to no configuration
 * that can be read is a notice. False: there is no link.
 */
bool start_linked(const struct flow_env *env, struct sx_words *names);
/* The same; that there is no link is an error. */
int start_automatic(const struct flow_env *env, struct sx_words *names, struct sx_err *err) SX_MUST;
