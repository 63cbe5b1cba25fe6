/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What check finds, as lines of text. */
#pragma once

#include "check/inspect.h"

#include <stdio.h>

/* FILE:LINE: severity: text, as compilers say it, so that editors can go there; and the hints. */
void findings_print(const struct inspect_report *r, FILE *to);
const char *findings_severity(const struct inspect_finding *f);
