/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who brought each device and value of a domain's configuration, and who took away those that are
 * gone: the history read by meaning, not by line.
 */
#pragma once

#include "history/history.h"

/* What became of a device or value, and by which commit. */
struct blame_event {
	enum {
		BLAME_ADDED,
		BLAME_CHANGED,
		BLAME_REMOVED,
	} kind;
	char *value; /* since then, or until then */
	const struct history_entry *entry; /* borrowed; NULL: not committed yet */
};

struct blame_item {
	char *key; /* of xl.cfg */
	char *label; /* "xvdc", "00:16:3e:00:00:01", ...; "" for a value that is alone */
	size_t line; /* in the file as it is now, 0: gone */
	SX_VEC_OF(struct blame_event); /* oldest first, at least one */
};

struct blame {
	SX_VEC_OF(struct blame_item); /* in the order they came */
	char *path; /* of the configuration; the one it had, if it is no more */
	struct history *history;
	struct {
		SX_VEC_OF(struct history_entry);
	} entries;
};

#define BLAME SX_CLEANUP(blame_dispose) struct blame

void blame_dispose(struct blame *b);
/*
 * Read the history of a domain (a word as for history_open). `device` NULL: everything; else a
 * key, a virtual disk, a MAC, a PCI address or what else an item is called. SX_ENOCONFIG: there
 * is, and was, no such thing.
 */
int blame_read(const struct flow_env *env, const char *domain, const char *device,
	       struct blame *out, struct sx_err *err) SX_MUST;
