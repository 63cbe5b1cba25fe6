/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory sizes as xl mem-set and mem-max read them (parse_mem_size_kb in xl_parse.c). */
#pragma once

#include "base/err.h"

#include <stdint.h>

/* Read "512" (MiB), "2g", "131072k" (one suffix letter) as KiB. SX_EUSAGE: not a size above 0. */
int size_parse_kib(const char *text, uint64_t *kib_out, struct sx_err *err) SX_MUST;
