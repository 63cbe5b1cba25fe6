/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Corrects a mistyped word: see meant.h. */
#include "meant.h"

#include "base/near.h"

#include <ctype.h>
#include <string.h>

static void ask_nobody(void *arg SX_UNUSED, const struct offer_query *q SX_UNUSED,
		       struct candidates *out SX_UNUSED)
{
}

/* The part before '=' of "key=value" or "--name=value". Heap string. */
static char *stem_of(const char *word)
{
	return sx_strndup(word, strcspn(word, "="));
}

/*
 * Do the names differ in a number or in the last letter, as web1 and web2, xvda and xvdb? Then each
 * may exist: never suggest the neighbour of a name that was typed.
 */
static bool is_neighbour(const char *a, const char *b)
{
	static const char digits[] = "0123456789";
	size_t same = 0;

	while (a[same] && a[same] == b[same])
		same++;
	if (a[same] && b[same] && !a[same + 1] && !b[same + 1])
		return true;
	for (;; a++, b++) {
		a += strcspn(a, digits);
		b += strcspn(b, digits);
		if (*a != *b || !*a)
			return *a != *b;
	}
}

/* Options, commands and keys are fixed words; anything else is a name that people chose. */
static bool is_name(const struct candidate *c)
{
	return c->text[0] != '-' && !strchr(c->text, '=') && !sx_command_find(c->text, 0, NULL);
}

/* The word to type for it: for a configuration or image the guest's name. Heap string. */
static char *known_word(const struct candidate *c)
{
	const char *guest = c->description ? c->description : "";

	return c->file ? sx_strndup(guest, strcspn(guest, ",")) : stem_of(c->text);
}

/* May it replace the word: an option by an option, key=value by a key? */
static bool is_of_form(const struct candidate *c, const char *word)
{
	return word[0] == '-' ? c->text[0] == '-' : !strchr(word, '=') == !strchr(c->text, '=');
}

/* The nearest candidate; NULL: none is near, or the word itself is a candidate. Heap string. */
static char *nearest(const struct candidates *all, const char *word)
{
	SX_FREE char *stem = stem_of(word);
	SX_FREE char *found = NULL;
	size_t slips = 0;

	sx_each(const struct candidate, c, all) {
		SX_FREE char *known = known_word(c);

		if (sx_streq(stem, known))
			return NULL;
		if (!is_of_form(c, word) || (is_name(c) && is_neighbour(stem, known)) ||
		    !sx_is_nearer(stem, known, &slips))
			continue;
		sx_put(&found, sx_steal(&known));
	}
	return sx_steal(&found);
}

char *meant_line(unsigned version, char *const *typed, size_t at,
		 const struct complete_source *source)
{
	static const struct complete_source nobody = { ask_nobody, NULL };
	const char *word = typed[at];
	SX_FREE char *found = NULL;
	SX_WORDS words = { 0 };
	CANDIDATES all = { 0 };
	SX_STR line = { 0 };

	if (word[0] == '-' && word[1] != '-')
		return NULL;
	sx_words_add(&words, "safexl");
	for (size_t i = 0; i < at; i++)
		sx_words_add(&words, typed[i]);
	sx_words_add(&words, word[0] == '-' ? "--" : "");
	complete_at(version, sx_words_argv(&words), at + 1, source ? source : &nobody, &all);
	found = nearest(&all, word);
	if (!found)
		return NULL;
	sx_put(&words.items[at + 1], sx_format("%s%s", found, word + strcspn(word, "=")));
	for (size_t i = at + 1; typed[i]; i++)
		sx_words_add(&words, typed[i]);
	sx_str_add_words(&line, sx_words_argv(&words));
	return sx_str_take(&line);
}

char *meant_commands(unsigned version, const char *word)
{
	SX_STR list = { 0 };

	for (const struct sx_command *c = sx_commands; *word && c->name; c++)
		if ((!version || c->since <= version) && sx_starts_with(c->name, word))
			sx_str_addf(&list, "%s%s", list.len ? ", " : "", c->name);
	return list.len ? sx_str_take(&list) : NULL;
}

/* Does the text contain the word, but not as a part of a longer word? */
static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = text; len && (p = strstr(p, word)); p++)
		if ((p == text || !(isalnum((unsigned char)p[-1]) || p[-1] == '-')) &&
		    !(isalnum((unsigned char)p[len]) || p[len] == '-'))
			return true;
	return false;
}

void meant_hint(unsigned version, char *const *typed, const struct complete_source *source,
		struct sx_err *err)
{
	for (size_t i = 0; err->msg && typed[i]; i++) {
		SX_FREE char *stem = stem_of(typed[i]);
		SX_FREE char *line = NULL;

		if (!has_word(err->msg, stem))
			continue;
		line = meant_line(version, typed, i, source);
		if (!line)
			continue;
		sx_err_hint(err, "did you mean: %s%s%s", line, err->hint ? "\n" : "",
			    err->hint ? err->hint : "");
		return;
	}
}
