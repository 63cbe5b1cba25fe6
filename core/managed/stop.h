/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which guest can be shut down, and what has become of it afterwards. */
#pragma once

#include "domain/domain.h"

/* What became of a guest that was asked to shut down. */
enum stop_end {
	STOP_OFF, /* Xen does not have it any more */
	STOP_KEPT, /* it has shut down, but Xen still has what is left of it */
	STOP_AGAIN, /* it has shut down, and was started again */
	STOP_RUNS, /* it has not shut down */
};

/*
 * Find the running guest that the word means. *runs false: it does not run; a notice says where it
 * is. SX_EFAIL: it is Domain-0, or cannot shut down in its state (a paused one is accepted with
 * `paused_too`). SX_ENOXEN; SX_ENODOMAIN: it is unknown.
 */
int stop_judge(const struct flow_env *env, const char *word, bool paused_too,
	       struct live_domain *out, bool *runs, struct sx_err *err) SX_MUST;
/*
 * Wait until it has shut down, timeout_s at most, and then a little until Xen has it no more.
 * *waited_s: how long that took.
 */
int stop_wait(const struct live_domain *d, unsigned timeout_s, enum stop_end *end,
	      unsigned *waited_s, struct sx_err *err) SX_MUST;
