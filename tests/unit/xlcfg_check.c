/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The oracle: what xl refuses is refused in its words, a NUL aborts nobody, proofs can fail. */
#include "tap.h"

#include "xlcfg/xlcfg.h"

static const char old_text[] = "name = 'g'\nmemory = 512\ndisk = ['a', [1, ['x']], 'b']\n"
			       "boot = 'c'\n";

struct proof_case {
	const char *what;
	const char *new_text;
	const struct xlcfg_intent *intent;
	bool good;
};

static const struct xlcfg_intent set_memory = { .op = XLCFG_SET, .key = "memory", .text = "1024" };
static const struct xlcfg_intent set_boot = { .op = XLCFG_SET, .key = "boot", .text = "c" };
static const struct xlcfg_intent append_c = { .op = XLCFG_APPEND, .key = "disk", .text = "c" };
static const struct xlcfg_intent replace_a = { .op = XLCFG_REPLACE, .key = "disk", .text = "c" };
static const struct xlcfg_intent remove_a = { .op = XLCFG_REMOVE, .key = "disk", .index = 0 };
static const struct xlcfg_intent remove_none = { .op = XLCFG_REMOVE, .key = "disk", .index = 3 };
static const struct xlcfg_intent unset_boot = { .op = XLCFG_UNSET, .key = "boot" };
static const struct xlcfg_intent senseless = { .op = XLCFG_APPEND, .key = "name", .text = "x" };

#define NAME "name = 'g'\n"
#define DISK "disk = ['a', [1, ['x']], 'b']\n"
#define REST DISK "boot = 'c'\n"

static const struct proof_case proofs[] = {
	{ "a number", NAME "memory = 1024\n" REST, &set_memory, true },
	{ "a number in quotes", NAME "memory = '1024' # x\n" REST, &set_memory, true },
	{ "another number", NAME "memory = 1025\n" REST, &set_memory, false },
	{ "a number that += makes unreadable", NAME "memory += 1024\n" REST, &set_memory, false },
	{ "nothing done", old_text, &set_memory, false },
	{ "another key changed", "name='h'\nmemory = 1024\n" REST, &set_memory, false },
	{ "another key gone", "memory = 1024\n" REST, &set_memory, false },
	{ "a key more", NAME "memory = 1024\nx = 1\n" REST, &set_memory, false },
	{ "a nested value changed",
	  NAME "memory = 1024\ndisk = ['a', [1, ['y']], 'b']\nboot = 'c'\n", &set_memory, false },
	{ "an element more elsewhere",
	  NAME "memory = 1024\ndisk = ['a', [1, ['x']], 'b', 'c']\nboot = 'c'\n", &set_memory,
	  false },
	{ "same text, no number now", NAME "boot = 'c'\nmemory = ''\nmemory += 512\n" DISK,
	  &set_boot, false },
	{ "an append", NAME "memory = 512\n" REST "disk += ['c']\n", &append_c, true },
	{ "an append in front", NAME "memory = 512\nboot = 'c'\ndisk=['c', 'a', [1, ['x']], 'b']",
	  &append_c, false },
	{ "an append that replaces", NAME "memory = 512\n" REST "disk = ['c']\n", &append_c,
	  false },
	{ "a removal", NAME "memory = 512\ndisk = [[1, ['x']], 'b']\nboot = 'c'", &remove_a, true },
	{ "a removal of the other", NAME "memory = 512\ndisk = ['a', [1, ['x']]]\nboot = 'c'",
	  &remove_a, false },
	{ "a removal of all", NAME "memory = 512\nboot = 'c'", &remove_a, false },
	{ "a replacement", NAME "memory = 512\ndisk = ['c', [1, ['x']], 'b']\nboot = 'c'",
	  &replace_a, true },
	{ "a replacement elsewhere", NAME "memory = 512\ndisk = ['a', [1, ['x']], 'c']\nboot = 'c'",
	  &replace_a, false },
	{ "an unset key", NAME "memory = 512\n" DISK, &unset_boot, true },
	{ "an empty key", NAME "memory = 512\n" DISK "boot = ''\n", &unset_boot, false },
	{ "a text that xl refuses", NAME "memory = 1024 512\n" REST, &set_memory, false },
	{ "an intent without sense", old_text, &senseless, false },
	{ "an index out of range", old_text, &remove_none, false },
};

