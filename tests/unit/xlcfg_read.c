/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading configurations: values as libxlutil has them, and what is refused, with the line. */
#include "tap.h"

#include "xlcfg/xlcfg.h"

struct value_case {
	const char *text, *key;
	const char *string; /* NULL: none */
	const char *number; /* in decimal, NULL: none */
};

static const struct value_case values[] = {
	{ "a = 512\n", "a", "512", "512" },
	{ "a=0x10", "a", "0x10", "16" },
	{ "a=010;", "a", "010", "8" },
	{ "a=08\n", "a", "08", NULL },
	{ "a=12ab\n", "a", "12ab", NULL },
	{ "a=' -7'\n", "a", " -7", "-7" },
	{ "a=''\n", "a", "", NULL },
	{ "a=99999999999999999999\n", "a", "99999999999999999999", NULL },
	{ "a=1\nb=2\na=3\n", "a", "3", "3" },
	{ "a='x'\na+='y'\na += \"z\"\n", "a", "xyz", NULL },
	{ "a+=5\n", "a", "5", NULL },
	{ "a+=5\na=6\n", "a", "6", "6" },
	{ "a='\\'\\\"\\\\\\a\\b\\f\\n\\r\\t\\v'\n", "a", "'\"\\\a\b\f\n\r\t\v", NULL },
	{ "a='<\\012>\\0123\\1 5'\n", "a", "<>", NULL },
	{ "a='<\\01234>'\n", "a", "<4>", NULL },
	{ "a=[1]\na='s'\n", "a", "s", NULL },
	{ "a=[1]\n", "a", NULL, NULL },
	{ "a=1\n", "b", NULL, NULL },
	{ "a.b_9 = 'x' # c\n", "a.b_9", "x", NULL },
	{ "a='x' \x01", "a", "x", NULL },
	{ "a='x'\n#", "a", "x", NULL },
	{ "# \xff\r\na='\xff\r'\n", "a", "\xff\r", NULL },
};

static void test_values(struct tap *t)
{
	for (size_t i = 0; i < SX_COUNT(values); i++) {
		const struct value_case *c = &values[i];
		XLCFG_DOC *doc = NULL;
		SX_ERR err = { 0 };
		SX_FREE char *string = NULL;
		SX_FREE char *number = NULL;
		SX_FREE char *what = sx_shown(c->text);
		long n;

		if (xlcfg_parse(c->text, strlen(c->text), "t", &doc, &err)) {
			tap_is(t, err.msg, NULL, what);
			continue;
		}
		string = xlcfg_get_string(doc, c->key);
		number = xlcfg_get_long(doc, c->key, &n) ? sx_format("%ld", n) : NULL;
		tap_is(t, string, c->string, what);
		tap_is(t, number, c->number, what);
	}
}

static void test_lists(struct tap *t)
{
	static const char text[] = "disk = [ 'a', # one\n"
				   "  [ 1, [] ],\n"
				   "  \"b\"\n"
				   "]\n"
				   "disk += [ 3, ]; vif = []\n"
				   "disk += []\n";
	XLCFG_DOC *doc = NULL;
	SX_ERR err = { 0 };
	SX_STR got = { 0 };

	if (!tap_ok(t, !xlcfg_parse(text, strlen(text), "t", &doc, &err), "lists parse"))
		return;
	for (size_t i = 0; i < xlcfg_list_len(doc, "disk"); i++) {
		SX_FREE char *item = xlcfg_list_get(doc, "disk", i);

		sx_str_addf(&got, "%s:%zu ", item ? item : "-", xlcfg_list_line(doc, "disk", i));
	}
	tap_is(t, got.data, "a:1 -:2 b:3 3:5 ", "elements of a joined list, and their lines");
	tap_is_num(t, (long)xlcfg_key_line(doc, "disk"), 6, "line of the key");
	tap_ok(t, !xlcfg_list_get(doc, "disk", 4) && !xlcfg_list_line(doc, "disk", 4),
	       "nothing past the end");
	tap_is_num(t, xlcfg_key_kind(doc, "disk"), XLCFG_LIST, "a list");
	tap_is_num(t, xlcfg_key_kind(doc, "vif"), XLCFG_LIST, "an empty list");
	tap_is_num(t, xlcfg_key_kind(doc, "name"), XLCFG_ABSENT, "an absent key");
	tap_is(t, xlcfg_key_at(doc, 0), "disk", "first key");
	tap_is(t, xlcfg_key_at(doc, 1), "vif", "second key");
	tap_ok(t, !xlcfg_key_at(doc, 2), "no third key");
}

