/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The intent record of a change, written before the guest is touched: one file per change in the
 * state directory, removed when the change is done or withdrawn.
 */
#pragma once

#include "change/change.h"
#include "host/proc.h"

struct journal_entry {
	char *file; /* of the entry itself */
	char *damage; /* why not to act upon it: only file and name are valid then. NULL: sound */
	char *family; /* command name */
	struct sx_words words;
	struct sx_words facts; /* of the family's `discover` */
	char *cwd;
	enum flow_scope scope;
	char *name; /* of a damaged entry: from its file's name, escaped; "" when that has none */
	char *uuid;
	char *path; /* the configuration, real path */
	char *old_text; /* what the plan was made on */
	char *new_text; /* what the plan made of it; NULL: the file needs no edit */
	char *staged; /* the staged file, "" when there is none */
	char *message; /* of the commit */
	struct repo_person author;
	char *command; /* the command line, as shown */
	char *boot_id;
	struct proc_id owner;
};

struct journal_entries {
	SX_VEC_OF(struct journal_entry);
};

void journal_entry_dispose(struct journal_entry *e);
void journal_entries_dispose(struct journal_entries *e);

/* Write the entry, and the staged file it names, durably; fills in file, boot_id and owner. */
int journal_write(const struct flow_env *env, struct journal_entry *e, struct sx_err *err) SX_MUST;
/* Rewrite the entry after planning again, durably and with its staged file. */
int journal_replan(struct journal_entry *e, const char *old_text, const char *new_text,
		   const char *staged, struct sx_err *err) SX_MUST;
/* Note xl's process. Not durable: after a crash of the host no process is left anyway. */
int journal_child(const struct journal_entry *e, const struct proc_id *child,
		  struct sx_err *err) SX_MUST;
/* Read xl's process; *started false: xl was never started. */
int journal_child_read(const struct journal_entry *e, bool *started, struct proc_id *child,
		       struct sx_err *err) SX_MUST;
/* Remove the entry, as the change is done or withdrawn. */
int journal_close(const struct journal_entry *e, struct sx_err *err) SX_MUST;

/* All entries whose writer is gone, or unknown as they are unreadable; oldest first. */
int journal_orphans(const struct flow_env *env, struct journal_entries *out,
		    struct sx_err *err) SX_MUST;
/* Is it about the domain of this name? */
bool journal_is_about(const struct journal_entry *e, const char *name);
/* Is the entry still there and its writer gone? To be asked again under the domain's lock. */
bool journal_is_orphan(const struct journal_entry *e);
