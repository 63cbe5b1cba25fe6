/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who added or changed each device and value of a domain's configuration, and who removed those
 * that are gone: blame by meaning, not by line.
 */
#pragma once

#include "history/history.h"

/* A change of a device or value, and the commit that made it. */
struct blame_event {
	enum {
		BLAME_ADDED,
		BLAME_CHANGED,
		BLAME_REMOVED,
	} kind;
	char *value; /* the new one; the last one if removed */
	const struct history_entry *entry; /* borrowed; NULL: not committed yet */
};

struct blame_item {
	char *key; /* of xl.cfg */
	char *label; /* "xvdc", "00:16:3e:00:00:01", ...; "" for a scalar */
	size_t line; /* in the file as it is now, 0: gone */
	SX_VEC_OF(struct blame_event); /* oldest first, at least one */
};

struct blame {
	SX_VEC_OF(struct blame_item); /* in the order they were first added */
	char *path; /* of the configuration; if it is gone, where it was */
	struct history *history;
	struct {
		SX_VEC_OF(struct history_entry);
	} entries;
};

#define BLAME SX_CLEANUP(blame_dispose) struct blame

void blame_dispose(struct blame *b);
/*
 * Read the history of a domain (a word as for history_open). `device` NULL: everything; else a key,
 * or a device by its vdev, MAC address, BDF or other label. SX_ENOCONFIG: neither the file nor its
 * history has it.
 */
int blame_read(const struct flow_env *env, const char *domain, const char *device,
	       struct blame *out, struct sx_err *err) SX_MUST;
