/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transaction as a walk through its steps; what a real run, a preview and recovery share. */
#pragma once

#include "change/journal.h"
#include "change/record.h"
#include "guard/guard.h"

#include <signal.h>

/* A change under way, and what its steps have made so far. */
struct walk {
	struct change c;
	const char *command; /* its full name */
	struct recording r;
	struct journal_entry entry; /* empty until it is written */
	struct live *live; /* NULL: not opened yet, or no Xen */
	struct record_locks locks;
	char *message; /* of the commit */
	bool preview; /* nothing is settled, locked or changed */
	bool recovers; /* made from the journal, after a kill */
	bool holds_signals;
	sigset_t signals; /* the mask before they were held */
	int status; /* waitpid status of xl; 0: it did not run */
	char commit[65]; /* "" until there is one */
};

void walk_dispose(struct walk *w);
#define WALK SX_CLEANUP(walk_dispose) struct walk

/* One step. 0: the next one follows; 1: the change ends here, without an error; -1: an error. */
typedef int change_act(struct walk *w, struct sx_err *err);

struct change_step {
	change_act *run;
	/* Add what the error means for domain and file; returns -1. NULL: `run` says so itself. */
	int (*failed)(const struct change *c, struct sx_err *err);
};

/* Run steps until one does not return 0, and return its result; the table ends with a NULL. */
int change_walk(struct walk *w, const struct change_step *steps, struct sx_err *err) SX_MUST;
/* The steps before the change; a preview ends after them. 1: xl runs alone, see change_result. */
extern const struct change_step change_look[];
/* Its steps (look.c, bounds.c), in their order. */
change_act look_words, look_domain, look_file, look_around, look_facts, look_plan, look_bounds,
	look_guard, look_conflict;
/* The last steps of a change, which recovery runs as well (start.c). */
change_act act_remember, act_close;

/* Find the running domain. With --config one that does not run is only a name. */
int change_find_domain(struct change *c, struct live **live, struct sx_err *err) SX_MUST;
/* Run xl for the change, *status as of waitpid. `entry` NULL: nothing is recorded. */
int change_xl(const struct change *c, struct journal_entry *entry, int *status,
	      struct sx_err *err) SX_MUST;
/* Fill in what the record side needs to know of the change; borrowed from it. */
void change_recording(const struct change *c, struct recording *r);

/* The question to the guard: no domain may be given a disk of a saved guest to write to. */
struct change_asked {
	struct disk_spec lent;
	struct guard_disks disks;
	struct sx_str retry;
	struct guard_want want;
};

void change_asked_dispose(struct change_asked *a);
#define CHANGE_ASKED SX_CLEANUP(change_asked_dispose) struct change_asked
/* Fill it in. False: the change gives the domain no disk to write to. */
bool change_ask(const struct change *c, struct change_asked *out);
/* Ask it, if there is such a disk: SX_EGUARD as guard_check. */
int change_ask_guard(const struct change *c, struct sx_err *err) SX_MUST;