static void test_proofs(struct tap *t)
{
	for (size_t i = 0; i < SX_COUNT(proofs); i++) {
		const struct proof_case *c = &proofs[i];
		SX_ERR err = { 0 };
		int r = xlcfg_prove(old_text, strlen(old_text), c->new_text, strlen(c->new_text),
				    "t", c->intent, 1, &err);

		if (!tap_ok(t, (r == 0) == c->good && (r == 0) == (err.code == SX_OK), c->what))
			printf("# %s\n", err.msg ? err.msg : "proven");
	}
}

/* An empty list and none are not the same, unless the last element was to go. */
static void test_empty(struct tap *t)
{
	static const char with[] = "memory = 1\nvif = []\n", without[] = "memory = 2\n";
	const struct xlcfg_intent set = { .op = XLCFG_SET, .key = "memory", .text = "2" };
	SX_ERR err = { 0 };

	tap_ok(t, xlcfg_prove(with, strlen(with), without, strlen(without), "t", &set, 1, &err),
	       "an empty list that is lost is noticed");
}

/* Several intents, and a list that vanishes with its only element. */
static void test_series(struct tap *t)
{
	static const char with[] = "name = 'g'\nvif += [ 'x' ]\n";
	static const char without[] = "name = 'g'\n";
	const struct xlcfg_intent both[] = {
		{ .op = XLCFG_APPEND, .key = "vif", .text = "y" },
		{ .op = XLCFG_REMOVE, .key = "vif", .index = 0 },
		{ .op = XLCFG_REMOVE, .key = "vif", .index = 0 },
	};
	SX_ERR err = { 0 };

	tap_ok(t,
	       !xlcfg_prove(with, strlen(with), without, strlen(without), "t", &both[1], 1, &err),
	       "a list may go with its last element");
	tap_ok(t, !xlcfg_prove(with, strlen(with), without, strlen(without), "t", both, 3, &err),
	       "intents apply in order");
	tap_ok(t, xlcfg_prove(with, strlen(with), with, strlen(with), "t", both, 2, &err),
	       "and all of them count");
	tap_is(t, err.msg, "t: the edit would not give 'vif' the right value", "the key is named");
}

static void test_check(struct tap *t)
{
	static const char nul_string[] = "a = 'x\0y'\n", nul_comment[] = "a = 1\n# \0\n";
	SX_ERR err = { 0 };

	tap_ok(t, !xlcfg_check("a=1", 3, "t", &err), "a text that xl reads");
	tap_ok(t, xlcfg_check("a=1\nb='x\n", 9, "t", &err) == -1 && err.code == SX_ESYNTAX,
	       "a text that it refuses");
	tap_is(t, err.msg, "t:2: config parsing error near `'x': lexical error", "in its words");
	tap_ok(t, xlcfg_check("a=1\nb\n", 6, "t", &err) == -1 && sx_starts_with(err.msg, "t:2: "),
	       "a line that ends too soon is told by its own number");
	tap_ok(t, xlcfg_check(nul_string, sizeof(nul_string) - 1, "t", &err) == -1,
	       "a NUL in a string is refused, nothing aborts");
	tap_is(t, err.msg, "t:1: a NUL byte in the text", "with a reason");
	tap_ok(t, xlcfg_check(nul_comment, sizeof(nul_comment) - 1, "t", &err) == -1,
	       "and so is one in a comment, which xl would pass over");
	tap_is(t, err.msg, "t:2: a NUL byte in the text", "with its line");
}

/* libxlutil keeps a copy of the list, or string, for each += of it. */
static void test_joined(struct tap *t)
{
	static const char *const forms[] = { "disk += [ 'a' ]\n", "extra += 'abcdefgh'\n" };

	for (size_t i = 0; i < SX_COUNT(forms); i++) {
		SX_STR text = { 0 };
		SX_ERR err = { 0 };

		for (int n = 0; n < 1000; n++)
			sx_str_add(&text, forms[i]);
		tap_ok(t, !xlcfg_check(text.data, text.len, "t", &err), "a thousand += are read");
		for (int n = 0; n < 30000; n++)
			sx_str_add(&text, forms[i]);
		/* What stands behind does not matter: libxlutil would not come as far. */
		sx_str_add(&text, "@\n");
		tap_ok(t, xlcfg_check(text.data, text.len, "t", &err) == -1,
		       "thirty thousand are not");
		tap_ok(t, strstr(err.msg, "more '+=' than xl has memory for") != NULL, "and told");
	}
}

int main(void)
{
	struct tap t = { 0 };

	test_proofs(&t);
	test_empty(&t);
	test_series(&t);
	test_check(&t);
	test_joined(&t);
	return tap_end(&t);
}
