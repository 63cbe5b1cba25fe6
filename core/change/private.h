/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the transaction that a real run and a preview share. */
#pragma once

#include "change/record.h"
#include "guard/guard.h"

/* Parse the words and find the domain; without a domain in them only that. *live may be set. */
int change_begin(struct change *c, const char *command, struct live **live,
		 struct sx_err *err) SX_MUST;
/* The domain as it runs; without Xen, or with --config, as it is called. */
int change_find_domain(struct change *c, struct live **live, struct sx_err *err) SX_MUST;
/* Domain-0 has no file, and what changes no domain needs none. */
bool change_is_passed(const struct change *c);
/* The configuration that is to be changed: c->path, with what overrides it. */
int change_find_file(struct change *c, struct sx_err *err) SX_MUST;
/* Fill in what the record side must know of the change; borrowed from it. */
void change_recording(const struct change *c, struct recording *r);
/* Plan on the file, ask the guard, then the running domain. Nothing is changed. */
int change_plan_all(struct change *c, struct recording *r, struct live *live,
		    struct sx_err *err) SX_MUST;
/* SX_ECONFLICT: the plan gives a key a value that no guest can have, see bounds.h. */
int change_check_bounds(const struct change *c, const struct recording *r, struct live *live,
			struct sx_err *err) SX_MUST;

/* A disk of a saved guest must not be given to another that writes to it: what the guard is asked. */
struct change_asked {
	struct disk_spec lent;
	struct guard_disks disks;
	struct sx_str retry;
	struct guard_want want;
};

void change_asked_dispose(struct change_asked *a);
#define CHANGE_ASKED SX_CLEANUP(change_asked_dispose) struct change_asked
/* False: it gives the domain no disk to write to. */
bool change_ask(const struct change *c, struct change_asked *out);
int change_ask_guard(const struct change *c, struct sx_err *err) SX_MUST;
