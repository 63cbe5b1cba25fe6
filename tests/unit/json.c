/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents within documents, and what a reader sees of a value of another kind. */
#include "tap.h"

#include "host/json.h"

static void test_nesting(struct tap *t)
{
	JSON_DOC *doc = json_new();
	struct json *inner = json_new(), *first = json_new(), *second = json_new();
	const struct json *got;

	json_set_string(inner, "name", "in");
	json_put(doc, "object", inner);
	json_set_number(first, "n", 1);
	json_append(doc, "list", first);
	json_set_number(second, "n", 2);
	json_append(doc, "list", second);

	got = json_get(doc, "object");
	tap_is(t, json_get_string(got, "name"), "in", "an object within an object");
	tap_is_num(t, (long)json_count(doc, "list"), 2, "two objects in an array");
	tap_is_num(t, (long)json_get_number(json_at(doc, "list", 1), "n"), 2, "the second one");
	tap_ok(t, !json_at(doc, "list", 2), "there is no third");
	tap_ok(t, json_has(doc, "list") && !json_has(doc, "name"), "what is there, what is not");
}

static void test_text(struct tap *t)
{
	static const char text[] = "{ \"a\": [ { \"b\": { \"c\": \"d\" } }, 7 ], \"e\": 0 }";
	JSON_DOC *doc = NULL;
	JSON_DOC *again = NULL;
	SX_FREE char *printed = NULL;
	SX_ERR err = { 0 };

	if (!tap_ok(t, !json_parse(text, strlen(text), &doc, &err), "a nested text is read"))
		return;
	printed = json_text(doc);
	tap_ok(t, !json_parse(printed, strlen(printed), &again, &err), "and read again as printed");
	tap_is(t, json_get_string(json_get(json_at(again, "a", 0), "b"), "c"), "d",
	       "the innermost value is kept");
	tap_ok(t, json_has(again, "e"), "a zero is not an absent number");
}

/* For others: always UTF-8. For ourselves: the bytes as they are. */
static void test_utf8(struct tap *t)
{
	static const struct {
		const char *text, *printed, *what;
	} cases[] = {
		{ "plain", "plain", "ASCII" },
		{ "\xc3\xb6\xe2\x82\xac\xf0\x9f\x90\xa7", "\xc3\xb6\xe2\x82\xac\xf0\x9f\x90\xa7",
		  "UTF-8 of two, three and four bytes" },
		{ "a\xf6z", "a\xef\xbf\xbdz", "Latin-1" },
		{ "\xc3", "\xef\xbf\xbd", "a character cut short at the end" },
		{ "\xe2\x82z", "\xef\xbf\xbd\xef\xbf\xbdz", "and before another" },
		{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd", "a longer form than needed" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
		  "half of a pair of UTF-16" },
		{ "\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
		  "beyond the last character" },
		{ "\xff\x80", "\xef\xbf\xbd\xef\xbf\xbd", "bytes that begin none" },
		{ "\x1b\x7f\xc2\x9b\xe2\x80\xae\t\n", "\\u001b\\u007f\\u009b\\u202e\\t\\n",
		  "what could paint a terminal" },
	};

	for (size_t i = 0; i < SX_COUNT(cases); i++) {
		JSON_DOC *doc = json_new();
		JSON_DOC *again = NULL;
		SX_FREE char *wanted = sx_format("\"k\": \"%s\"", cases[i].printed);
		SX_FREE char *others = sx_format("%s, for others", cases[i].what);
		SX_FREE char *ourselves = sx_format("%s, for ourselves", cases[i].what);
		SX_FREE char *printed = NULL, *kept = NULL;
		SX_ERR err = { 0 };

		json_set_string(doc, "k", cases[i].text);
		printed = json_text_utf8(doc);
		kept = json_text(doc);
		tap_ok(t, strstr(printed, wanted) != NULL, others);
		if (tap_ok(t, !json_parse(kept, strlen(kept), &again, &err), ourselves))
			tap_is(t, json_get_string(again, "k"), cases[i].text, ourselves);
	}
}

static void test_other_kinds(struct tap *t)
{
	JSON_DOC *doc = json_new();

	json_set_string(doc, "text", "x");
	json_set_words(doc, "words", (char *[]){ (char[]){ "x" }, NULL });
	tap_ok(t, !json_get(doc, "text") && !json_at(doc, "text", 0), "a string is no object");
	tap_ok(t, !json_at(doc, "words", 0) && json_count(doc, "words") == 1,
	       "a string in an array is no object");
	tap_ok(t,
	       !json_get(NULL, "x") && !json_get_string(NULL, "x") && !json_count(NULL, "x") &&
		       !json_has(NULL, "x"),
	       "in no document there is nothing");
}

int main(void)
{
	struct tap t = { 0 };

	test_nesting(&t);
	test_text(&t);
	test_utf8(&t);
	test_other_kinds(&t);
	return tap_end(&t);
}
