/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one command came to, for --json: safexl-json(5). Standard output is safexl's alone: what xl and
 * other programs print there goes to standard error, and at the end there is one document. Private to cmd/.
 */
#pragma once

#include "change/change.h"
#include "domain/event.h"
#include "host/json.h"

#include <safexl/command.h>

struct outcome {
	bool asked; /* --json: without it all below does nothing */
	int kept; /* standard output, as long as number 1 is standard error; -1: it is not */
	bool printed;
	bool changed; /* the running guest, the configuration, or what safexl knows */
	bool config_only; /* the running guest was not to be changed */
	struct json *plan; /* of a dry run; NULL: it is none */
	struct json *
		several; /* of a command for several guests: what each of them came to; NULL: it is for one */
	int like; /* how xl ended, which is the end of safexl too; 0: well, or it did not run */
	char *undone; /* the commit that is undone; NULL: none */
	struct flow_events events;
};

#define OUTCOME SX_CLEANUP(outcome_dispose) struct outcome

void outcome_begin(struct outcome *o, const struct sx_invocation *inv);
void outcome_dispose(struct outcome *o);
/* What would be done. `line`: the command, "" for none; `p` NULL: nothing would be written. */
void outcome_plan(struct outcome *o, const char *line, struct change_preview *p);
/* Print a document: the last thing that is done. */
void outcome_print(struct outcome *o, const struct json *j);
/* The document of a command that changes, also of one that fails; unless something was printed. */
void outcome_end(struct outcome *o, const struct sx_invocation *inv, const struct sx_err *err);
/*
 * xl ended with this status, as from waitpid(2): in the end safexl ends like it, when its own work is
 * done. The exit status of the handler.
 */
int outcome_end_like(struct outcome *o, int status);
/* That end; there was such a status. */
SX_NORETURN void outcome_exit_like(struct outcome *o, const struct sx_invocation *inv);
/* One of several guests: what its own safexl printed, NULL for nothing, and how that ended. */
void outcome_add(struct outcome *o, const char *domain, const struct sx_str *text, int status);
