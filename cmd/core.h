/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands of the core: one handler each, run in a prepared environment. Private to cmd/. */
#pragma once

#include "outcome.h"

#include "change/change.h"

#include <safexl/command.h>

/* Runs one command; returns its exit status, or -1 with `err` set. */
typedef int core_handler(const struct sx_invocation *inv, const struct flow_env *env,
			 struct sx_err *err);
core_handler cmd_record, cmd_create, cmd_save, cmd_restore, cmd_migrate, cmd_receive, cmd_where,
	cmd_images, cmd_snapshot, cmd_snapshots, cmd_revert, cmd_backup, cmd_verify, cmd_list_all,
	cmd_start, cmd_stop, cmd_define, cmd_undefine, cmd_autostart, cmd_adopt, cmd_diff, cmd_take,
	cmd_recover, cmd_log, cmd_blame, cmd_edit, cmd_undo, cmd_show, cmd_check;

/* `restore` of a backup's directory. */
core_handler core_restore_backup;
/* After `restore` found no saved guest: hint at the newest backup of that name. Always -1. */
core_handler core_hint_backup;
/* `undo` of a commit that added or removed configuration files. */
struct history_entry;
int core_undo_files(const struct sx_invocation *inv, const struct flow_env *env,
		    const struct history_entry *entry, struct sx_err *err);

/* Show what a change would do. */
int core_dry_run(const struct sx_invocation *inv, const struct flow_env *env, const char *command,
		 char *const *words, enum flow_scope scope, struct sx_err *err);
/*
 * The command line of xl, quoted for a shell; "" with FLOW_CONFIG. `extra_args` are added; NULL:
 * none. Heap string.
 */
char *core_xl_line(const struct flow_env *env, const char *command, char *const *words,
		   enum flow_scope scope, struct sx_words *extra_args);
/* Report a dry run that would run this command line and write nothing. */
void core_would_run(const struct sx_invocation *inv, const char *line);
void core_print_preview(const char *line, const struct change_preview *p);
/* Refuse --json for arguments with which xl only lists. SX_EUSAGE. */
int core_refuse_list(const struct sx_invocation *inv, struct sx_err *err);
/* __complete for a shell: never fails, prepares its own environment. */
int cmd_complete(const struct sx_invocation *inv);
/* If a typing mistake may be the cause of the error, hint at the probable command line. */
void core_hint_meant(const struct sx_invocation *inv, struct sx_err *err);
/* The interactive shell. It needs no environment: each of its commands prepares its own. */
int cmd_shell(const struct sx_invocation *inv, struct sx_err *err);

/* argv for xl: its path, its own options, -N for a dry run, then the words as typed. */
void core_xl_words(const struct sx_invocation *inv, bool dry_run, struct sx_words *out);
/* xl ended with this wait status: safexl will end likewise. Returns the handler's exit status. */
int core_end_like(const struct sx_invocation *inv, int status);
/* Become xl; returns only on failure, -1. With --json run a child and return its status. */
int core_exec_xl(const struct sx_invocation *inv, bool dry_run, struct sx_err *err);
