/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a domain to its one configuration file, and the record that create and adopt keep of it.
 * Never guesses: none or several is an error that names the candidates.
 */
#pragma once

#include "domain/env.h"
#include "host/file.h"
#include "xlcfg/xlcfg.h"

#include <stdint.h>
#include <sys/stat.h>

/* Which file a domain was created from, or which one was adopted as its own. */
struct created {
	char *name;
	char *uuid; /* of the domain; "" until it is known */
	char *path; /* absolute; "" when the text came from a stream or there was none */
	char *own_name; /* `name` in that file; "": not known */
	char *how; /* "create" or "adopt" */
	struct sx_words overrides; /* keys given on the command line of create */
	struct sx_words extras; /* the key=value arguments */
	char *start; /* the file's text at the start; "" when not known */
	/* Which start: a later one of the same uuid may have used another text. */
	uint32_t domid;
	long long started; /* see live_started */
};

#define CREATED SX_CLEANUP(created_dispose) struct created

void created_dispose(struct created *c);
/* The record of this name; *found false: there is none. */
int created_load(const struct flow_env *env, const char *name, struct created *out, bool *found,
		 struct sx_err *err) SX_MUST;
/*
 * As created_load for a domain that may have been renamed since: by name, else by its uuid ("": not
 * running).
 */
int created_find(const struct flow_env *env, const char *name, const char *uuid,
		 struct created *out, bool *found, struct sx_err *err) SX_MUST;
/* The files of all records. */
void created_files(const struct flow_env *env, struct sx_words *out);
int created_save(const struct flow_env *env, const struct created *c, struct sx_err *err) SX_MUST;
int created_forget(const struct flow_env *env, const char *name, struct sx_err *err) SX_MUST;
/*
 * safexl changed `name` in the file of a running domain: record that the file is still the
 * domain's. `may_add` false: only if the file was recorded already.
 */
int created_follow(const struct flow_env *env, const char *name, const char *uuid, const char *path,
		   bool may_add, struct sx_err *err) SX_MUST;

struct resolved {
	char *path; /* as found, symlinks not resolved */
	struct sx_words overrides; /* keys that create's command line overrode */
};

#define RESOLVED SX_CLEANUP(resolved_dispose) struct resolved

void resolved_dispose(struct resolved *r);
/*
 * The file of the domain `name` (uuid "": not running): the recorded one if it is still the
 * domain's, else the only one in config_dirs with its uuid, else with its name. SX_ENOCONFIG,
 * SX_EAMBIGUOUS, SX_ESYNTAX.
 */
int resolve_domain(const struct flow_env *env, const char *name, const char *uuid,
		   struct resolved *out, struct sx_err *err) SX_MUST;

struct index_entries;
/* As resolve_domain, among the entries of an earlier scan. */
int resolve_among(const struct flow_env *env, const struct index_entries *all, const char *name,
		  const char *uuid, struct resolved *out, struct sx_err *err) SX_MUST;

/*
 * Does the file's present text still make this domain? Its uuid decides, else its name; `also` is a
 * name that the domain is about to get (or NULL). SX_ENOCONFIG: it is another domain's.
 */
int resolve_check_owner(const struct flow_env *env, const char *name, const char *uuid,
			const char *also, const struct file_image *file,
			struct sx_err *err) SX_MUST;

/* All configurations in a directory (absolute paths, no symlinks), for the first commit. */
int resolve_list(const char *dir, struct sx_words *out, struct sx_err *err) SX_MUST;

/* ---- the index: facts about every configuration, kept between runs (index.c) ---- */

/* Identifies a version of a file: any change of its content changes one of these. */
struct index_id {
	uint64_t dev, ino, size;
	int64_t mtime_s, ctime_s;
	uint32_t mtime_ns, ctime_ns;
};

/* Texts are borrowed from the index_entries. */
struct index_entry {
	const char *path;
	const char *name; /* "" when it has none or is unreadable */
	const char *uuid; /* lower case, "" when it has none */
	bool unreadable;
	int64_t memory_mib, vcpus; /* as xl reads the file; 0: not known */
	struct index_id id;
};

struct index_store;

struct index_entries {
	SX_VEC_OF(struct index_entry);
	struct index_store *store; /* the kept index, with the texts of unchanged files */
	struct sx_words texts; /* texts of the other files */
	struct sx_words passed_over; /* text files over 1 MiB, too large for configurations */
	size_t may_read; /* how many more files may be read; later names are guesses */
};

/*
 * Look at every configuration in config_dirs, each file once; unchanged ones are not read. With
 * env->glance some names may be guesses.
 */
int index_scan(const struct flow_env *env, struct index_entries *out, struct sx_err *err) SX_MUST;
/* Read and add a file from elsewhere, unless it is no configuration. */
void index_add(struct index_entries *e, const char *path);
void index_dispose(struct index_entries *e);
/* The entry whose file has this name, with or without ".cfg", or path; NULL: none. Borrowed. */
const struct index_entry *index_called(const struct index_entries *e, const char *word);
/*
 * By its name, is this file of a configuration directory none: xl.conf, a backup, ...? See
 * index_name.c.
 */
bool index_ignores(const char *name);
