/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs the user's editor. Private to cmd/. */
#pragma once

#include "base/err.h"

/*
 * Let the user edit a private copy. Under sudo and the like the editor runs with the caller's
 * rights, on a file that the caller owns, as sudoedit(8) does.
 */
int editor_run(const char *copy, struct sx_err *err) SX_MUST;
