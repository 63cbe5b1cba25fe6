/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A timer whose signal interrupts a call that blocks (EINTR), and does nothing else. */
#pragma once

#include "base/err.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* A running timer, with what was there before. */
struct sx_alarm {
	timer_t timer;
	int64_t end_ms; /* of sx_now_ms */
	int sig;
	struct sigaction action;
	sigset_t mask;
};

/* Interrupt after this time, again and again until alarm_stop; -1 with errno. */
int alarm_start(struct sx_alarm *clock, unsigned ms) SX_MUST;
/* Keeps errno. */
void alarm_stop(struct sx_alarm *clock);
/* Whether its time is over, so that calls were interrupted. */
bool alarm_is_over(const struct sx_alarm *clock);
