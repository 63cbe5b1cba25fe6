/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Helpers shared by the image*.c files only. */
#pragma once

#include "xen/image.h"

/* Read exactly len bytes at an offset. False: end of file (errno 0) or an error. */
bool image_read_at(int fd, off_t at, void *buf, size_t len);
/* Set the error after a failed image_read_at: `what` is unreadable or cut short. Returns -1. */
int image_cut_short(const char *what, struct sx_err *err);
