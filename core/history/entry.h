/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of the history shared by history.c, latest.c, blame.c and undo/find.c. */
#pragma once

#include "history/history.h"

/* What follows "KEY: " on the line that begins so, with the lines indented below it; "" without. Heap string. */
char *history_value_of(const char *message, const char *key);
/* Read the message of e->record into the other fields. */
void history_entry_fill(struct history_entry *e, struct repo *repo);
/* When it names no domain and is about one file: the domain that this is of. */
void history_entry_guess(struct history_entry *e);
/* The i-th repository that is read, borrowed; NULL: no more. And what counts in all of them. */
struct repo *history_repo_at(const struct history *h, size_t i);
const struct sx_words *history_places(const struct history *h);
/* What a commit of safexl changed of the domain with this uuid. */
enum history_reach {
	HISTORY_OTHER, /* it says nothing of it */
	HISTORY_ANOTHER, /* that of a domain with another uuid, which ran */
	HISTORY_FILE, /* the file alone, while the domain ran */
	HISTORY_BOTH, /* file and running domain had it then */
};

enum history_reach history_reach_of(const struct history_entry *e, const char *uuid);
/* The `name` in a configuration as the commit has it (as it was, if removed); "" for none. Heap string. */
char *history_name_in(struct repo *repo, const struct repo_touched *t);
