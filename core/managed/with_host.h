/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens to guests as the host goes down and comes up: what safexl-domains.service runs. */
#pragma once

#include "domain/domain.h"

/* Refuse (SX_EGUARD) when xendomains is enabled, which would start and save the same guests. */
int with_host_alone(const struct flow_env *env, struct sx_err *err) SX_MUST;
/*
 * The guests to start, in order: those of auto/, then by name those that were saved as the host
 * went down.
 */
int with_host_starts(const struct flow_env *env, struct sx_words *names,
		     struct sx_err *err) SX_MUST;
/*
 * Unpause a guest, as a paused one can neither be saved nor shut down. SX_EGUARD: a marker of it is
 * open, so that it may not run; SX_EFAIL: it is still paused.
 */
int with_host_wake(const struct flow_env *env, const struct live_domain *d,
		   struct sx_err *err) SX_MUST;
/* Say that the guest is unpaused. */
void with_host_tell_wake(const struct flow_env *env, const struct live_domain *d);
/* Names or numbers of the guests to stop: all that Xen has but Domain-0 and device models. */
int with_host_stops(struct sx_words *words, struct sx_err *err) SX_MUST;
