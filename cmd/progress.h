/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far something is that takes its time: on a terminal at once, else one line for each part of it. Private to cmd/. */
#pragma once

#include "domain/env.h"

struct progress {
	const struct flow_env *env;
	int64_t begun_ms, shown_ms; /* the part of it, and what is on the terminal */
	bool painted; /* there is a line of ours on the terminal */
};

/* Of `what`, so many bytes are done; `arg` is the struct progress. 0: it begins. */
void progress_tell(const char *what, int64_t done, int64_t size, void *arg);
/* The terminal is as it was. */
void progress_end(struct progress *p);
