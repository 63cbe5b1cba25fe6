/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Candidates from the tables alone: commands, options, and which kind of thing an argument is.
 * Stage one uses it too, and asks the core only for kinds that need a look at the system.
 */
#include "complete_at.h"
#include "usage.h"

#include <limits.h>
#include <string.h>

/* The command line, as far as it is typed. */
struct place {
	const struct sx_command *command;
	unsigned version;
	struct usage usage;
	struct sx_words before; /* arguments after the command, without options and their values */
	char *const *typed; /* all words after the command */
	size_t typed_count;
	bool ended; /* "--" was typed */
	const struct usage_option *waiting; /* option whose value is the next word */
	bool known;
	const char *word; /* at the cursor */
};

static void add_if(struct candidates *out, const char *word, const char *text, const char *help,
		   char after)
{
	if (sx_starts_with(text, word))
		candidates_add(out, text, help, after);
}

static void add_commands(unsigned version, const char *word, struct candidates *out)
{
	for (const struct sx_command *c = sx_commands; c->name; c++)
		if (!version || c->since <= version)
			add_if(out, word, c->name, c->summary, ' ');
}

static void add_option(struct candidates *out, const char *word, char letter, const char *name,
		       const char *help)
{
	char text[] = { '-', letter, '\0' };
	SX_FREE char *spelled = name ? sx_format("--%s", name) : NULL;

	if (letter)
		add_if(out, word, text, help, ' ');
	if (name)
		add_if(out, word, spelled, help, ' ');
}

static void add_global_options(const char *word, struct candidates *out)
{
	for (const struct sx_option *o = sx_option_table; o->letter || o->name; o++)
		add_option(out, word, o->letter, o->name, o->help);
}

static bool is_placeholder(const char *text, size_t len)
{
	return *text == '<' && strcspn(text, ">") + 1 == len;
}

/* Where a command takes key=value, a word with '=' is not a file, at any position. */
static bool is_assignment(const struct place *p, const char *word)
{
	const struct usage_word *here = usage_word_at(&p->usage, p->before.len);

	if (!strchr(word, '=') || (here && strstr(here->text, "<domain>")))
		return false;
	for (size_t i = 0; i < p->usage.words.len; i++) {
		const char *text = p->usage.words.items[i].text;

		if (!is_placeholder(text, strlen(text)) && strchr(text, '='))
			return true;
	}
	return false;
}

/* The option whose value is the next word: in a word of letters only the last one. */
static const struct usage_option *waits_behind(const struct usage *u, const char *word)
{
	const struct usage_option *option = usage_option_find(u, word);

	if (word[1] == '-')
		return option && option->value && !strchr(word, '=') ? option : NULL;
	for (const char *letter = word + 1; *letter; letter++) {
		option = usage_option_find(u, (char[]){ '-', *letter, '\0' });
		if (option && option->value)
			return letter[1] ? NULL : option;
	}
	return NULL;
}

static void read_word(struct place *p, const char *word)
{
	if (p->waiting) {
		p->waiting = NULL;
	} else if (!p->ended && sx_streq(word, "--")) {
		p->ended = true;
	} else if (!p->ended && word[0] == '-' && word[1]) {
		p->waiting = waits_behind(&p->usage, word);
	} else if (!is_assignment(p, word)) {
		sx_words_add(&p->before, word);
	}
}

static void add_own_options(const struct place *p, struct candidates *out)
{
	sx_each(const struct usage_option, o, &p->usage.options)
		add_option(out, p->word, o->letter, o->name, o->help);
	add_option(out, p->word, '\0', "help", "show the help of this command");
}

/* After a command of safexl's own, the options that may also stand before it. */
static void add_global_choices(struct place *p)
{
	for (const struct sx_option *o = sx_option_table; o->letter || o->name; o++) {
		struct usage_option option = { .letter = o->letter, .help = o->help };

		if (p->command->class != SX_OWN || !o->commands ||
		    !sx_option_applies(o, p->command))
			continue;
		option.name = o->name ? sx_strdup(o->name) : NULL;
		option.value = o->value ? sx_strdup("<text>") : NULL;
		sx_vec_push(&p->usage.options, option);
	}
}

