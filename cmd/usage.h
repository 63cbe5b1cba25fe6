/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may stand behind a command, read from its usage and cmd/syntax.c. Private to cmd/. */
#pragma once

#include <safexl/command.h>

/*
 * Texts hold alternatives with '|' between: "<kind>" is any thing of that kind, anything with '=' a key
 * with its value, all else stands for itself.
 */
struct usage_option {
	char letter; /* '\0': none */
	char *name; /* without dashes; NULL: none */
	char *value; /* NULL: takes none */
	const char *help; /* NULL: none; borrowed */
};

struct usage_word {
	char *text;
	bool repeats;
};

struct usage {
	struct {
		SX_VEC_OF(struct usage_option);
	} options;
	struct {
		SX_VEC_OF(struct usage_word);
	} words;
};

#define USAGE SX_CLEANUP(usage_dispose) struct usage

void usage_read(const struct sx_command *command, unsigned version, struct usage *out);
void usage_dispose(struct usage *u);
/* The option that is typed so ("-f", "--force", "--message=x"); NULL: none. */
const struct usage_option *usage_option_find(const struct usage *u, const char *word);
/* What may stand as the word of this number (from 0); NULL: nothing. */
const struct usage_word *usage_word_at(const struct usage *u, size_t number);

/* ---- cmd/syntax.c: what the usages do not say ---- */

/*
 * An option of a command. Of xl's, usages name the few that matter most; those of safexl's own commands
 * are all here, and are read by this table.
 */
struct syntax_option {
	const char *commands; /* with blanks between */
	char letter;
	const char *name, *value; /* as in struct usage_option */
	const char *help; /* NULL: another name of one that has it, which is only understood */
	unsigned since; /* the xl that has it first, 417 for 4.17 and before */
};

/* Another usage than the one that is shown, where that is no plain sequence of words. */
struct syntax_words {
	const char *command, *usage;
};

/* Both end with a NULL. */
extern const struct syntax_option syntax_options[];
extern const struct syntax_words syntax_words[];

/* Is it safexl's own beside one of xl's of that name, as `list --all`? */
bool usage_is_twin(const struct sx_command *command);
/* Is it among these, which have blanks between them? */
bool usage_has_word(const char *words, const char *word);
/* Is it an option of this command? */
bool usage_is_of(const struct syntax_option *option, const struct sx_command *command);
/* The usage as a person reads it: of safexl's own commands with all options. Heap string. */
char *usage_text(const struct sx_command *command);
/* Hint at it. Always -1. */
int usage_hint(const struct sx_command *command, struct sx_err *err);
