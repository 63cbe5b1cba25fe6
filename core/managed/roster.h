/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every guest of the host, whether it runs or not: those that Xen has, those that markers know to
 * be saved or migrated to another host, and those that have a configuration. There is no register:
 * files, Xen and markers are asked each time. Changes no guest.
 */
#pragma once

#include "domain/env.h"
#include "guard/marker.h"
#include "history/latest.h"
#include "xen/live.h"

enum guest_state {
	GUEST_OFF, /* it can be created from its configuration, as far as that shows */
	GUEST_UNKNOWN, /* the same, but Xen cannot be asked whether it runs */
	GUEST_BROKEN, /* xl cannot read its configuration */
	GUEST_TWICE, /* several configurations have its name */
	GUEST_RUNS, /* Xen has it: `live` says how */
	GUEST_SAVED,
	GUEST_STALE, /* saved, and its disks have changed since */
	GUEST_BLOCKED, /* saved, and it cannot be restored as things are now */
	GUEST_SAVING,
	GUEST_RESTORING,
	GUEST_DISCARDING, /* --discard-marker is being carried out on its marker right now */
	GUEST_MIGRATING,
	GUEST_MIGRATED,
	GUEST_STATES,
};

struct guest {
	char *name;
	char *uuid; /* "" when not known */
	enum guest_state state;
	char *detail; /* why it is stale, FILE:LINE, the other host, ...; "" */
	char *problem; /* what is wrong beside the state: "not configured"; "" */
	uint32_t domid; /* when it runs */
	enum live_state live;
	char *path; /* its configuration, "" when there is none, or not just one */
	char *real; /* the real path of that, or NULL */
	char *image; /* when it is saved, "" else */
	int64_t memory_mib,
		vcpus; /* what it has; while it does not run, what its file says; 0: unknown */
	bool autostart; /* a link in auto/ leads to its configuration */
	size_t unrecorded; /* differences that `diff` calls not recorded, or cannot tell */
	size_t waiting; /* those that wait for its next cold boot */
	const struct history_last *last; /* of its configuration; NULL: never committed */
};

struct roster {
	SX_VEC_OF(struct guest); /* by name */
	struct history_latest latest;
	char *no_xen; /* why Xen cannot be asked; NULL: it can */
};

#define ROSTER SX_CLEANUP(roster_dispose) struct roster

void roster_dispose(struct roster *r);
/* Fill in all guests; that Xen cannot be asked is no error. */
int roster_look(const struct flow_env *env, struct roster *out, struct sx_err *err) SX_MUST;

/* "off", "saved", "stale", ...: one word, for machines. A constant. */
const char *guest_state_name(const struct guest *g);
/* "running, not configured", "saved, stale: disk xvda has changed": for people. Heap string. */
char *guest_state_text(const struct guest *g);
