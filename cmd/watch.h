/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports that a library ended safexl in the middle of a command. */
#pragma once

#include "domain/env.h"

#include <safexl/command.h>

struct watch;

/*
 * Report an exit(3) that safexl did not call, or an abort(3), until watch_end (which takes NULL).
 * `inv` and `env` must live until then.
 */
struct watch *watch_begin(const struct sx_invocation *inv, const struct flow_env *env);
void watch_end(struct watch *w);
