/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A restore in progress, as the parts before and after xl share it. */
#pragma once

#include "guard/saved.h"

struct restore {
	const struct flow_env *env;
	char *const *words;
	struct saved_words split;
	struct guard_discard discard;
	struct saved_image image;
	struct saved_target target;
	struct markers all;
	struct marker *marker; /* in `all`, or `unknown`; NULL: the image has no marker */
	struct marker *unknown; /* made for an image that has no marker */
	enum marker_state judged; /* the marker's state at the verdict */
};

/* After xl ended with this status: write the marker's final state, as Xen and the disks show it. */
int restore_settle(struct restore *r, int status, struct sx_err *err);
