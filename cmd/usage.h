/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which arguments a command takes, read from its usage and cmd/syntax.c. Private to cmd/. */
#pragma once

#include <safexl/command.h>

/*
 * Texts hold alternatives separated by '|': "<kind>" stands for any thing of that kind, a text with
 * '=' for a key and its value, any other for itself.
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
/* The option that was typed as `word` ("-f", "--force", "--message=x"); NULL: none. */
const struct usage_option *usage_option_find(const struct usage *u, const char *word);
/* What may stand as this argument (from 0); NULL: nothing. */
const struct usage_word *usage_word_at(const struct usage *u, size_t number);

/* ---- cmd/syntax.c: what the usages leave out ---- */

/*
 * An option of a command. Usages of xl's commands name only the important ones; for safexl's own
 * commands this table has all, and the parser uses it.
 */
struct syntax_option {
	const char *commands; /* separated by blanks */
	char letter;
	const char *name, *value; /* as in struct usage_option */
	const char *help; /* NULL: a synonym of another option, understood but not shown */
	unsigned since; /* first xl that has it, 417 for 4.17 and before */
};

/* A usage for completion, where the one shown is not a plain sequence of arguments. */
struct syntax_words {
	const char *command, *usage;
};

/* Both end with a NULL. */
extern const struct syntax_option syntax_options[];
extern const struct syntax_words syntax_words[];

/* Does xl have a command of the same name, as with `list --all`? */
bool usage_is_twin(const struct sx_command *command);
/* Is `word` in this blank-separated list? */
bool usage_has_word(const char *words, const char *word);
/* Is it an option of this command? */
bool usage_is_of(const struct syntax_option *option, const struct sx_command *command);
/* The usage for people; safexl's own commands with all options. Heap string. */
char *usage_text(const struct sx_command *command);
/* Add the usage as a hint. Always -1. */
int usage_hint(const struct sx_command *command, struct sx_err *err);
