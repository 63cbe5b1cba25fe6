/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every small layout of a list there is, tried one by one: elements, commas and the gaps between
 * them (nothing, blanks, newlines, comments at the end of a line and on their own). Appending and
 * taking back gives the same bytes, and every edit is proven by libxlutil.
 */
#include "tap.h"

#include "xlcfg/xlcfg.h"

struct tally {
	size_t texts, edits;
	struct sx_str bad; /* the first text that failed, and why */
};

static const char *const gaps[] = { "", " ", "\n", "\n    ", " # end\n", "\n\t# own\n  " };

static void note(struct tally *t, const char *text, const char *edit, const char *why)
{
	if (t->bad.len)
		return;
	sx_str_addf(&t->bad, "%s: %s: ", edit, why);
	sx_str_add_shown(&t->bad, text);
}

static void prove(struct tally *t, const char *text, const struct xlcfg *doc,
		  const struct xlcfg_intent *intent, const char *edit)
{
	SX_ERR err = { 0 };
	size_t len;
	const char *now = xlcfg_text(doc, &len);

	t->edits++;
	if (xlcfg_prove(text, strlen(text), now, len, "t", intent, 1, &err))
		note(t, text, edit, err.msg);
	if (strstr(text, "# own") && !strstr(now, "# own"))
		note(t, text, edit, "a comment on its own line is gone");
}

static void try_append(struct tally *t, const char *text)
{
	const struct xlcfg_intent intent = { .op = XLCFG_APPEND, .key = "k", .text = "new" };
	XLCFG_DOC *doc = NULL;
	SX_ERR err = { 0 };
	size_t len;

	if (xlcfg_parse(text, strlen(text), "t", &doc, &err) ||
	    xlcfg_list_append(doc, "k", "new", &err)) {
		note(t, text, "append", err.msg);
		return;
	}
	prove(t, text, doc, &intent, "append");
	if (xlcfg_list_remove(doc, "k", xlcfg_list_len(doc, "k") - 1, &err))
		note(t, text, "append and remove", err.msg);
	else if (strcmp(xlcfg_text(doc, &len), text) != 0)
		note(t, text, "append and remove", xlcfg_text(doc, &len));
}

static void try_remove(struct tally *t, const char *text, size_t index)
{
	const struct xlcfg_intent intent = { .op = XLCFG_REMOVE, .key = "k", .index = index };
	XLCFG_DOC *doc = NULL;
	SX_ERR err = { 0 };

	if (xlcfg_parse(text, strlen(text), "t", &doc, &err) ||
	    xlcfg_list_remove(doc, "k", index, &err)) {
		note(t, text, "remove", err.msg);
		return;
	}
	prove(t, text, doc, &intent, "remove");
}

/* Every choice of `choices` gaps for a list of `count` elements, with or without trailing comma. */
static void try_lists(struct tally *t, size_t count, bool trailing, size_t choices)
{
	static const char *const ops[] = { "k = [", "a = 1\nk += [" };
	size_t slots = count * 2 + trailing + (count == 0);
	size_t total = SX_COUNT(ops);

	for (size_t i = 0; i < slots; i++)
		total *= choices;
	for (size_t n = 0; n < total; n++) {
		SX_STR text = { 0 };
		size_t rest = n / SX_COUNT(ops);

		sx_str_add(&text, ops[n % SX_COUNT(ops)]);
		for (size_t i = 0; i < slots; i++, rest /= choices) {
			sx_str_add(&text, gaps[rest % choices]);
			if (i + 1 < slots)
				sx_str_add(&text, i % 2 ? "," : i / 2 ? "\"b\"" : "'a'");
		}
		sx_str_add(&text, "]\nz = 2\n");
		t->texts++;
		try_append(t, text.data);
		for (size_t i = 0; i < count; i++)
			try_remove(t, text.data, i);
	}
}

static void report(struct tap *tap, struct tally *t, const char *what)
{
	if (!tap_ok(tap, t->texts && !t->bad.len, what))
		printf("# %s\n", sx_str_text(&t->bad));
	printf("# %zu layouts, %zu edits\n", t->texts, t->edits);
	sx_str_dispose(&t->bad);
	*t = (struct tally){ 0 };
}

int main(void)
{
	struct tap tap = { 0 };
	struct tally t = { 0 };

	try_lists(&t, 0, false, SX_COUNT(gaps));
	report(&tap, &t, "lists without elements");
	try_lists(&t, 1, false, SX_COUNT(gaps));
	try_lists(&t, 1, true, SX_COUNT(gaps));
	report(&tap, &t, "lists of one");
	try_lists(&t, 2, false, SX_COUNT(gaps));
	try_lists(&t, 2, true, SX_COUNT(gaps));
	report(&tap, &t, "lists of two");
	try_lists(&t, 3, false, 3);
	try_lists(&t, 3, true, 3);
	report(&tap, &t, "lists of three");
	return tap_end(&tap);
}
