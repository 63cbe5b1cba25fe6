/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that read saved-domain images share; nobody else includes it. */
#pragma once

#include "xen/image.h"

/* Exactly len bytes at an offset; false at the end of the file (errno 0) or on an error. */
bool image_read_at(int fd, off_t at, void *buf, size_t len);
/* The error after it: `what` could not be read, or is not all there. Returns -1. */
int image_cut_short(const char *what, struct sx_err *err);
