/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which domain a configuration belongs to, and domains without one (resolve_owner.c). */
#pragma once

#include "domain/resolve.h"

/* Name and uuid in a configuration, also in one that xl cannot read; "": not there. */
struct owner {
	char *name, *uuid;
};

#define OWNER SX_CLEANUP(owner_dispose) struct owner

void owner_read(const struct file_image *file, struct owner *out);
void owner_dispose(struct owner *o);
/* Does the recorded file still belong to the domain, by its present text? */
bool owner_is_kept(const struct created *c, const char *name, const char *uuid,
		   const struct owner *now);

/*
 * The guest behind a name that xl made up: what rename-restart left behind, or either end of a
 * migration. NULL: the name is no such name. Heap string.
 */
char *owner_behind(const char *name);
/* Refuse (SX_ENOCONFIG): such a domain has no configuration. Returns -1. */
int owner_refuse_behind(const char *name, struct sx_err *err);
