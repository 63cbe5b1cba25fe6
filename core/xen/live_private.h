/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Helpers shared by the files that use libxenlight. */
#pragma once

#include "base/str.h"
#include "xen/live.h"

#include <libxl.h>
#include <libxl_utils.h>
#include <xentoollog.h>

struct live {
	libxl_ctx *ctx;
	xentoollog_logger_stdiostream *log;
	FILE *said; /* collects libxl's error messages, so that they do not reach the terminal */
	char *said_text;
	size_t said_len;
};

/* Set the error "what: libxl's last message"; returns -1. */
int live_failed(struct live *live, struct sx_err *err, enum sx_code code, const char *what);
/* The length of libxl's error messages so far. */
size_t live_heard(struct live *live);
