/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of completion that both stages share. Private to cmd/. */
#pragma once

#include "complete.h"

/* Finds the candidates that the tables do not have. */
struct complete_source {
	void (*ask)(void *arg, const struct offer_query *q, struct candidates *out);
	void *arg;
};

void complete_at(unsigned xl_version, char *const *words, size_t cword,
		 const struct complete_source *source, struct candidates *out);
