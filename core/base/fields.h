/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Named values in order, "mac" = "00:16:3e:00:00:01": what a device of any kind is made of. */
#pragma once

#include "base/vec.h"

struct sx_field {
	char *name;
	char *value;
};

/* A zeroed struct is a valid empty one. No name is there twice. */
struct sx_fields {
	SX_VEC_OF(struct sx_field);
};

#define SX_FIELDS SX_CLEANUP(sx_fields_dispose) struct sx_fields

void sx_fields_dispose(struct sx_fields *f);
/* The value, borrowed until the next change; NULL: no such field. */
const char *sx_fields_get(const struct sx_fields *f, const char *name);
/* Give a field a value (a copy), in its place or at the end. */
void sx_fields_set(struct sx_fields *f, const char *name, const char *value);
void sx_fields_setf(struct sx_fields *f, const char *name, const char *fmt, ...) SX_PRINTF(3, 4);
/* Give it the field if it has none of that name, and the value is not NULL. */
void sx_fields_complete(struct sx_fields *f, const char *name, const char *value);
/* Give it all that the other has. */
void sx_fields_set_all(struct sx_fields *f, const struct sx_fields *from);
void sx_fields_unset(struct sx_fields *f, const char *name);
/* The same names with the same values, in any order. */
bool sx_fields_equal(const struct sx_fields *a, const struct sx_fields *b);
