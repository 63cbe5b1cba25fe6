/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One restore on its way. */
#pragma once

#include "backup/private.h"
#include "managed/define.h"

#include <sys/stat.h>

struct restoring {
	const struct flow_env *env;
	const struct restore_options *options;
	bool again; /* one that was interrupted: what it wrote is no reason against it */
	bool moved; /* a disk goes to another path than it had */
	struct backup_look look; /* objects: where each disk goes */
	struct file_sums sums; /* of its files, which are what they say */
	struct unfinished u;
	struct unfinished
		before; /* another one, interrupted, that it takes the place of; guest NULL: none */
	struct sx_str text; /* of the configuration as it will be */
	char *config; /* the file that it takes the place of; NULL: there is none */
	struct defining defining; /* then */
	char *image; /* where the memory goes; NULL: nowhere */
};

/* The backup, whole, with the guest that it will be. SX_EGUARD: it is not whole. */
int restore_look(struct restoring *r, const char *word, struct sx_err *err);
/* Everything that can be refused is; nothing was changed. */
int restore_plan(struct restoring *r, struct sx_err *err);
/* Where each disk goes: an object of its own, that is no part of the backup. */
int restore_places(struct restoring *r, struct sx_err *err);
/* Was the place of that disk given with --disk? */
bool restore_is_typed(const struct restoring *r, const struct snapshot_disk *d);
/* Refuse where that disk would go: `why` it cannot be put there. SX_EGUARD, always. */
int restore_refuse_place(const struct restoring *r, const struct snapshot_disk *d, const char *why,
			 struct sx_err *err);
/* What is not a place for disks is refused; `st`: of what is there, NULL: nothing is. SX_EGUARD. */
int restore_check_place(const struct restoring *r, const struct snapshot_disk *d,
			const struct stat *st, struct sx_err *err);
/* It, as it was typed, with more options, and without what was said of the disk `vdev` (NULL: of none). Heap string. */
char *restore_command(const struct restoring *r, const char *more, const char *vdev);
/* The text of the configuration as it will be: other paths of disks, another name. */
int restore_text(struct restoring *r, struct sx_err *err);
/* Go on with one that was interrupted. */
int restore_again(const struct flow_env *env, const struct unfinished *u, struct sx_err *err);
