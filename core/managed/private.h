/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of this room share. */
#pragma once

#include "domain/resolve.h"
#include "managed/roster.h"

/* Add a guest of that name at the end, with all its texts set. Borrowed until the next is added. */
struct guest *guest_add(struct roster *r, const char *name, const char *uuid);

/* Add the guests that have a configuration, each name once. */
void roster_add_configured(const struct flow_env *env, const struct index_entries *all,
			   struct roster *out);
/* Add the guests that Xen has, or update the one that has the same file or name. */
int roster_add_running(const struct flow_env *env, const struct index_entries *all,
		       struct roster *out, struct sx_err *err) SX_MUST;
/* Add or update the guests that markers know. */
void roster_add_saved(const struct markers *markers, struct roster *out);

/* ---- deed_file.c ---- */

struct deed_file;

/* What its path has now, as in `before` and `after`. SX_ECONFLICT: a directory or the like. */
int deed_file_look(const struct deed_file *f, char **now, struct sx_err *err) SX_MUST;
/*
 * Change the file from `before` to `after`; SX_ECHANGED: it is neither. Can be repeated after a
 * crash. Does not sync its directory.
 */
int deed_file_apply(const struct deed_file *f, struct sx_err *err) SX_MUST;

/* ---- autostart.c ---- */

/*
 * The directory for new configurations, with auto/ in it: the one where xendomains looks if the
 * settings have it, else the first of the settings. Borrowed.
 */
const char *managed_dir(const struct flow_env *env);

/* ---- undefine.c ---- */

/* SX_EGUARD: it runs, is saved, has snapshots. `offline`: without Xen. `done`: "not undefined". */
int undefine_check(const struct flow_env *env, const char *name, bool offline, const char *done,
		   struct sx_err *err) SX_MUST;

/* ---- define.c ---- */

/* The command as typed, with --config: it does not look at the running guest. Heap string. */
char *define_offline(const struct flow_env *env);

/* What is to be defined. */
struct defined {
	char *source; /* real path of the file it is from; "": none */
	char *name;
	char *uuid; /* "" for none */
};

void defined_dispose(struct defined *d);
struct xlcfg;
/* Fill in name (NULL: none) and uuid. */
void defined_read(const struct xlcfg *doc, struct defined *d);
/* SX_EAMBIGUOUS, SX_EGUARD: a configuration, domain or saved guest has its name or uuid. */
int define_check(const struct flow_env *env, const struct defined *d, bool offline,
		 struct sx_err *err) SX_MUST;
/* Where its configuration will be. Heap string. SX_ECONFLICT: something is there. */
int define_place(const struct flow_env *env, const struct defined *d, char **path,
		 struct sx_err *err) SX_MUST;

/* ---- define_stored.c ---- */

struct xlcfg_edits;
/*
 * Write what libxl stored at the domain's creation (live_stored_get) and the running domain does
 * not show. Adds to `left` what cannot be written.
 */
int define_stored(const char *stored, struct xlcfg *doc, struct xlcfg_edits *edits,
		  struct sx_words *left, struct sx_err *err) SX_MUST;
