/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Create and adopt: both record which file a domain belongs to. */
#pragma once

#include "domain/env.h"
#include "domain/resolve.h"

/* The arguments of `xl create`, split as main_create in xl_vmcontrol.c does. */
struct create_words {
	const char *config; /* NULL: none given; borrowed */
	struct sx_words extras; /* key=value arguments */
	bool dry_run; /* -n */
	bool stays; /* -F, -c: xl stays while the guest runs */
	bool valid; /* false: xl would refuse the arguments */
};

void create_words_split(char *const *words, struct create_words *out);
void create_words_dispose(struct create_words *c);

/* SX_EGUARD when a marker forbids the start. Arguments that xl refuses pass: xl reports them. */
int create_guard(const struct flow_env *env, char *const *typed, const struct create_words *words,
		 struct sx_err *err) SX_MUST;
/* Refuse as create_guard, or run xl's argv; with --discard-marker it overrides the marker. */
int create_run(const struct flow_env *env, char *const *typed, const struct create_words *words,
	       char *const argv[], int *status, struct sx_err *err) SX_MUST;
/*
 * Before xl create runs: record the file under the domain's future name. *remembered false: there
 * is nothing to record (xl will refuse, or runs dry), or a domain of that name runs already.
 * `before` keeps the previous record for create_settle.
 */
struct create_state {
	char *name;
	struct created before;
	bool had_before;
};

int create_remember(const struct flow_env *env, const struct create_words *words,
		    struct create_state *state, bool *remembered, struct sx_err *err) SX_MUST;
/* After xl ended: add the domain's uuid to the record, or put back the previous record. */
int create_settle(const struct flow_env *env, const struct create_state *state, bool succeeded,
		  struct sx_err *err) SX_MUST;
void create_state_dispose(struct create_state *s);

/* SX_ECONFLICT, SX_ESYNTAX: c->path does not make this domain; changes would go to a wrong file. */
int adopt_check(const struct created *c, struct sx_err *err) SX_MUST;
/* `safexl adopt`: make this file the domain's. Heap string: the absolute path. */
int adopt_file(const struct flow_env *env, const char *domain, const char *file, char **path_out,
	       struct sx_err *err) SX_MUST;
