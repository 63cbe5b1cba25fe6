/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The programs in safexl.d, which safexl runs after a record: see safexl-hooks(7). They run with
 * the caller's rights, so only root (or the caller) may be able to change them.
 */
#pragma once

#include "domain/env.h"

struct hook {
	char *path; /* of the program, or of the directory */
	char *fault; /* why it is not run; NULL: it is run */
	char *cure; /* the command that fixes it; NULL: none */
};

struct hooks {
	SX_VEC_OF(struct hook);
};

/* All hooks in the order they run; if others can change the directory, one entry that says so. */
void hooks_find(const struct flow_env *env, struct hooks *out);
void hooks_dispose(struct hooks *hooks);
/*
 * Run the hooks for each record that the command made. The caller holds no lock. A hook that fails
 * or may not run is reported and changes nothing; records made by a hook run no hooks.
 */
void hooks_run(const struct flow_env *env);
