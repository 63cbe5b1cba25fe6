/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The reversal of one recorded change, as a change of its own: the file gets back what the
 * commit took from it, the running domain by the command that reverses it.
 */
#pragma once

#include "change/change.h"
#include "history/history.h"

/* What an undo will do. */
struct undo {
	struct history_entry entry; /* the commit */
	struct history *history; /* it is from */
	char *domain;
	struct sx_words words; /* for change_run; from the fourth on xl's */
	enum flow_scope scope;
	char *note; /* something to be said before; NULL: nothing */
	/* The commit brought files or took them away: managed/define.h undoes that, and but for the
	 * entry nothing is filled in. */
	bool files;
};

#define UNDO SX_CLEANUP(undo_dispose) struct undo

void undo_dispose(struct undo *u);
/*
 * Find the change that is meant (`word` and `device` as in which.h) and the command that reverses it in
 * the running domain. scope FLOW_BOTH can become FLOW_CONFIG when the running domain has not got
 * the change. SX_ECONFLICT when it cannot be undone, with what stands in the way.
 */
int undo_find(const struct flow_env *env, const char *word, const char *device,
	      enum flow_scope scope, struct undo *out, struct sx_err *err) SX_MUST;

/* 'undo "WHAT"' of a commit; of an undo 'redo "WHAT"', and so on. Heap string. */
char *undo_subject(const struct history_entry *e);
