/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a guest is shut down, and seen to be. */
#pragma once

#include "domain/domain.h"

/* What became of a guest that was asked to shut down. */
enum stop_end {
	STOP_OFF, /* Xen does not have it any more */
	STOP_KEPT, /* it has shut down, and nothing clears it */
	STOP_AGAIN, /* it has shut down, and was started again */
	STOP_RUNS, /* it has not shut down */
};

/*
 * The running guest that a person means by a word. *runs false: it does not run, and where it is was said.
 * One that could not shut down as it is, or is no guest: SX_EFAIL; one that is paused is none of these for
 * `paused_too`. SX_ENOXEN; SX_ENODOMAIN: nobody knows it.
 */
int stop_judge(const struct flow_env *env, const char *word, bool paused_too,
	       struct live_domain *out, bool *runs, struct sx_err *err) SX_MUST;
/*
 * Wait until it has shut down, at most that long, and a little for what clears it. *waited_s: how long
 * that took.
 */
int stop_wait(const struct live_domain *d, unsigned timeout_s, enum stop_end *end,
	      unsigned *waited_s, struct sx_err *err) SX_MUST;
