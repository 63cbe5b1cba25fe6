/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by roster*.c, and by deed*.c. */
#pragma once

#include "domain/resolve.h"
#include "managed/roster.h"

/* A guest of that name, at the end. Its texts are set. */
struct guest *guest_add(struct roster *r, const char *name, const char *uuid);

/* Those that have a configuration, each name once. */
void roster_add_configured(const struct flow_env *env, const struct index_entries *all,
			   struct roster *out);
/* Those that Xen has; a guest that is there already is the same one when its file is. */
int roster_add_running(const struct flow_env *env, const struct index_entries *all,
		       struct roster *out, struct sx_err *err) SX_MUST;
/* Those that markers know. */
void roster_add_saved(const struct markers *markers, struct roster *out);

/* ---- deed_file.c ---- */

struct deed_file;

/* What its path has now, as `before` and `after` say it. A directory and the like: SX_ECONFLICT. */
int deed_file_look(const struct deed_file *f, char **now, struct sx_err *err) SX_MUST;
/*
 * Make it be as `after` says, if that is not so and it is as `before` says; else SX_ECHANGED. Safe to
 * be done again after a crash. Its directory is not synced.
 */
int deed_file_apply(const struct deed_file *f, struct sx_err *err) SX_MUST;

/* ---- autostart.c ---- */

/*
 * Where configurations are put, with auto/ in it: where xendomains looks, when that is a directory of the
 * settings; else the first of these. Borrowed.
 */
const char *managed_dir(const struct flow_env *env);

/* ---- undefine.c ---- */

/* SX_EGUARD: it runs, or it is saved. `offline`: Xen is not asked. `done`: "not undefined". */
int undefine_check(const struct flow_env *env, const char *name, bool offline, const char *done,
		   struct sx_err *err) SX_MUST;

/* ---- define.c ---- */

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
/* SX_EAMBIGUOUS, SX_EGUARD: its name or uuid is taken by a configuration, a domain or a saved guest. */
int define_check(const struct flow_env *env, const struct defined *d, bool offline,
		 struct sx_err *err) SX_MUST;
/* Where its configuration will be. Heap string. SX_ECONFLICT: something is there. */
int define_place(const struct flow_env *env, const struct defined *d, char **path,
		 struct sx_err *err) SX_MUST;

/* ---- define_stored.c ---- */

struct xlcfg_edits;
/*
 * Write what libxl keeps of the domain as it was made (live_stored_get) and the running domain does not
 * tell; what cannot be written is added to `left`.
 */
int define_stored(const char *stored, struct xlcfg *doc, struct xlcfg_edits *edits,
		  struct sx_words *left, struct sx_err *err) SX_MUST;
