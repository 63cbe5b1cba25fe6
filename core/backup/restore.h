/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A restore under way. */
#pragma once

#include "backup/private.h"
#include "managed/define.h"

#include <sys/stat.h>

struct restoring {
	const struct flow_env *env;
	const struct restore_options *options;
	bool again; /* it continues an interrupted one: what that wrote is no obstacle */
	bool moved; /* a disk goes to another path than it had */
	struct backup_look look; /* objects: where each disk goes */
	struct file_sums sums; /* of its files, verified */
	struct unfinished u;
	struct unfinished
		before; /* another one, interrupted, that this one replaces; guest NULL: none */
	struct sx_str text; /* of the configuration as it will be */
	char *config; /* the file that gets it; NULL: a new file */
	struct defining defining; /* of a new file */
	char *image; /* where the memory goes; NULL: nowhere */
};

/* Verify the backup and fill in r->u: which guest it will be. SX_EGUARD: it is damaged. */
int restore_look(struct restoring *r, const char *word, struct sx_err *err);
/* Refuse everything that must be refused, and plan the rest. Changes nothing yet. */
int restore_plan(struct restoring *r, struct sx_err *err);
/* Choose where each disk goes: a file or device of its own, not in the backup. */
int restore_places(struct restoring *r, struct sx_err *err);
/* Was the place of that disk given with --disk? */
bool restore_is_typed(const struct restoring *r, const struct snapshot_disk *d);
/* Refuse the place of that disk with `why`. Always -1, SX_EGUARD. */
int restore_refuse_place(const struct restoring *r, const struct snapshot_disk *d, const char *why,
			 struct sx_err *err);
/* SX_EGUARD: the disk's path is no place for disks. `st`: of what is there; NULL: nothing. */
int restore_check_place(const struct restoring *r, const struct snapshot_disk *d,
			const struct stat *st, struct sx_err *err);
/* The command as typed, with more options, and --disk VDEV=PATH if `vdev` is given. Heap string. */
char *restore_command(const struct restoring *r, const char *more, const char *vdev);
/* Fill in r->text, the configuration as it will be: with other disk paths, or another name. */
int restore_text(struct restoring *r, struct sx_err *err);
/* Continue an interrupted restore. */
int restore_again(const struct flow_env *env, const struct unfinished *u, struct sx_err *err);
