/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One restore on its way, between what comes before xl and what comes after it. */
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
	struct marker *marker; /* in `all`, or `unknown`; NULL: nothing is known of the image */
	struct marker *unknown; /* made for an image without a marker that goes through */
	enum marker_state judged; /* the marker's state at the verdict */
};

/* After xl has ended with the wait status: what the marker says now, as Xen and the disks show it. */
int restore_settle(struct restore *r, int status, struct sx_err *err);
