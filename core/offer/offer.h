/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The things that a word can be completed to: domains, their devices, configurations, images,
 * hosts. cmd/complete.c asks for them, and knows what may stand where. Only reads.
 */
#pragma once

#include "base/candidate.h"
#include "domain/env.h"

struct offer_query {
	const char *kind; /* as in the usage between < and >: "domain", "vdev", "key=value" */
	const char *command; /* full name */
	char *const *words; /* arguments before the word, without options */
	size_t count;
	char *const *typed; /* all words between the command and the word, as typed */
	size_t typed_count;
	const char *word; /* the part that was typed */
	bool known; /* domains that have a configuration, running or not; their devices there */
};

/* Add candidates that begin with the word; paths and configurations also match by other names. */
void offer_find(const struct flow_env *env, const struct offer_query *q, struct candidates *out);
/* Does offer_find know this kind? */
bool offer_knows(const char *kind);
