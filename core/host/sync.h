/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fsync of several files and directories at once. */
#pragma once

#include "base/err.h"

/*
 * fsync every path of a NULL-terminated list, in no particular order; all are on disk when it
 * returns 0.
 */
int sync_paths(char *const *paths, struct sx_err *err) SX_MUST;
