/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ordered name-value pairs, "mac" = "00:16:3e:00:00:01": the fields of a device of any kind. */
#pragma once

#include "base/vec.h"

struct sx_field {
	char *name;
	char *value;
};

/* A zeroed struct is a valid empty set. Names are unique. */
struct sx_fields {
	SX_VEC_OF(struct sx_field);
};

#define SX_FIELDS SX_CLEANUP(sx_fields_dispose) struct sx_fields

void sx_fields_dispose(struct sx_fields *f);
/* The value, borrowed until the next change; NULL: no such field. */
const char *sx_fields_get(const struct sx_fields *f, const char *name);
/* Set a field to a copy of the value: in place if the name exists, else at the end. */
void sx_fields_set(struct sx_fields *f, const char *name, const char *value);
void sx_fields_setf(struct sx_fields *f, const char *name, const char *fmt, ...) SX_PRINTF(3, 4);
/* Set a field only if the name does not exist and the value is not NULL. */
void sx_fields_complete(struct sx_fields *f, const char *name, const char *value);
/* Set every field of `from`. */
void sx_fields_set_all(struct sx_fields *f, const struct sx_fields *from);
void sx_fields_unset(struct sx_fields *f, const char *name);
/* The same names with the same values, in any order. */
bool sx_fields_equal(const struct sx_fields *a, const struct sx_fields *b);
