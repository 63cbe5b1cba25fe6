/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What create and adopt make known: which file a domain is from. */
#pragma once

#include "domain/env.h"
#include "domain/resolve.h"

/* The words of `xl create`, split as main_create in xl_vmcontrol.c does. */
struct create_words {
	const char *config; /* NULL: none given; borrowed */
	struct sx_words extras; /* key=value words */
	bool dry_run; /* -n */
	bool stays; /* -F, -c: xl stays while the guest runs */
	bool valid; /* false: xl would refuse the words */
};

void create_words_split(char *const *words, struct create_words *out);
void create_words_dispose(struct create_words *c);

/* May it be started? SX_EGUARD when a marker forbids it; words that xl refuses are left to xl. */
int create_guard(const struct flow_env *env, char *const *typed, const struct create_words *words,
		 struct sx_err *err) SX_MUST;
/* Run xl's argv for it, with --discard-marker against what forbids it; refuses as create_guard. */
int create_run(const struct flow_env *env, char *const *typed, const struct create_words *words,
	       char *const argv[], int *status, struct sx_err *err) SX_MUST;
/*
 * Before xl create runs: remember the file under the name the domain will have. *remembered
 * false: there is nothing to remember (xl will refuse, or only looks), or the name runs already.
 * `before` keeps what was remembered until now, for create_forget.
 */
struct create_state {
	char *name;
	struct created before;
	bool had_before;
};

int create_remember(const struct flow_env *env, const struct create_words *words,
		    struct create_state *state, bool *remembered, struct sx_err *err) SX_MUST;
/* After xl ended: bind the record to the domain's uuid, or put back what was remembered before. */
int create_settle(const struct flow_env *env, const struct create_state *state, bool succeeded,
		  struct sx_err *err) SX_MUST;
void create_state_dispose(struct create_state *s);

/* Is `path` a file that makes this domain? Another would take up changes in a wrong place. */
int adopt_check(const struct created *c, struct sx_err *err) SX_MUST;
/* `safexl adopt`: this file is the domain's. Heap string: the absolute path. */
int adopt_file(const struct flow_env *env, const char *domain, const char *file, char **path_out,
	       struct sx_err *err) SX_MUST;
