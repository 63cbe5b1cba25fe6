/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where configurations are: in the configuration directories (config_dirs), or elsewhere in a git
 * work tree of their own.
 */
#pragma once

#include "domain/env.h"

/* The innermost configuration directory (real path) above the file (real path); NULL: none. */
char *place_home(const struct flow_env *env, const char *path);
/* Refuse (SX_ENOCONFIG) a file without configuration directory and work tree. Returns -1. */
int place_refuse(const struct flow_env *env, const char *path, struct sx_err *err);
/*
 * Unless the repository holds the file's configuration directory, remember the file (real path), so
 * that the history finds what is recorded of it there.
 */
int place_remember(const struct flow_env *env, const struct repo *repo, const char *path,
		   struct sx_err *err) SX_MUST;
/* Refuse a file (real path) whose changes could not be recorded, else remember it if needed. */
int place_adopt(const struct flow_env *env, const char *path, struct sx_err *err) SX_MUST;
/* Add the remembered files; some may not exist any more. */
void places_elsewhere(const struct flow_env *env, struct sx_words *out);
