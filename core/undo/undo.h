/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reverses one recorded change by a change of its own: the file gets back what the commit took from
 * it, the running domain by the command that reverses it.
 */
#pragma once

#include "change/change.h"
#include "history/history.h"

/* What an undo will do. */
struct undo {
	struct history_entry entry; /* the commit */
	struct history *history; /* that it is from */
	char *domain;
	struct sx_words words; /* for change_run; from the fourth on the reversing command's */
	enum flow_scope scope;
	char *note; /* a notice to show first; NULL: none */
	/*
	 * The commit added or removed files: managed/define.h undoes that, and only entry and
	 * history are filled in.
	 */
	bool files;
};

#define UNDO SX_CLEANUP(undo_dispose) struct undo

void undo_dispose(struct undo *u);
/*
 * Find the change to undo (`word` and `device` as in which.h) and the command that reverses it in
 * the running domain. FLOW_BOTH becomes FLOW_CONFIG if the running domain does not have the change.
 * SX_ECONFLICT: it cannot be undone, with what stands in the way.
 */
int undo_find(const struct flow_env *env, const char *word, const char *device,
	      enum flow_scope scope, struct undo *out, struct sx_err *err) SX_MUST;

/* 'undo "WHAT"' for a commit, 'redo "WHAT"' for an undo, and so on. Heap string. */
char *undo_subject(const struct history_entry *e);
