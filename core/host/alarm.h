/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A timer whose signal interrupts a blocking call (EINTR), and does nothing else. */
#pragma once

#include "base/err.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* A running timer, and the signal's action and mask to restore. */
struct sx_alarm {
	timer_t timer;
	int64_t end_ms; /* of sx_now_ms */
	int sig;
	struct sigaction action;
	sigset_t mask;
};

/* Interrupt after `ms`, then every 20 ms until alarm_stop; -1 with errno. */
int alarm_start(struct sx_alarm *clock, unsigned ms) SX_MUST;
/* Stop the timer and restore what it changed. Keeps errno. */
void alarm_stop(struct sx_alarm *clock);
/* Is the time over, so that calls were interrupted? */
bool alarm_is_over(const struct sx_alarm *clock);
