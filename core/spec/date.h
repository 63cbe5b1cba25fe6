/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Points in time as people type them to git's --since: "2026-11-27 18:30", "2 weeks ago", "last
 * friday". What git would guess at, or pass over, is refused.
 */
#pragma once

#include "base/err.h"

#include <time.h>

/* In local time, unless the text names a zone; `now` is what it counts from. SX_EUSAGE: no date. */
int date_read(const char *text, time_t now, time_t *out, struct sx_err *err) SX_MUST;