/* What += joins is a list only where it joins lists. */
static void test_joined_string(struct tap *t)
{
	static const char text[] = "a='xyz'\na+='uvw'\nb=[1]\nb='x'\nb+='y'\nb=[2]\nb+=[3,4]\n";
	XLCFG_DOC *doc = NULL;
	SX_ERR err = { 0 };
	SX_FREE char *none = NULL;

	tap_ok(t, !xlcfg_parse(text, strlen(text), "t", &doc, &err), "strings and lists joined");
	none = xlcfg_list_get(doc, "a", 0);
	tap_ok(t, xlcfg_list_len(doc, "a") == 0 && !none, "a joined string has no elements");
	tap_ok(t, xlcfg_list_len(doc, "b") == 3, "a joined list those of its last lists");
}

struct refusal {
	const char *text, *message;
};

static const struct refusal refusals[] = {
	{ "a=1\nb='x\n", "t:2: unterminated string" },
	{ "a='x\\\n'\n", "t:1: unterminated string" },
	{ "\na='\\x41'\n", "t:2: '\\x' in a string is not an escape that xl can read" },
	{ "a='\\01'\n", "t:1: '\\0' in a string is not an escape that xl can read" },
	{ "a=1 # end", "t:1: a comment on the last line needs a newline at its end" },
	{ "a=1\r\n", "t:1: carriage return (DOS line end?)" },
	{ "Name='x'\n", "t:1: 'N' outside a string (names are in lower case, text needs quotes)" },
	{ "a=\xef\xbb\xbf\n", "t:1: byte 0xef outside a string" },
	{ "a=\n1\n", "t:1: expected a string, a number or a list, found the end of the line" },
	{ "a=", "t:1: expected a string, a number or a list, found the end of the file" },
	{ "a=[1 2]\n", "t:1: expected ',' or ']', found '2'" },
	{ "a=[1,,2]\n", "t:1: expected a string, a number or a list, found ','" },
	{ "a=[1\n b=2\n", "t:2: expected ',' or ']', found 'b'" },
	{ "a=[1;]\n", "t:1: expected ',' or ']', found ';'" },
	{ "a 'x'\n", "t:1: expected '=', found a string" },
	{ "a=1 b=2\n", "t:1: expected a new line and a name in lower case, found 'b'" },
	{ "a=[1]\na+='x'\n", "t:2: '+=' joins a list and a string" },
	{ "a='x'\na+=[1]\n", "t:2: '+=' joins a list and a string" },
};

static void test_refusals(struct tap *t)
{
	for (size_t i = 0; i < SX_COUNT(refusals); i++) {
		const struct refusal *c = &refusals[i];
		XLCFG_DOC *doc = NULL;
		SX_ERR err = { 0 };
		SX_FREE char *what = sx_shown(c->text);
		int r = xlcfg_parse(c->text, strlen(c->text), "t", &doc, &err);

		tap_is(t, err.msg, c->message, what);
		tap_ok(t, r == -1 && err.code == SX_ESYNTAX && !doc, "refused as a syntax error");
	}
}

/* libxlutil's parser stack is finite; so is ours, at the same depth. */
static void test_depth(struct tap *t)
{
	for (size_t depth = 4996; depth <= 4997; depth++) {
		XLCFG_DOC *doc = NULL;
		SX_ERR err = { 0 };
		SX_ERR theirs = { 0 };
		SX_STR text = { 0 };
		bool good;

		sx_str_add(&text, "a=");
		for (size_t i = 0; i < depth; i++)
			sx_str_addc(&text, '[');
		for (size_t i = 0; i < depth; i++)
			sx_str_addc(&text, ']');
		good = !xlcfg_parse(text.data, text.len, "t", &doc, &err);
		tap_ok(t, good == (depth == 4996), "nested lists, up to the limit");
		tap_ok(t, good == !xlcfg_check(text.data, text.len, "t", &theirs),
		       "xl has the same limit");
	}
}

int main(void)
{
	struct tap t = { 0 };

	test_values(&t);
	test_lists(&t);
	test_joined_string(&t);
	test_refusals(&t);
	test_depth(&t);
	return tap_end(&t);
}
