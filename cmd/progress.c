/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Progress of long copies: see progress.h. */
#include "progress.h"

#include "base/clock.h"
#include "base/fill.h"
#include "base/terminal.h"

#include <stdio.h>
#include <unistd.h>

/* Often enough to look live. */
enum { repaint_ms = 200 };

/* In bytes: less is copied before a notice can be read. */
enum { least_told = 1 << 20 };

static void paint(struct progress *p, const char *what, int64_t done, int64_t size)
{
	int64_t ms = sx_now_ms() - p->begun_ms;
	int64_t rate = ms > 0 ? done * 1000 / ms : 0;
	int64_t left = rate > 0 ? (size - done) / rate : 0;
	SX_FREE char *least =
		sx_format("%lld of %lld MiB", (long long)(done >> 20), (long long)(size >> 20));
	SX_FREE char *all =
		sx_format("%pS: %s, %lld MiB/s, %lld:%02lld left", what, least,
			  (long long)(rate >> 20), (long long)(left / 60), (long long)(left % 60));
	size_t width = terminal_width(stderr);

	/* A line that wraps could not be erased: each would add one to the screen. */
	sx_print(stderr, "\r\033[K%s",
		 !width || sx_fill_width(all) < width ? all
		 : sx_fill_width(least) < width	      ? least
						      : "");
	fflush(stderr);
	p->shown_ms = sx_now_ms();
	p->painted = true;
}

void progress_tell(const char *what, int64_t done, int64_t size, void *arg)
{
	struct progress *p = arg;

	if (!p->env->notice)
		return;
	if (done == 0)
		p->begun_ms = sx_now_ms();
	if (!isatty(STDERR_FILENO)) {
		if (done == 0 && size >= least_told)
			flow_notice(p->env, "%s: %lld MiB", what,
				    (long long)((size + (1 << 20) - 1) >> 20));
		return;
	}
	if (done == size)
		progress_end(p);
	else if (done == 0 || sx_now_ms() - p->shown_ms >= repaint_ms)
		paint(p, what, done, size);
}

void progress_end(struct progress *p)
{
	if (p->painted)
		fputs("\r\033[K", stderr);
	p->painted = false;
}
