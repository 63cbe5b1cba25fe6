/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Progress of long copies: a live line on a terminal, else one notice at the start of each part.
 * Private to cmd/.
 */
#pragma once

#include "domain/env.h"

struct progress {
	const struct flow_env *env;
	int64_t begun_ms, shown_ms; /* start of this part; last repaint */
	bool painted; /* our line is on the terminal */
};

/* `done` of `size` bytes of `what` are done; 0 at the start. `arg` is the struct progress. */
void progress_tell(const char *what, int64_t done, int64_t size, void *arg);
/* Erase our line from the terminal. */
void progress_end(struct progress *p);
