/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits for a person, as far as it can be told in no time: for a prompt. */
#pragma once

#include "base/path.h"

#include <stddef.h>

/* How many changes a killed safexl left half done, that `recover` finishes; 0 when unknown. */
size_t attention_half_done(const struct sx_paths *paths);
