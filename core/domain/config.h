/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A configuration file: the texts that safexl accepts, and whether a path is a configuration. */
#pragma once

#include "domain/env.h"

/*
 * Refuse (SX_ESYNTAX, with the line and the way out) a text with a NUL: xl would read it, but code
 * that keeps it as a string would lose the rest.
 */
int config_admit(const char *path, const struct sx_str *text, struct sx_err *err) SX_MUST;

/* Is this file, by whatever path, in a configuration directory or recorded as a domain's? */
int config_is_known(const struct flow_env *env, const char *path, bool *known,
		    struct sx_err *err) SX_MUST;
