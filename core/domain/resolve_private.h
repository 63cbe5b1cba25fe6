/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose a configuration is, and domains that have none (resolve_owner.c). */
#pragma once

#include "domain/resolve.h"

/* What a text says of itself, read as far as it can be; "" for what it does not say. */
struct owner {
	char *name, *uuid;
};

#define OWNER SX_CLEANUP(owner_dispose) struct owner

void owner_read(const struct file_image *file, struct owner *out);
void owner_dispose(struct owner *o);
/* Is the file that was remembered still the domain's, by what it says now? */
bool owner_is_kept(const struct created *c, const char *name, const char *uuid,
		   const struct owner *now);

/*
 * A name that xl gives a domain on its own: the remains of a rename-restart, either end of a
 * migration. Then the name of the guest that it was or will be; NULL: no such name. Heap string.
 */
char *owner_behind(const char *name);
/* No configuration is such a domain's: says why. Returns -1. */
int owner_refuse_behind(const char *name, struct sx_err *err);
