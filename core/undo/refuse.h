/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a commit cannot be undone, and what to do about it. */
#pragma once

#include "history/history.h"

struct undo_refusal {
	struct repo *repo;
	const char *commit; /* full id */
	const char *path;
	const char *domain;
	const struct sx_str *before, *after; /* the file's text before and after the commit */
	const struct sx_str *present;
};

/* Set SX_ECONFLICT with what stands in the way, such as later commits; returns -1. */
int undo_refuse(const struct undo_refusal *r, struct sx_err *err);
