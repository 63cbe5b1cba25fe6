/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where configurations lie: the directories of the settings, and files elsewhere whose changes are
 * recorded in a git work tree of their own.
 */
#pragma once

#include "domain/env.h"

/* The directory of the settings, resolved, that a file (real path) lies in or below; NULL: none. */
char *place_home(const struct flow_env *env, const char *path);
/* Refuse a file that has neither: SX_ENOCONFIG. */
int place_refuse(const struct flow_env *env, const char *path, struct sx_err *err);
/*
 * What is recorded of the file (real path) goes to this repository: should that be none of the
 * settings' directories, the file is remembered, so that the history finds it.
 */
int place_remember(const struct flow_env *env, const struct repo *repo, const char *path,
		   struct sx_err *err) SX_MUST;
/* Changes of the file (real path) will be recorded: refused when they cannot be, else remembered. */
int place_adopt(const struct flow_env *env, const char *path, struct sx_err *err) SX_MUST;
/* Add the files that were remembered; some may be gone. */
void places_elsewhere(const struct flow_env *env, struct sx_words *out);
