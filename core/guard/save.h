/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One save on its way, between the three files that see it through: before xl, xl, after xl. */
#pragma once

#include "domain/domain.h"
#include "guard/saved.h"

struct save {
	const struct flow_env *env;
	const struct save_still *still; /* NULL: a save of its own */
	char *const *words;
	struct saved_words split;
	char *image; /* where the image shall be, absolute */
	struct saved_image there; /* the image that is there, if any */
	struct live_domain domain;
	struct live_disks disks;
	struct live_memory memory;
	struct marker *marker; /* begun when the domain is found */
	struct markers over; /* markers of the saved states that this image replaces */
};

/*
 * Before xl runs: what forbids the save is met (SX_EGUARD), the marker is on disk, and the temporary
 * file that xl writes to is there.
 */
int save_mark(struct save *s, struct sx_err *err);
/*
 * The markers whose place the save was to take end when the new image has its name; else they are as
 * they were before save_mark.
 */
int save_end_over(struct save *s, struct sx_err *err);
/* After xl has ended with the wait status: settles what came of it, as Xen and the file show it. */
int save_ended(struct save *s, int status, struct sx_err *err);
