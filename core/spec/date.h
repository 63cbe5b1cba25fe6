/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Points in time as users type them for git's --since: "2026-11-27 18:30", "2 weeks ago", "last
 * friday". Refuses what git would guess at or ignore.
 */
#pragma once

#include "base/err.h"

#include <time.h>

/* Read a date relative to `now`, in local time unless the text names a zone. SX_EUSAGE: no date. */
int date_read(const char *text, time_t now, time_t *out, struct sx_err *err) SX_MUST;
