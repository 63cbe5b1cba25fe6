/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints the findings of `check`. */
#pragma once

#include "check/inspect.h"

#include <stdio.h>

/* Print FILE:LINE: severity: text, as compilers do, so that editors can follow; then the hint. */
void findings_print(const struct inspect_report *r, FILE *to);
const char *findings_severity(const struct inspect_finding *f);
