/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interrupting a blocking call after a while: see alarm.h. */
#include "host/alarm.h"
#include "base/clock.h"

#include <errno.h>

/* Its arrival is what ends the blocking call. */
static void on_timer(int sig)
{
	(void)sig;
}

int alarm_start(struct sx_alarm *clock, unsigned ms)
{
	struct sigaction action = { .sa_handler = on_timer };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL };
	/* It repeats, as the first signal may come just before the call blocks. */
	struct itimerspec when = {
		.it_value = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 + 1 },
		.it_interval = { .tv_nsec = 20000000 },
	};
	sigset_t set;

	clock->end_ms = sx_now_ms() + ms;
	/* Not SIGALRM: an alarm that our parent has set for us must stay. */
	clock->sig = SIGRTMAX - 1;
	event.sigev_signo = clock->sig;
	if (timer_create(CLOCK_MONOTONIC, &event, &clock->timer))
		return -1;
	sigemptyset(&set);
	sigaddset(&set, clock->sig);
	sigaction(clock->sig, &action, &clock->action);
	sigprocmask(SIG_UNBLOCK, &set, &clock->mask);
	timer_settime(clock->timer, 0, &when, NULL);
	return 0;
}

void alarm_stop(struct sx_alarm *clock)
{
	int saved = errno;

	timer_delete(clock->timer);
	sigprocmask(SIG_SETMASK, &clock->mask, NULL);
	sigaction(clock->sig, &clock->action, NULL);
	errno = saved;
}

bool alarm_is_over(const struct sx_alarm *clock)
{
	return sx_now_ms() >= clock->end_ms;
}
