/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index of configurations, kept between runs. */
#pragma once

#include "domain/resolve.h"

#include <stdint.h>

/* The checksum at the file's end: eight bytes a step, against torn writes, not attackers. */
uint64_t index_store_checksum(const char *p, size_t len);
/* Load the kept index; an empty one if that is damaged or missing. Never fails. */
struct index_store *index_store_load(const char *path);
/* Accepts NULL. */
void index_store_free(struct index_store *store);
/*
 * If the file "dir/name" is unchanged since it was read, fill in the entry (texts borrowed from the
 * store). Fastest in the order in which the entries were kept.
 */
bool index_store_get(struct index_store *store, const char *dir, size_t dir_len, const char *name,
		     struct index_entry *entry);
/*
 * Write the entries if so many are new that reading them again would cost more. A failure (a
 * read-only state directory) only costs time.
 */
void index_store_save(const struct index_store *store, const char *path,
		      const struct index_entries *entries);
