/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths: joining, splitting, escaping, listing, and where the program keeps its files. */
#pragma once

#include "base/err.h"
#include "base/vec.h"

/* The program's paths, each already below SAFEXL_ROOT if that is set. */
struct sx_paths {
	char *root; /* "" or the directory put before each path, without a final slash */
	char *etc; /* /etc/xen */
	char *conf; /* /etc/xen/safexl.conf */
	char *state; /* /var/lib/safexl */
	char *lock; /* /run/safexl; not /run/lock, which is world-writable on Debian */
};

/* Fill in the paths; `root` may be NULL and need not exist. */
void sx_paths_init(struct sx_paths *paths, const char *root);
void sx_paths_dispose(struct sx_paths *paths);

/* "dir/name" without a double slash, or `name` alone if it is absolute. Heap string. */
char *sx_path_join(const char *dir, const char *name);
/*
 * The path made absolute from the directory `cwd`. SX_EUSAGE: it is relative, and `cwd` is "": the
 * user's working directory was removed.
 */
int sx_path_absolute(const char *cwd, const char *path, char **out, struct sx_err *err) SX_MUST;
/* The directory part ("." if there is none) and the last component, as heap strings. */
char *sx_path_dir(const char *path);
char *sx_path_base(const char *path);
/* Create a directory with this mode, and its missing parents with 0755. SX_ECANTWRITE. */
int sx_path_mkdirs(const char *path, unsigned mode, struct sx_err *err) SX_MUST;
/*
 * Append the names in a directory that end in `end` and are not hidden, sorted. A missing directory
 * has none. SX_EFAIL: it cannot be read.
 */
int sx_path_list(const char *dir, const char *end, struct sx_words *out,
		 struct sx_err *err) SX_MUST;
/* As sx_path_list, each name prefixed with the directory. */
int sx_path_list_in(const char *dir, const char *end, struct sx_words *out,
		    struct sx_err *err) SX_MUST;
/*
 * A domain name or path as one safe file name: letters, digits, '.', '_', '-' stay (not a leading
 * dot), other bytes become %NN. Different names give different results; a long one is cut and ends
 * in a hash of the whole. Heap string.
 */
char *sx_path_escape(const char *name);
