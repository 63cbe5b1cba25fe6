/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a domain to its one configuration file, and what is remembered about that: the record made
 * by create and adopt. Never guesses: none or several is an error that names the candidates.
 */
#pragma once

#include "domain/env.h"
#include "host/file.h"
#include "xlcfg/xlcfg.h"

#include <stdint.h>
#include <sys/stat.h>

/* Which file a domain was created from, or adopted to. */
struct created {
	char *name;
	char *uuid; /* of the domain it made; "" until that is known */
	char *path; /* absolute; "" when it was made without a file that stays */
	char *own_name; /* what that file calls its domain; "": not known */
	char *how; /* "create" or "adopt" */
	struct sx_words overrides; /* keys given on the command line of create */
	struct sx_words extras; /* those words themselves */
	char *start; /* the file's text then; "" when it is not known */
	/* The start that this is about: a later one with the same uuid may be from another text. */
	uint32_t domid;
	long long started; /* see live_started */
};

#define CREATED SX_CLEANUP(created_dispose) struct created

void created_dispose(struct created *c);
/* *found false: nothing is remembered of that name. */
int created_load(const struct flow_env *env, const char *name, struct created *out, bool *found,
		 struct sx_err *err) SX_MUST;
/*
 * The same for a running domain, which may have been renamed since: by name, else by its uuid
 * ("": not running).
 */
int created_find(const struct flow_env *env, const char *name, const char *uuid,
		 struct created *out, bool *found, struct sx_err *err) SX_MUST;
/* All files that domains are remembered to have been created from. */
void created_files(const struct flow_env *env, struct sx_words *out);
int created_save(const struct flow_env *env, const struct created *c, struct sx_err *err) SX_MUST;
int created_forget(const struct flow_env *env, const char *name, struct sx_err *err) SX_MUST;
/*
 * The `name` in the file of a running domain was changed through safexl: it stays the domain's.
 * `may_add` false: only where the file was remembered already.
 */
int created_follow(const struct flow_env *env, const char *name, const char *uuid, const char *path,
		   bool may_add, struct sx_err *err) SX_MUST;

struct resolved {
	char *path; /* as found; a symlink is followed when it is read */
	struct sx_words overrides; /* keys that the command line of create overrode */
};

#define RESOLVED SX_CLEANUP(resolved_dispose) struct resolved

void resolved_dispose(struct resolved *r);
/*
 * The file of the domain called `name`, uuid "" when it is not running: the one recorded if it still
 * says so, else the only one in config_dirs with its uuid, else with its name. SX_ENOCONFIG,
 * SX_EAMBIGUOUS, SX_ESYNTAX.
 */
int resolve_domain(const struct flow_env *env, const char *name, const char *uuid,
		   struct resolved *out, struct sx_err *err) SX_MUST;

struct index_entries;
/* The same among the entries of a scan that was made already. */
int resolve_among(const struct flow_env *env, const struct index_entries *all, const char *name,
		  const char *uuid, struct resolved *out, struct sx_err *err) SX_MUST;

/*
 * Does the text that the file holds now still say that it makes this domain? By its uuid, else by
 * its name, or by `also`, a name that the domain is to get (may be NULL). SX_ENOCONFIG: it is another's.
 */
int resolve_check_owner(const struct flow_env *env, const char *name, const char *uuid,
			const char *also, const struct file_image *file,
			struct sx_err *err) SX_MUST;

/* All configurations of one directory (absolute paths), for the first commit. */
int resolve_list(const char *dir, struct sx_words *out, struct sx_err *err) SX_MUST;

/* ---- the index: what is asked of every configuration, kept between runs (index.c) ---- */

/* A file as it was when it was read: any change of its content changes one of these. */
struct index_id {
	uint64_t dev, ino, size;
	int64_t mtime_s, ctime_s;
	uint32_t mtime_ns, ctime_ns;
};

/* Texts are borrowed from the entries as a whole. */
struct index_entry {
	const char *path;
	const char *name; /* "" when it has none or cannot be read */
	const char *uuid; /* lower case, "" when it has none */
	bool unreadable;
	int64_t memory_mib, vcpus; /* what xl makes of the file; 0: not known */
	struct index_id id;
};

struct index_store;

struct index_entries {
	SX_VEC_OF(struct index_entry);
	struct index_store *store; /* what was kept: texts of unchanged files are in it */
	struct sx_words texts; /* those of the others */
	struct sx_words passed_over; /* texts over 1 MiB, which is taken for no configuration */
	size_t may_read; /* how many of those more; their names are guesses then */
};

/*
 * Look at every configuration of the directories, each file once; unchanged ones are not read.
 * With env->glance the name of a file may be a guess.
 */
int index_scan(const struct flow_env *env, struct index_entries *out, struct sx_err *err) SX_MUST;
/* Add a file that lies elsewhere, read; nothing when it is none. */
void index_add(struct index_entries *e, const char *path);
void index_dispose(struct index_entries *e);
/* The one whose file is called so, with or without ".cfg"; NULL: none. Borrowed. */
const struct index_entry *index_called(const struct index_entries *e, const char *word);
/*
 * Is a file of this name in a configuration directory no configuration: xl.conf, a backup, ...? See
 * index_name.c.
 */
bool index_ignores(const char *name);
