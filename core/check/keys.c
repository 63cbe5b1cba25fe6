/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of a configuration and the form of their values: what xl accepts and what it ignores. */
#include "spec/keys.h"
#include "check/bounds.h"
#include "check/private.h"
#include "xlcfg/guest.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

static void check_known(struct inspect *in, const struct xlcfg *doc, const char *name,
			const struct config_key *key)
{
	const struct config_key *near = key ? NULL : config_key_nearest(name);
	size_t line = xlcfg_key_line(doc, name);
	unsigned have = in->options->xl_version;

	if (near) {
		inspect_add(in, line, INSPECT_ERROR, "unknown-key",
			    "xl does not know the key '%s' and ignores it; did you mean "
			    "'%s'?",
			    name, near->name);
	} else if (!key) {
		inspect_add(in, line, INSPECT_WARNING, "unknown-key",
			    "xl does not know the key '%s' and ignores it", name);
	} else if (key->instead) {
		inspect_add(in, line, INSPECT_WARNING, "old-key", "'%s' is obsolete: use '%s'",
			    name, key->instead);
	} else if (have && key->since > have) {
		inspect_add(in, line, INSPECT_WARNING, "new-key",
			    "'%s' is for xl of Xen %u.%u or later: this one ignores it", name,
			    key->since / 100, key->since % 100);
	}
}

static bool is_choice(const char *choices, const char *word)
{
	size_t len = strlen(word);

	while (*choices) {
		size_t n = strcspn(choices, " ");

		if (n == len && strncasecmp(choices, word, n) == 0)
			return true;
		choices += n + strspn(choices + n, " ");
	}
	return false;
}

/* xl reads a long and keeps 32 bits of it. Keys in bounds.h have limits of their own. */
static void check_range(struct inspect *in, size_t line, const struct config_key *key, long value)
{
	for (const char *const *bounded = bounds_keys; *bounded; bounded++)
		if (sx_streq(key->name, *bounded))
			return;
	if (value < INT32_MIN || value > UINT32_MAX)
		inspect_add(in, line, INSPECT_ERROR, "bounds",
			    "%s = %ld: xl has no room for such a number", key->name, value);
}

static void check_no_number(struct inspect *in, size_t line, const struct config_key *key,
			    const char *text)
{
	bool whole;
	char *end;

	errno = 0;
	(void)!strtol(text, &end, 0);
	whole = *text && !*end && !isspace((unsigned char)*text);
	if (whole && errno)
		inspect_add(in, line, INSPECT_ERROR, "number",
			    "%s: '%s' is more than xl can read: xl ignores it", key->name, text);
	else if (whole)
		inspect_add(in, line, INSPECT_ERROR, "joined-number",
			    "%s: a number that is added with += is ignored by xl", key->name);
	else
		inspect_add(in, line, INSPECT_ERROR, "number",
			    "%s: '%s' is not a number: xl ignores it", key->name, text);
}

/* Check a value that has to be a number, one of the choices, or either. */
static void check_scalar(struct inspect *in, const struct xlcfg *doc, const struct config_key *key)
{
	SX_FREE char *text = xlcfg_get_string(doc, key->name);
	size_t line = xlcfg_key_line(doc, key->name);
	bool number = key->forms & (CONFIG_NUMBER | CONFIG_FLAG),
	     string = key->forms & CONFIG_STRING;
	long value;

	if (number && xlcfg_get_long(doc, key->name, &value)) {
		check_range(in, line, key, value);
		return;
	}
	if (string && !key->choices)
		return;
	if (string && is_choice(key->choices, text))
		return;
	if (string) {
		inspect_add(in, line, INSPECT_FATAL, "value", "%s: '%s' is none of: %s", key->name,
			    text, key->choices);
		return;
	}
	check_no_number(in, line, key, text);
	if (key->forms & CONFIG_FLAG)
		inspect_hint(in, "write %s = 1 or %s = 0", key->name, key->name);
}

static void check_list(struct inspect *in, const struct xlcfg *doc, const struct config_key *key)
{
	size_t len = xlcfg_list_len(doc, key->name);

	for (size_t i = 0; i < len && !(key->forms & CONFIG_LISTS); i++) {
		SX_FREE char *text = xlcfg_list_get(doc, key->name, i);

		if (text)
			continue;
		inspect_add(in, xlcfg_list_line(doc, key->name, i), INSPECT_ERROR, "type",
			    "%s: a list within the list: xl reads no further%s", key->name,
			    i + 1 < len ? ", and drops the rest" : "");
		return;
	}
}

static void check_form(struct inspect *in, const struct xlcfg *doc, const struct config_key *key)
{
	size_t line = xlcfg_key_line(doc, key->name);
	bool is_list = xlcfg_key_kind(doc, key->name) == XLCFG_LIST;
	bool takes_list = key->forms & (CONFIG_LIST | CONFIG_LISTS);
	bool takes_other = key->forms & (CONFIG_STRING | CONFIG_NUMBER | CONFIG_FLAG);

	if (is_list && takes_list) {
		check_list(in, doc, key);
	} else if (is_list) {
		inspect_add(in, line, INSPECT_ERROR, "type",
			    "%s: a list where xl reads a %s: it is ignored", key->name,
			    key->forms & CONFIG_STRING ? "string" : "number");
	} else if (takes_other) {
		check_scalar(in, doc, key);
	} else {
		inspect_add(in, line, INSPECT_ERROR, "type",
			    "%s: a single value where xl reads a list: it is ignored", key->name);
		inspect_hint(in, "put it in brackets: %s = [ '...' ]", key->name);
	}
}

static void check_odd(struct inspect *in, const struct xlcfg *doc)
{
	struct xlcfg_odds odds = { 0 };

	xlcfg_odds_find(doc, &odds);
	sx_each(const struct xlcfg_odd, o, &odds) {
		if (o->kind == XLCFG_ODD_VOID)
			inspect_add(in, o->line, INSPECT_WARNING, "void",
				    "'%s' has no effect here: line %zu sets it again", o->key,
				    o->other);
		else if (o->kind == XLCFG_ODD_ESCAPE)
			inspect_add(in, o->line, INSPECT_ERROR, "escape",
				    "a numeric escape in a string, which xl does not support");
		else
			inspect_add(in, o->line, INSPECT_WARNING, "stray",
				    "a character at the very end that xl happens to overlook");
	}
	sx_vec_free(&odds);
}

void inspect_keys(struct inspect *in, const struct xlcfg *doc)
{
	bool hvm = sx_streq(memory_guest_type(doc), "hvm");
	const char *name;

	for (size_t i = 0; (name = xlcfg_key_at(doc, i)); i++) {
		const struct config_key *key = config_key_find(name);

		check_known(in, doc, name, key);
		/* Keys that xl does not read for this type of guest may have any value. */
		if (key && (hvm || !(key->forms & CONFIG_HVM)))
			check_form(in, doc, key);
	}
	check_odd(in, doc);
}
