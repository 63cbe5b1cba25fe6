/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens to guests as the host goes down and comes up: what safexl-domains.service runs. */
#pragma once

#include "domain/env.h"

/* Refuse (SX_EGUARD) when xendomains is enabled, which would start and save the same guests. */
int with_host_alone(const struct flow_env *env, struct sx_err *err) SX_MUST;
/*
 * The guests to start, in order: those of auto/, then by name those that were saved as the host went
 * down.
 */
int with_host_starts(const struct flow_env *env, struct sx_words *names,
		     struct sx_err *err) SX_MUST;
/* The words for those to stop: each that Xen has, Domain-0 and device models apart. */
int with_host_stops(struct sx_words *words, struct sx_err *err) SX_MUST;
