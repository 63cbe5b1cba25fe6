/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The comparison against the oracle: for every pair of texts, the differences are a proven edit. */
#include "tap.h"

#include "xlcfg/xlcfg.h"

static const char *const texts[] = {
	"",
	"# nothing but a comment\n",
	"name = 'g'\nmemory = 512\ndisk = ['a', 'b']\n",
	"name = 'g'\nmemory = 512\ndisk = ['b', 'a']\n",
	"name = 'g'\nmemory = 512\ndisk = ['a', 'x', 'b', 'a']\n",
	"name = 'g'\nmemory = 512\ndisk = []\n",
	"name = 'g'\nmemory = 512\ndisk = [ 'b', ]\n",
	"name = \"g\"; memory = \"512\"\ndisk = ['a']\ndisk += ['b']\n",
	"memory = 010\ndisk = 'a'\n",
	"memory = 8\n",
	"cpus = ['0', '1', '2', '3']\n",
	"cpus = ['1', '5', '3', '4']\n",
	"cpus = '0-3'\n",
	"vnuma = [['pnode=0', 'size=512'], ['pnode=1', 'size=512']]\n",
	"vnuma = [['pnode=0', 'size=512'], ['pnode=1', 'size=256']]\n",
};

static bool same_meaning(const char *a, const char *b)
{
	SX_ERR ignored = { 0 };

	return xlcfg_prove(a, strlen(a), b, strlen(b), "t", NULL, 0, &ignored) == 0;
}

static bool pair_holds(const char *a, const char *b)
{
	XLCFG_DOC *old = NULL;
	XLCFG_DOC *new = NULL;
	XLCFG_DIFFERENCES all = { 0 };
	SX_ERR err = { 0 };
	struct xlcfg_intent intents[32];

	if (xlcfg_parse(a, strlen(a), "a", &old, &err) ||
	    xlcfg_parse(b, strlen(b), "b", &new, &err))
		return false;
	xlcfg_compare(old, new, &all);
	for (size_t i = 0; i < all.len && i < SX_COUNT(intents); i++)
		intents[i] = all.items[i].intent;
	if (xlcfg_prove(a, strlen(a), b, strlen(b), "t", intents, all.len, &err)) {
		printf("# %s", err.msg);
		return false;
	}
	return !all.len == same_meaning(a, b);
}

static void test_pairs(struct tap *t)
{
	for (size_t i = 0; i < SX_COUNT(texts); i++) {
		bool good = true;

		for (size_t j = 0; j < SX_COUNT(texts); j++) {
			if (!pair_holds(texts[i], texts[j])) {
				printf("# from %s# to %s", texts[i], texts[j]);
				good = false;
			}
		}
		tap_ok(t, good, "the differences of a text to all others are proven");
	}
}

static void test_order(struct tap *t)
{
	static const char a[] = "disk = ['a', 'b', 'c']\nx = 1\n", b[] = "y=2\ndisk = ['a', 'c']\n";
	XLCFG_DOC *old = NULL;
	XLCFG_DOC *new = NULL;
	XLCFG_DIFFERENCES all = { 0 };
	SX_STR keys = { 0 };
	SX_ERR err = { 0 };

	if (xlcfg_parse(a, strlen(a), "a", &old, &err) ||
	    xlcfg_parse(b, strlen(b), "b", &new, &err))
		return;
	xlcfg_compare(old, new, &all);
	tap_is_num(t, (long)all.len, 3, "no more differences than there are");
	tap_is(t, all.items[1].old, "b", "what an element was is known");
	tap_is_num(t, (long)all.items[1].intent.index, 1, "and where");
	tap_ok(t, !xlcfg_differing_keys(a, b, &keys, &err), "the keys");
	tap_is(t, sx_str_text(&keys), "y, disk, x", "each once");
}

static void test_set_text(struct tap *t)
{
	XLCFG_DOC *doc = NULL;
	SX_ERR err = { 0 };
	size_t len;

	if (xlcfg_parse("a = 1\n", 6, "t", &doc, &err))
		return;
	tap_ok(t, xlcfg_set_text(doc, "a = \n", 5, &err) == -1 && err.code == SX_ESYNTAX,
	       "a text that xl refuses does not take the place");
	tap_is(t, xlcfg_text(doc, &len), "a = 1\n", "the old one stays");
	tap_ok(t, !xlcfg_set_text(doc, "b = 2", 5, &err), "another does");
	tap_is(t, xlcfg_text(doc, &len), "b = 2", "to the byte");
}

int main(void)
{
	struct tap t = { 0 };

	test_pairs(&t);
	test_order(&t);
	test_set_text(&t);
	return tap_end(&t);
}
