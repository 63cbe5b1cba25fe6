/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The programs in safexl.d, which are run after a record: safexl-hooks(7). They have the rights of
 * who runs safexl, so nobody else may be able to change them.
 */
#pragma once

#include "domain/env.h"

struct hook {
	char *path; /* of the program, or of the directory */
	char *fault; /* why it is not run; NULL: it is */
	char *cure; /* the command that mends it; NULL: there is none */
};

struct hooks {
	SX_VEC_OF(struct hook);
};

/* All of them in the order they are run; of a directory that others can change, only that. */
void hooks_find(const struct flow_env *env, struct hooks *out);
void hooks_dispose(struct hooks *hooks);
/*
 * Run them for each record that the command made. The caller holds no lock. One that fails, or may not
 * be run, is told and changes nothing; nor are any run for what a hook records.
 */
void hooks_run(const struct flow_env *env);
