/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which running domain an argument means, and its state. */
#pragma once

#include "domain/env.h"
#include "xen/live.h"

/* As live_find; a notice says so when the number is also the name of another domain. */
int domain_find(const struct flow_env *env, struct live *live, const char *word,
		struct live_domain *out, struct sx_err *err) SX_MUST;
/* One question to Xen, each with a connection of its own: the domain of a word, of a name; all. */
int domain_look(const struct flow_env *env, const char *word, struct live_domain *out,
		struct sx_err *err) SX_MUST;
int domain_look_name(const char *name, struct live_domain *out, struct sx_err *err) SX_MUST;
/* As domain_look_name, but an absent domain is no error: *present is false. */
int domain_look_present(const char *name, struct live_domain *out, bool *present,
			struct sx_err *err) SX_MUST;
int domain_look_all(struct live_domains *out, struct sx_err *err) SX_MUST;
/*
 * What to give xl for the word: xl takes digits for a number, so the domain's number if they are
 * its name. NULL: the word itself. Heap string.
 */
char *domain_number(const char *word, const struct live_domain *d);

/* "running", "paused", "crashed", ...: a constant. */
const char *domain_state(enum live_state state);
/* Does no guest run in it any more? */
bool domain_has_ended(enum live_state state);
/* Its state and what can be done, in one line; `config` is its file or "". Heap string. */
char *domain_account(const struct live_domain *d, const char *config);
