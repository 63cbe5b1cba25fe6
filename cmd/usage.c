/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parses a command's usage for completion: "[-f|--force] <domain> <vdev>|<devid>". So completion
 * follows the usage that people see; cmd/syntax.c adds what it leaves out.
 */
#include "usage.h"

#include <limits.h>
#include <string.h>

void usage_dispose(struct usage *u)
{
	for (size_t i = 0; i < u->options.len; i++) {
		free(u->options.items[i].name);
		free(u->options.items[i].value);
	}
	for (size_t i = 0; i < u->words.len; i++)
		free(u->words.items[i].text);
	sx_vec_free(&u->options);
	sx_vec_free(&u->words);
}

static bool same_option(const struct usage_option *a, const struct usage_option *b)
{
	return (a->letter && a->letter == b->letter) || (a->name && sx_streq(a->name, b->name));
}

/* Add an option, or replace the same one. */
static void add_option(struct usage *u, struct usage_option *option)
{
	sx_each(struct usage_option, old, &u->options) {
		if (!same_option(old, option))
			continue;
		free(old->name);
		free(old->value);
		*old = *option;
		return;
	}
	sx_vec_push(&u->options, *option);
}

/* Add "-f|--force". */
static void add_option_word(struct usage *u, const char *token, size_t len)
{
	struct usage_option option = { 0 };

	for (const char *p = token; p < token + len;) {
		size_t part = strcspn(p, "|");

		if (part > (size_t)(token + len - p))
			part = (size_t)(token + len - p);
		if (sx_starts_with(p, "--") && !option.name)
			option.name = sx_strndup(p + 2, part - 2);
		else if (part == 2)
			option.letter = p[1];
		p += part + 1;
	}
	add_option(u, &option);
}

static void add_word(struct usage *u, const char *token, size_t len)
{
	struct usage_word word = { 0 };

	if (len > 3 && memcmp(token + len - 3, "...", 3) == 0) {
		word.repeats = true;
		len -= 3;
	}
	word.text = sx_strndup(token, len);
	sx_vec_push(&u->words, word);
}

/* Length of a token: up to a blank or bracket outside <>. */
static size_t token_len(const char *p)
{
	size_t len = 0;

	for (bool inside = false; p[len]; len++) {
		if (p[len] == '<' || p[len] == '>')
			inside = p[len] == '<';
		if (!inside && strchr(" []", p[len]))
			break;
	}
	return len;
}

static void take_token(struct usage *u, const char *token, size_t len, bool value)
{
	if ((len == 1 && *token == '|') || (len == 7 && memcmp(token, "options", 7) == 0))
		return;
	if (len == 3 && memcmp(token, "...", 3) == 0) {
		if (u->words.len)
			u->words.items[u->words.len - 1].repeats = true;
	} else if (*token == '-') {
		add_option_word(u, token, len);
	} else if (value) {
		u->options.items[u->options.len - 1].value = sx_strndup(token, len);
	} else {
		add_word(u, token, len);
	}
}

static void read_text(const char *p, struct usage *u)
{
	bool option_before = false;

	while (*p) {
		size_t len = token_len(p);

		if (!len) {
			option_before = option_before && *p == ' ';
			p++;
			continue;
		}
		take_token(u, p, len, option_before && *p != '-' && *p != '|');
		option_before = *p == '-';
		p += len;
		/* A unit right after a word, as in "<size>[b|k]", is no word of its own. */
		if (*p == '[')
			p += strcspn(p, "]");
	}
}

bool usage_has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = words; (p = strstr(p, word)); p += len)
		if ((p == words || p[-1] == ' ') && (p[len] == ' ' || !p[len]))
			return true;
	return false;
}

/* Does the usage contain the option as a whole word? */
static bool usage_has(const char *text, const struct syntax_option *o)
{
	char letter[] = { '-', o->letter, '\0' };
	SX_FREE char *name = o->name ? sx_format("--%s", o->name) : sx_strdup(letter);
	size_t len = strlen(name);

	for (const char *p = text; (p = strstr(p, name)); p += len)
		if ((p == text || strchr(" [|", p[-1])) && (!p[len] || strchr(" ]|", p[len])))
			return true;
	return false;
}

/* Compares names, as front and core each have a copy of the table. */
bool usage_is_twin(const struct sx_command *command)
{
	const struct sx_command *first = sx_command_find(command->name, UINT_MAX, NULL);

	return command->class == SX_OWN && first && first->class != SX_OWN;
}

bool usage_is_of(const struct syntax_option *o, const struct sx_command *command)
{
	if (!usage_has_word(o->commands, command->name))
		return false;
	/* Where xl has a command of that name, options that our usage lacks are xl's. */
	return !usage_is_twin(command) || usage_has(command->usage, o);
}

char *usage_text(const struct sx_command *command)
{
	SX_STR s = { 0 };

	for (const struct syntax_option *o = syntax_options; o->commands; o++) {
		char letter[] = { '-', o->letter, '\0' };

		if (command->class != SX_OWN || !o->help || !usage_is_of(o, command) ||
		    usage_has(command->usage, o))
			continue;
		sx_str_addf(&s, "[%s%s%s%s] ", o->letter ? letter : "--", o->letter ? "" : o->name,
			    o->value ? " " : "", o->value ? o->value : "");
	}
	sx_str_add(&s, command->usage);
	while (s.len && s.data[s.len - 1] == ' ')
		s.data[--s.len] = '\0';
	return s.len ? sx_str_take(&s) : sx_strdup("");
}

int usage_hint(const struct sx_command *command, struct sx_err *err)
{
	SX_FREE char *text = usage_text(command);

	return sx_err_hint(err, "usage: safexl %s%s%s\nsee: safexl help %s", command->name,
			   *text ? " " : "", text, command->name);
}

void usage_read(const struct sx_command *command, unsigned version, struct usage *out)
{
	const char *text = command->usage;

	for (const struct syntax_words *w = syntax_words; w->command; w++)
		if (sx_streq(w->command, command->name))
			text = w->usage;
	read_text(text, out);
	for (const struct syntax_option *o = syntax_options; o->commands; o++) {
		struct usage_option option = { .letter = o->letter, .help = o->help };

		if (!o->help || !usage_is_of(o, command) || (version && o->since > version))
			continue;
		option.name = o->name ? sx_strdup(o->name) : NULL;
		option.value = o->value ? sx_strdup(o->value) : NULL;
		add_option(out, &option);
	}
}

const struct usage_option *usage_option_find(const struct usage *u, const char *word)
{
	size_t len = strcspn(word, "=");

	sx_each(const struct usage_option, o, &u->options) {
		if (word[1] != '-' ? o->letter && o->letter == word[1]
				   : o->name && strlen(o->name) == len - 2 &&
					     memcmp(o->name, word + 2, len - 2) == 0)
			return o;
	}
	return NULL;
}

const struct usage_word *usage_word_at(const struct usage *u, size_t number)
{
	for (size_t i = 0; i < u->words.len; i++)
		if (i == number || (i < number && u->words.items[i].repeats))
			return &u->words.items[i];
	return NULL;
}
