/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A configuration as a file: what safexl can hold of it, and whether a path is one. */
#pragma once

#include "domain/env.h"

/*
 * Refuse (SX_ESYNTAX, with the line and the way out) a text with a NUL in it: xl would read it, and
 * whoever keeps it as text would keep less.
 */
int config_admit(const char *path, const struct sx_str *text, struct sx_err *err) SX_MUST;

/* Is this file in a configuration directory, or remembered as a domain's? By whatever path. */
int config_is_known(const struct flow_env *env, const char *path, bool *known,
		    struct sx_err *err) SX_MUST;
