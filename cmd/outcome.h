/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The outcome of a command for --json, safexl-json(5). Standard output is for one document at the
 * end; what xl and other programs print there goes to standard error. Private to cmd/.
 */
#pragma once

#include "change/change.h"
#include "domain/event.h"
#include "host/json.h"

#include <safexl/command.h>

struct outcome {
	bool asked; /* --json was given; else the functions below do nothing */
	int kept; /* the real standard output while fd 1 is standard error; else 0 or -1 */
	bool printed;
	bool changed; /* the running guest, its configuration, or safexl's records */
	bool config_only; /* the running guest was left alone on purpose */
	struct json *plan; /* what a dry run would do; NULL: it is none */
	struct json *
		several; /* of a command for several guests: the outcome of each; NULL: one guest */
	int like; /* wait status of xl that safexl repeats at its end; 0: success, or not run */
	char *undone; /* the commit that `undo` reverses; NULL: none */
	struct flow_events events;
};

#define OUTCOME SX_CLEANUP(outcome_dispose) struct outcome

int outcome_begin(struct outcome *o, const struct sx_invocation *inv, struct sx_err *err) SX_MUST;
void outcome_dispose(struct outcome *o);
/* What a dry run would do. `line`: xl's command line, "" for none; `p` NULL: it writes nothing. */
void outcome_plan(struct outcome *o, const char *line, struct change_preview *p);
/* Print the document, as the last action. */
void outcome_print(struct outcome *o, const struct json *j);
/* Print the document of a command that changes things, or of a failure, unless one was printed. */
void outcome_end(struct outcome *o, const struct sx_invocation *inv, const struct sx_err *err);
/*
 * Note xl's wait status, as from waitpid(2): when its own work is done, safexl ends like xl.
 * Returns the handler's exit status.
 */
int outcome_end_like(struct outcome *o, int status);
/* Print the document and end like xl; `like` is not 0. */
SX_NORETURN void outcome_exit_like(struct outcome *o, const struct sx_invocation *inv);
/* Add the outcome of one of several guests: what its safexl printed and its wait status. */
void outcome_add(struct outcome *o, const char *domain, const struct sx_str *text, int status);
