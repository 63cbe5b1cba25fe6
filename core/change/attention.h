/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits for a person, for a prompt: only what can be found out at once. */
#pragma once

#include "base/path.h"

#include <stddef.h>

/* How many half-done changes of killed safexls wait for `recover`; 0 when unknown. */
size_t attention_half_done(const struct sx_paths *paths);
