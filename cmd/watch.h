/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said when a library ends safexl while a command is at work. */
#pragma once

#include "domain/env.h"

#include <safexl/command.h>

struct watch;

/*
 * From now on an exit(3) that safexl did not call, or an abort(3), is reported. Until watch_end, which
 * takes NULL; both must live as long.
 */
struct watch *watch_begin(const struct sx_invocation *inv, const struct flow_env *env);
void watch_end(struct watch *w);
