/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by roster*.c. */
#pragma once

#include "domain/resolve.h"
#include "managed/roster.h"

/* A guest of that name, at the end. Its texts are set. */
struct guest *guest_add(struct roster *r, const char *name, const char *uuid);
/* Replace a text of a guest by this heap string. */
void guest_set(char **text, char *value);

/* Those that have a configuration, each name once. */
void roster_add_configured(const struct flow_env *env, const struct index_entries *all,
			   struct roster *out);
/* Those that Xen has; a guest that is there already is the same one when its file is. */
int roster_add_running(const struct flow_env *env, const struct index_entries *all,
		       struct roster *out, struct sx_err *err) SX_MUST;
/* Those that markers know. */
void roster_add_saved(const struct markers *markers, struct roster *out);
/* Which of them a link in auto/ leads to. */
void roster_note_autostart(const struct flow_env *env, struct roster *r);
/* Who changed each of them last. */
int roster_note_changes(const struct flow_env *env, struct roster *r, struct sx_err *err) SX_MUST;
