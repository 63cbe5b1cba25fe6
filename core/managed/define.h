/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A guest is known by its configuration. Adding one, removing one and starting one with the host:
 * each is refused here, or planned as a deed (deed.h).
 */
#pragma once

#include "managed/deed.h"

/* What is planned, and the lock of its domain. */
struct defining {
	struct sx_lock lock;
	char *name; /* of the domain */
	char *path; /* its configuration, the real path */
	struct deed deed; /* no files: there is nothing to do */
	struct sx_words notices; /* to be shown when it is done */
};

#define DEFINING SX_CLEANUP(defining_dispose) struct defining

void defining_dispose(struct defining *d);
/*
 * Plan to make a file the configuration of its domain, by a copy to NAME.cfg. `offline`: Xen is not
 * asked. SX_ESYNTAX: `check` finds an error in it; SX_EAMBIGUOUS, SX_EGUARD: its name or uuid is
 * taken.
 */
int define_plan(const struct flow_env *env, const char *file, bool offline, struct defining *out,
		struct sx_err *err) SX_MUST;
/* Plan to give a running domain that has none a configuration, written from what it has. */
int define_from_plan(const struct flow_env *env, const char *word, struct defining *out,
		     struct sx_err *err) SX_MUST;
/* Afterwards: the new file becomes that of a domain that was started from the old one. */
int define_remember(const struct flow_env *env, const struct defining *d,
		    struct sx_err *err) SX_MUST;
/*
 * Plan to remove a domain's configuration and its links in auto/. SX_EGUARD while it runs, is saved
 * or has snapshots; `offline`: Xen is not asked.
 */
int undefine_plan(const struct flow_env *env, const char *name, bool offline, struct defining *out,
		  struct sx_err *err) SX_MUST;
/* Afterwards: forget how the domain was created. */
int undefine_forget(const struct flow_env *env, const char *name, struct sx_err *err) SX_MUST;
/*
 * Plan the reverse of a commit that added or removed files. SX_ECONFLICT: they are not as it left
 * them; else as undefine_plan and define_plan.
 */
struct history_entry;
int undo_files_plan(const struct flow_env *env, const struct history_entry *entry, bool offline,
		    struct defining *out, struct sx_err *err) SX_MUST;
/* Plan to have just the link auto/NAME to the domain's configuration (`on`), or none at all. */
int autostart_plan(const struct flow_env *env, const char *name, bool on, struct defining *out,
		   struct sx_err *err) SX_MUST;
