/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A guest's name where a file is meant: a word without '/' that is no file here stands for the
 * guest's saved image, or for its configuration. Never guesses: none or several is an error.
 */
#pragma once

#include "domain/env.h"

struct markers;

/*
 * The words of one of xl's commands as xl is to be given them: where create, config-update, save,
 * restore or migrate take a file, a name's place is taken by the path of the file, which a notice
 * tells. SX_ENOCONFIG, SX_EAMBIGUOUS, SX_ESYNTAX, SX_ENODOMAIN.
 */
int named_words(const struct flow_env *env, const char *command, char *const *words,
		struct sx_words *out, struct sx_err *err) SX_MUST;
/* The image among these that holds the saved guest, a heap string; NULL: none. SX_EAMBIGUOUS. */
int named_saved(const struct markers *all, const char *name, char **image,
		struct sx_err *err) SX_MUST;
/* The configuration that one word stands for, a heap string; NULL: the word is a path itself. */
int named_config(const struct flow_env *env, const char *word, char **path,
		 struct sx_err *err) SX_MUST;
/* The same; a notice tells what a name was taken for, and *path is the word itself else. */
int named_file(const struct flow_env *env, const char *word, char **path,
	       struct sx_err *err) SX_MUST;
/* Of an image that is to be adopted: one that is known already stands for its guest's name. */
int named_adopted(const struct flow_env *env, const char *word, char **path,
		  struct sx_err *err) SX_MUST;
