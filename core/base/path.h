/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of files: joining, splitting, and where the program keeps things. */
#pragma once

#include "base/err.h"
#include "base/vec.h"

/* The places of the program, each already below SAFEXL_ROOT when that is set. */
struct sx_paths {
	char *root; /* "" or the directory put before each path, without a final slash */
	char *etc; /* /etc/xen */
	char *conf; /* /etc/xen/safexl.conf */
	char *state; /* /var/lib/safexl */
	char *lock; /* /run/safexl: /run/lock is everybody's on Debian */
};

/* Fill in the places; `root` may be NULL. It need not exist. */
void sx_paths_init(struct sx_paths *paths, const char *root);
void sx_paths_dispose(struct sx_paths *paths);

/* "dir/name" as a heap string, without doubling a slash; an absolute `name` stays alone. */
char *sx_path_join(const char *dir, const char *name);
/*
 * The path as seen from the directory `cwd`, absolute. SX_EUSAGE: it is relative, and `cwd` is "",
 * because the directory the person stands in was removed.
 */
int sx_path_absolute(const char *cwd, const char *path, char **out, struct sx_err *err) SX_MUST;
/* The directory part ("." when there is none) and the last component, as heap strings. */
char *sx_path_dir(const char *path);
char *sx_path_base(const char *path);
/* Create a directory and its parents, the last one with this mode. */
int sx_path_mkdirs(const char *path, unsigned mode, struct sx_err *err) SX_MUST;
/*
 * The names in a directory that end so and are not hidden, in order. One that is not there has none;
 * else SX_EFAIL when it cannot be read.
 */
int sx_path_list(const char *dir, const char *end, struct sx_words *out,
		 struct sx_err *err) SX_MUST;
/* The same, with the directory before each. */
int sx_path_list_in(const char *dir, const char *end, struct sx_words *out,
		    struct sx_err *err) SX_MUST;
/*
 * A domain name or path as one safe file name: letters, digits, '.', '_', '-' stay (not a leading
 * dot), other bytes become %NN. Different names give different results. Heap string.
 */
char *sx_path_escape(const char *name);
