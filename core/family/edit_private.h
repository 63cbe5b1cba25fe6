/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by edit*.c. */
#pragma once

#include "family/edit.h"

/* Path of the base: the text that the copy in this directory was made from. Heap string. */
char *edit_base_of(const char *dir);
/* Make a copy of e->path: sets dir and copy. */
int edit_copy_make(const struct flow_env *env, struct edit *e, struct sx_err *err) SX_MUST;
