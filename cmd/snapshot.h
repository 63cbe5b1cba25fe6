/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How snapshots and backups are printed. Private to cmd/. */
#pragma once

#include "core.h"
#include "host/json.h"
#include "snapshot/snapshot.h"

/* "memory, 2 disks, configuration: of one instant". Heap string. */
char *snapshot_content(const struct snapshot *s);
/* The value of --cow in bytes; 0: not given. */
int snapshot_read_cow(const struct sx_invocation *inv, int64_t *out, struct sx_err *err);
/* Add its members for --json; `kind`, "snapshot" or "backup", is the key of its name. */
void snapshot_members(const struct snapshot *s, const char *kind, struct json *j);
