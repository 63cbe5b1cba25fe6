/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digests that detect accidental changes. */
#pragma once

#include "base/str.h"

#include <stdint.h>

/* Append the digest of some bytes as 16 hexadecimal digits. */
void digest_add(struct sx_str *s, const void *bytes, size_t len);

/*
 * A digest of a whole file or disk, from numbered chunks. A chunk of zeros counts as absent, so
 * that a hole and written zeros are the same.
 */
struct digest_whole;

struct digest_whole *digest_whole_new(void);
void digest_whole_add(struct digest_whole *w, uint64_t index, const void *chunk, size_t len);
/* 32 hexadecimal digits, heap string; frees `w`. `size` in bytes is part of the digest. */
char *digest_whole_end(struct digest_whole *w, uint64_t size);
