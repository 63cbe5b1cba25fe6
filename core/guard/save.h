/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A save in progress, as its three files share it: before xl, around it, after it. */
#pragma once

#include "domain/domain.h"
#include "guard/saved.h"

struct save {
	const struct flow_env *env;
	const struct save_still *still; /* NULL: an ordinary save */
	char *const *words;
	struct saved_words split;
	char *image; /* absolute path of the image to be */
	struct saved_image there; /* the image that is there now, if any */
	struct live_domain domain;
	struct live_disks disks;
	struct live_memory memory;
	struct marker *marker; /* begun when the domain is found */
	struct markers over; /* markers of the saved states that this image replaces */
};

/*
 * Before xl runs: check what forbids the save (SX_EGUARD), write the marker and create the
 * temporary file. A dry run only checks.
 */
int save_mark(struct save *s, struct sx_err *err);
/*
 * After the save: if it replaced the images of `over`, report them as discarded; else return their
 * markers to the state before save_mark.
 */
int save_end_over(struct save *s, struct sx_err *err);
/* After xl ended with this status: complete or undo the save, as Xen and the file show. */
int save_ended(struct save *s, int status, struct sx_err *err);
