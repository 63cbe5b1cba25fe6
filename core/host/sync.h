/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several files and directories to disk, at once. */
#pragma once

#include "base/err.h"

/*
 * fsync every path of a NULL-terminated list; all are on disk when it returns 0. Nothing may depend
 * on an order among them.
 */
int sync_paths(char *const *paths, struct sx_err *err) SX_MUST;
