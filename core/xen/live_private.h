/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that ask libxenlight share. */
#pragma once

#include "base/str.h"
#include "xen/live.h"

#include <libxl.h>
#include <libxl_utils.h>
#include <xentoollog.h>

struct live {
	libxl_ctx *ctx;
	xentoollog_logger_stdiostream *log;
	FILE *said; /* libxl's complaints go here, not to the terminal */
	char *said_text;
	size_t said_len;
};

/* "what: the last thing libxl said"; returns -1. */
int live_failed(struct live *live, struct sx_err *err, enum sx_code code, const char *what);
/* Is the backend at this path of xenstore connected? True when that cannot be asked. */
bool live_backend_connected(const char *path);
