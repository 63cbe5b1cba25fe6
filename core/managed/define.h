/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A guest is known by its configuration. What brings one in, takes one out, and has one start with
 * the host: each is planned here as a deed (deed.h), with everything that stands against it.
 */
#pragma once

#include "managed/deed.h"

/* What is planned, and the lock of its domain. */
struct defining {
	struct sx_lock lock;
	char *name; /* of the domain */
	char *path; /* its configuration, the real path */
	struct deed deed; /* no files: there is nothing to do */
	struct sx_words notices; /* to be said when it is done */
};

#define DEFINING SX_CLEANUP(defining_dispose) struct defining

void defining_dispose(struct defining *d);
/*
 * A file becomes the configuration of its domain: it is copied to NAME.cfg. As undefine_plan; SX_ESYNTAX:
 * `check` finds an error in it; SX_EAMBIGUOUS: its name or uuid is taken.
 */
int define_plan(const struct flow_env *env, const char *file, bool offline, struct defining *out,
		struct sx_err *err) SX_MUST;
/* A running domain that has none gets a configuration, written from what it has. */
int define_from_plan(const struct flow_env *env, const char *word, struct defining *out,
		     struct sx_err *err) SX_MUST;
/* It is done: a domain that was started from the file has the new one from now on. */
int define_remember(const struct flow_env *env, const struct defining *d,
		    struct sx_err *err) SX_MUST;
/*
 * A domain's configuration and its links in auto/ go. SX_EGUARD while it runs or is saved; `offline`: Xen
 * is not asked.
 */
int undefine_plan(const struct flow_env *env, const char *name, bool offline, struct defining *out,
		  struct sx_err *err) SX_MUST;
/* It is done: what safexl remembered of how the domain was created goes. */
int undefine_forget(const struct flow_env *env, const char *name, struct sx_err *err) SX_MUST;
/*
 * The reverse of a commit that brought files or took them away. SX_ECONFLICT: they are not any more as
 * it left them; else as undefine_plan.
 */
struct history_entry;
int undo_files_plan(const struct flow_env *env, const struct history_entry *entry, bool offline,
		    struct defining *out, struct sx_err *err) SX_MUST;
/* The link auto/NAME comes (`on`) or all that lead to its configuration go. */
int autostart_plan(const struct flow_env *env, const char *name, bool on, struct defining *out,
		   struct sx_err *err) SX_MUST;
