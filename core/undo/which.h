/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which change is to be undone, as a person names it. */
#pragma once

#include "history/history.h"
#include "xen/live.h"

/*
 * `word` is a commit, or a guest whose last change is meant: one that runs or that a configuration
 * names, or its file; with `device`, the last change of that device or key, as blame names it. NULL:
 * the last one that safexl recorded. `live` NULL: no Xen. SX_EAMBIGUOUS: the word is both;
 * SX_ECONFLICT: there is none, or it is an undo itself.
 */
int which_change(const struct flow_env *env, struct live *live, struct history *all,
		 const char *word, const char *device, struct history_entry *out,
		 struct sx_err *err) SX_MUST;

/* Is it a commit that a command of safexl made? */
bool which_is_recorded(const struct history_entry *e);
