/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The saved images that have markers. */
#pragma once

#include "guard/marker.h"

/* One saved image. */
struct guard_image {
	const struct marker *marker; /* in `markers` */
	unsigned long long size; /* bytes */
	bool exists;
	char *verdict; /* "" when it can be restored, else why not */
	bool dead; /* can never be restored: prune removes it */
};

struct guard_images {
	SX_VEC_OF(struct guard_image);
	struct markers markers;
};

void guard_images_dispose(struct guard_images *v);
int guard_images_find(const struct flow_env *env, struct guard_images *out,
		      struct sx_err *err) SX_MUST;
/* Remove image and marker of each dead one (not with -N), with a notice. *bytes: adds the space. */
int guard_images_prune(const struct flow_env *env, const struct guard_images *images,
		       unsigned long long *bytes, struct sx_err *err) SX_MUST;
