/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kept index of configurations. */
#pragma once

#include "domain/resolve.h"

#include <stdint.h>

/* What ends the file, of all before it: eight bytes at a step, against a torn write, not an attacker. */
uint64_t index_store_checksum(const char *p, size_t len);
/* Load what was kept; damaged or missing: an empty one. Never fails. */
struct index_store *index_store_load(const char *path);
/* Accepts NULL. */
void index_store_free(struct index_store *store);
/*
 * Fill in path, name, uuid, unreadable (borrowed from the store) when the file "dir/name" is still
 * the one that was read. Quickest when asked in the order in which the entries were kept.
 */
bool index_store_get(struct index_store *store, const char *dir, size_t dir_len, const char *name,
		     struct index_entry *entry);
/*
 * Keep the entries when enough of them is new that reading those again would cost more; failing
 * (a read-only state directory) costs time only.
 */
void index_store_save(const struct index_store *store, const char *path,
		      const struct index_entries *entries);
