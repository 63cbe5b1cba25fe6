/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A guest's name in place of a file: an argument without '/' that is no file here stands for the
 * guest's saved image, or for its configuration. Never guesses: none or several is an error.
 */
#pragma once

#include "domain/env.h"

struct markers;

/*
 * The arguments of an xl command, ready for xl: where create, config-update, save, restore or
 * migrate take a file, the file's path replaces a guest's name, and a notice says so. SX_ENOCONFIG,
 * SX_EAMBIGUOUS, SX_ESYNTAX, SX_ENODOMAIN.
 */
int named_words(const struct flow_env *env, const char *command, char *const *words,
		struct sx_words *out, struct sx_err *err) SX_MUST;
/* Which of these images holds the saved guest, a heap string; NULL: none. SX_EAMBIGUOUS. */
int named_saved(const struct markers *all, const char *name, char **image,
		struct sx_err *err) SX_MUST;
/* The configuration that an argument stands for, a heap string; NULL: it is a path itself. */
int named_config(const struct flow_env *env, const char *word, char **path,
		 struct sx_err *err) SX_MUST;
/* As named_config, with a notice when a name was replaced; *path is never NULL. */
int named_file(const struct flow_env *env, const char *word, char **path,
	       struct sx_err *err) SX_MUST;
/* As named_file for an image to adopt: a guest's name stands for its image with a marker. */
int named_adopted(const struct flow_env *env, const char *word, char **path,
		  struct sx_err *err) SX_MUST;