/* Candidates of one alternative: a kind of thing, a key, or literal text. */
static void add_alternative(const struct place *p, const char *text, size_t len, size_t skip,
			    const struct complete_source *source, struct candidates *out)
{
	SX_FREE char *kind = NULL;
	struct offer_query q = { .command = p->command->name,
				 .words = p->before.items,
				 .count = p->before.len,
				 .typed = p->typed,
				 .typed_count = p->typed_count,
				 .word = p->word + skip,
				 .known = p->known };

	if (is_placeholder(text, len))
		kind = sx_strndup(text + 1, len - 2);
	else if (memchr(text, '=', len))
		kind = sx_strdup("key=value");
	else
		kind = sx_strndup(text, len);
	q.kind = kind;
	if (sx_streq(kind, "command")) {
		add_commands(p->version, q.word, out);
	} else if (is_placeholder(text, len) || strchr(kind, '=')) {
		source->ask(source->arg, &q, out);
	} else {
		/* "node:<nodes>": only the literal start is offered. */
		char *open = strchr(kind, '<');

		if (open)
			*open = '\0';
		add_if(out, q.word, kind, NULL, open ? '\0' : ' ');
	}
}

/* Up to the next '|' outside <>. */
static size_t alternative_len(const char *text)
{
	size_t len = 0;

	for (bool inside = false; text[len] && (inside || text[len] != '|'); len++)
		if (text[len] == '<' || text[len] == '>')
			inside = text[len] == '<';
	return len;
}

/* The first `skip` bytes of the word, "--name=", stay before each candidate. */
static void add_alternatives(const struct place *p, const char *text, size_t skip,
			     const struct complete_source *source, struct candidates *out)
{
	size_t first = out->len;

	while (*text) {
		size_t len = alternative_len(text);

		/* Skip configuration files if something was found: bare names would hide it. */
		if (out->len == first || !sx_starts_with(text, "<config-file>"))
			add_alternative(p, text, len, skip, source, out);
		text += len + (text[len] == '|');
	}
	for (size_t i = first; skip && i < out->len; i++) {
		struct candidate *c = &out->items[i];
		SX_FREE char *tail = c->text;

		c->text = sx_format("%.*s%s", (int)skip, p->word, tail);
	}
}

static void add_word(const struct place *p, const struct complete_source *source,
		     struct candidates *out)
{
	const struct usage_word *here = usage_word_at(&p->usage, p->before.len);
	const char *equals = strchr(p->word, '=');
	const struct usage_option *option;

	if (p->waiting) {
		add_alternatives(p, p->waiting->value, 0, source, out);
	} else if (!p->ended && p->word[0] == '-' && p->word[1] == '-' && equals) {
		option = usage_option_find(&p->usage, p->word);
		if (option && option->value)
			add_alternatives(p, option->value, (size_t)(equals + 1 - p->word), source,
					 out);
	} else if (!p->ended && p->word[0] == '-') {
		add_own_options(p, out);
		if (here && strchr(here->text, '-') && here->text[0] != '-')
			add_alternatives(p, here->text, 0, source, out);
	} else if (is_assignment(p, p->word)) {
		add_alternatives(p, "key=value", 0, source, out);
	} else if (here) {
		add_alternatives(p, here->text, 0, source, out);
	}
}

void complete_at(unsigned version, char *const *words, size_t cword,
		 const struct complete_source *source, struct candidates *out)
{
	SX_CLEANUP(sx_options_dispose) struct sx_options options = { 0 };
	struct place p = { .version = version, .word = words[cword] };
	SX_WORDS copy = { 0 };
	SX_ERR ignored = { 0 };
	int at;

	for (size_t i = 0; i < cword; i++)
		sx_words_add(&copy, words[i]);
	if (sx_options_parse((int)cword, sx_words_argv(&copy), &options, &at, &ignored))
		return;
	if ((size_t)at == cword) {
		if (p.word[0] != '-' || sx_streq(words[cword - 1], "--"))
			add_commands(version, p.word, out);
		else
			add_global_options(p.word, out);
	} else {
		p.command = sx_command_find(words[at], version ? version : UINT_MAX, NULL);
		if (!p.command)
			return;
		p.known = options.config || p.command->class == SX_OWN;
		usage_read(p.command, version, &p.usage);
		add_global_choices(&p);
		p.typed = words + at + 1;
		p.typed_count = cword - (size_t)at - 1;
		for (size_t i = (size_t)at + 1; i < cword; i++)
			read_word(&p, words[i]);
		add_word(&p, source, out);
		usage_dispose(&p.usage);
		sx_words_dispose(&p.before);
	}
	candidates_sort(out);
}

static void note_asked(void *arg, const struct offer_query *q SX_UNUSED,
		       struct candidates *out SX_UNUSED)
{
	*(bool *)arg = true;
}

bool complete_plain(unsigned version, char *const *words, size_t cword, struct candidates *out)
{
	bool asked = false;
	struct complete_source source = { note_asked, &asked };

	complete_at(version, words, cword, &source, out);
	if (asked)
		candidates_dispose(out);
	return !asked;
}
