/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What there is to complete a word to: domains, their devices, configurations, images, hosts.
 * Asked by cmd/complete.c, which knows what may stand where. Reads only.
 */
#pragma once

#include "base/candidate.h"
#include "domain/env.h"

struct offer_query {
	const char *kind; /* as the usage has it between < and >: "domain", "vdev", "key=value" */
	const char *command; /* in full */
	char *const *words; /* those before it behind the command, options left out */
	size_t count;
	char *const *typed; /* the same with all words, as they stand there */
	size_t typed_count;
	const char *word; /* what was typed of it */
	bool known; /* domains: those that have a configuration, running or not */
};

/* Add what begins with the word (for paths and names of configurations: what fits it). */
void offer_find(const struct flow_env *env, const struct offer_query *q, struct candidates *out);
/* Is it a kind that offer_find has an answer for? */
bool offer_knows(const char *kind);
