/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transaction as a walk through its steps; what a real run, a preview and recovery share. */
#pragma once

#include "change/journal.h"
#include "change/record.h"
#include "guard/guard.h"

#include <signal.h>

/* A change on its way, and what its steps made of it so far. */
struct walk {
	struct change c;
	const char *command; /* in full */
	struct recording r;
	struct journal_entry entry; /* nothing in it until it is written */
	struct live *live; /* NULL: not asked yet, or not there */
	struct record_locks locks;
	char *message; /* of the commit */
	bool preview; /* nothing is settled, locked or changed */
	bool recovers; /* made from the journal, after a kill */
	bool holds_signals;
	sigset_t signals; /* those held before */
	int status; /* waitpid status of xl; 0: it did not run */
	char commit[65]; /* "" until there is one */
};

void walk_dispose(struct walk *w);
#define WALK SX_CLEANUP(walk_dispose) struct walk

/* One step of it. 0: the next one follows; 1: the change ends here, and well; -1: an error. */
typedef int change_act(struct walk *w, struct sx_err *err);

struct change_step {
	change_act *run;
	/* Add what the error means for domain and file; returns -1. NULL: it says so itself. */
	int (*failed)(const struct change *c, struct sx_err *err);
};

/* The steps up to the one that ends it; the table ends with a NULL. */
int change_walk(struct walk *w, const struct change_step *steps, struct sx_err *err) SX_MUST;
/* Nothing is changed: a preview ends behind it. 1: xl shall run alone, see change_result. */
extern const struct change_step change_look[];
/* Its steps (look.c, bounds.c), in their order. */
change_act look_words, look_domain, look_file, look_around, look_facts, look_plan, look_bounds,
	look_guard, look_conflict;
/* The last steps of a change that is made, which recovery takes as well (start.c). */
change_act act_remember, act_close;

/* The domain as it runs; without Xen, or with --config, as it is called. */
int change_find_domain(struct change *c, struct live **live, struct sx_err *err) SX_MUST;
/* Run xl on it. `entry` NULL: nothing is to be recorded. */
int change_xl(const struct change *c, struct journal_entry *entry, int *status,
	      struct sx_err *err) SX_MUST;
/* Fill in what the record side must know of the change; borrowed from it. */
void change_recording(const struct change *c, struct recording *r);

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
