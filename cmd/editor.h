/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The person's editor. Private to cmd/. */
#pragma once

#include "base/err.h"

/*
 * Have the person edit a private copy. Through sudo the editor runs with the person's own rights,
 * on a file of his own, as sudoedit(8) does it.
 */
int editor_run(const char *copy, struct sx_err *err) SX_MUST;
