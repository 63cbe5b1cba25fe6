/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The core's commands: one handler each, called with a prepared environment. Private to cmd/. */
#pragma once

#include "outcome.h"

#include "change/change.h"

#include <safexl/command.h>

/* One of them: its exit status, or -1 with `err` set. */
typedef int core_handler(const struct sx_invocation *inv, const struct flow_env *env,
			 struct sx_err *err);
core_handler cmd_record, cmd_create, cmd_save, cmd_restore, cmd_migrate, cmd_receive, cmd_where,
	cmd_images, cmd_snapshot, cmd_snapshots, cmd_revert, cmd_backup, cmd_verify, cmd_list_all,
	cmd_start, cmd_stop, cmd_define, cmd_undefine, cmd_autostart, cmd_adopt, cmd_diff, cmd_take,
	cmd_recover, cmd_log, cmd_blame, cmd_edit, cmd_undo, cmd_show, cmd_check;

/* restore of a directory. */
core_handler core_restore_backup;
/* Name the newest backup of a guest that 'restore' did not find saved; -1. */
core_handler core_hint_backup;
/* undo of a commit that brought files or took them away. */
struct history_entry;
int core_undo_files(const struct sx_invocation *inv, const struct flow_env *env,
		    const struct history_entry *entry, struct sx_err *err);

/* Show what a change would do. */
int core_dry_run(const struct sx_invocation *inv, const struct flow_env *env, const char *command,
		 char *const *words, enum flow_scope scope, struct sx_err *err);
/* The words xl would be run with, as a shell would take them; "" with FLOW_CONFIG. `extra_args`: NULL or what
 * is added. Heap string. */
char *core_xl_line(const struct flow_env *env, const char *command, char *const *words,
		   enum flow_scope scope, struct sx_words *extra_args);
/* Show that this is what would be run, and nothing else is to be told. */
void core_would_run(const struct sx_invocation *inv, const char *line);
void core_print_preview(const char *line, const struct change_preview *p);
/* --json has nothing to say of what xl prints. SX_EUSAGE. */
int core_refuse_list(const struct sx_invocation *inv, struct sx_err *err);
/* __complete, asked by a shell's completion: never fails, and needs nothing prepared. */
int cmd_complete(const struct sx_invocation *inv);
/* Of an error that a slip of the fingers is the cause of, say what was probably meant. */
void core_hint_meant(const struct sx_invocation *inv, struct sx_err *err);
/* The shell needs nothing prepared: each of its commands prepares for itself. */
int cmd_shell(const struct sx_invocation *inv, struct sx_err *err);

/* argv for xl: its path, its own options, with -N added for a dry run, then the words as typed. */
void core_xl_words(const struct sx_invocation *inv, bool dry_run, struct sx_words *out);
/* xl ended with this status: so do we. */
int core_end_like(const struct sx_invocation *inv, int status);
/* Become xl: returns only on failure, -1. With --json xl runs as a child; 0: it succeeded. */
int core_exec_xl(const struct sx_invocation *inv, bool dry_run, struct sx_err *err);
