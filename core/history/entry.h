/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this room's files, and other rooms, need of the history beyond history.h. */
#pragma once

#include "history/history.h"

/* The value of "KEY: " in a message, with the indented lines below it; "": none. Heap string. */
char *history_value_of(const char *message, const char *key);
/* Read the message of e->record into the other fields. */
void history_entry_fill(struct history_entry *e, struct repo *repo);
/* If it names no domain and touches one file, take the domain of that file. */
void history_entry_guess(struct history_entry *e);
/* The i-th repository (NULL: no more), and the places that count in all of them; borrowed. */
struct repo *history_repo_at(const struct history *h, size_t i);
const struct sx_words *history_places(const struct history *h);
/* What a commit of safexl changed for the domain with a given uuid. */
enum history_reach {
	HISTORY_OTHER, /* it says nothing about a running domain */
	HISTORY_ANOTHER, /* it is about a running domain with another uuid */
	HISTORY_FILE, /* the file alone, while the domain ran */
	HISTORY_BOTH, /* file and running domain */
};

enum history_reach history_reach_of(const struct history_entry *e, const char *uuid);
/* The `name` in a file after the commit (before it, if removed); "": none. Heap string. */
char *history_name_in(struct repo *repo, const struct repo_touched *t);
