/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which change a person means to undo. */
#pragma once

#include "history/history.h"
#include "xen/live.h"

/*
 * Find the change to undo. `word` is a commit, or a guest (one that runs, that a configuration or
 * the history names, or a file): then its last change, or with `device` the last one of that device
 * or key as blame names it. NULL: the last change that safexl recorded. `live` NULL: no Xen.
 * SX_EAMBIGUOUS: the word is both; SX_ECONFLICT: there is none, or it is an undo itself.
 */
int which_change(const struct flow_env *env, struct live *live, struct history *all,
		 const char *word, const char *device, struct history_entry *out,
		 struct sx_err *err) SX_MUST;

/* Did a command of safexl make the commit? */
bool which_is_recorded(const struct history_entry *e);
