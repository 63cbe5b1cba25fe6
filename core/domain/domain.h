/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The running domain that a person's word means, and what state it is in. */
#pragma once

#include "domain/env.h"
#include "xen/live.h"

/* As live_find; that a number is another domain's name, or a configuration's, is said. */
int domain_find(const struct flow_env *env, struct live *live, const char *word,
		struct live_domain *out, struct sx_err *err) SX_MUST;
/* One question to Xen alone, which is left again at once: what the word, or the name, means; what runs. */
int domain_look(const struct flow_env *env, const char *word, struct live_domain *out,
		struct sx_err *err) SX_MUST;
int domain_look_name(const char *name, struct live_domain *out, struct sx_err *err) SX_MUST;
/* Whether a domain of that name is there, and which: that none is, is no error. */
int domain_look_present(const char *name, struct live_domain *out, bool *present,
			struct sx_err *err) SX_MUST;
int domain_look_all(struct live_domains *out, struct sx_err *err) SX_MUST;
/*
 * What xl must be given for the word: it takes digits for a number only, where they are this
 * domain's name. NULL: the word itself. Heap string.
 */
char *domain_number(const char *word, const struct live_domain *d);

/* "running", "paused", "crashed", ...: a constant. */
const char *domain_state(enum live_state state);
/* Does no guest run in it any more? */
bool domain_has_ended(enum live_state state);
/* What it is and what can be done with it, in one line; `config` is its file or "". Heap string. */
char *domain_account(const struct live_domain *d, const char *config);
