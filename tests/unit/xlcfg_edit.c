/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits, each with the text before and after: layout, quotes, comments, statements, refusals. */
#include "tap.h"

#include "xlcfg/xlcfg.h"

struct edit_case {
	const char *before;
	enum { APPEND, REPLACE, REMOVE, NUMBER, STRING, UNSET } op;
	const char *key;
	size_t index; /* with NUMBER: the value */
	const char *text;
	const char *after; /* NULL: refused with SX_ECONFLICT */
};

#define NEW "disk", 0, "new"

static const struct edit_case appends[] = {
	{ "disk = []\n", APPEND, NEW, "disk = ['new']\n" },
	{ "disk = [ ]\n", APPEND, NEW, "disk = [ 'new' ]\n" },
	{ "disk = [\n]\n", APPEND, NEW, "disk = [\n    'new',\n]\n" },
	{ "disk = [\n\t# 'a',\n]\n", APPEND, NEW, "disk = [\n\t# 'a',\n\t'new',\n]\n" },
	{ "disk = ['a']\n", APPEND, NEW, "disk = ['a', 'new']\n" },
	{ "disk=[\"a\",\"b\"]\n", APPEND, NEW, "disk=[\"a\",\"b\",\"new\"]\n" },
	{ "disk = [ 'a' , 'b', ]\n", APPEND, NEW, "disk = [ 'a' , 'b', 'new', ]\n" },
	{ "disk = [\n  'a',\n  'b'\n]\n", APPEND, NEW, "disk = [\n  'a',\n  'b',\n  'new'\n]\n" },
	{ "disk = [\n  'a',\n]\n", APPEND, NEW, "disk = [\n  'a',\n  'new',\n]\n" },
	{ "disk = [\n\t'a', # root\n\t'b'  # data\n\t# more?\n]\n", APPEND, NEW,
	  "disk = [\n\t'a', # root\n\t'b',  # data\n\t'new'\n\t# more?\n]\n" },
	{ "disk = [ 'a',\n         'b' ] # two\n", APPEND, NEW,
	  "disk = [ 'a',\n         'b',\n         'new' ] # two\n" },
	{ "disk = [ 'a'\n       , 'b'\n       ]\n", APPEND, NEW,
	  "disk = [ 'a'\n       , 'b'\n       , 'new'\n       ]\n" },
	{ "disk = [ 'a', # root\n]\n", APPEND, NEW, "disk = [ 'a', # root\n         'new',\n]\n" },
	{ "disk = [ 'a', 'b' # both\n]\n", APPEND, NEW, "disk = [ 'a', 'b', 'new' # both\n]\n" },
	{ "disk = ['a']\ndisk += ['b']\nx = 1\n", APPEND, NEW,
	  "disk = ['a']\ndisk += ['b', 'new']\nx = 1\n" },
	{ "disk = ['x']\ndisk = [\"a\"]\n", APPEND, NEW,
	  "disk = ['x']\ndisk = [\"a\", \"new\"]\n" },
	{ "disk = [\"a\"]\ndisk += [ ]\n", APPEND, NEW, "disk = [\"a\"]\ndisk += [ \"new\"]\n" },
	{ "a = 1\n", APPEND, NEW, "a = 1\ndisk += [ 'new' ]\n" },
	{ "a = 1", APPEND, NEW, "a = 1\ndisk += [ 'new' ]" },
	{ "", APPEND, NEW, "disk += [ 'new' ]\n" },
	{ "a = 1 #", APPEND, NEW, "a = 1 #\ndisk += [ 'new' ]" },
	{ "a = 1 $", APPEND, NEW, NULL },
	{ "disk = ['a'] $", APPEND, NEW, "disk = ['a', 'new'] $" },
	{ "disk = 'a'\n", APPEND, NEW, NULL },
	{ "a = 1\n", APPEND, "Disk", 0, "new", NULL },
	{ "a = 1\n", APPEND, "b=2;disk", 0, "new", NULL },
	{ "cpus = [ 1, 2 ]\n", APPEND, "cpus", 0, "3", "cpus = [ 1, 2, 3 ]\n" },
	{ "cpus = [ 1, 2 ]\n", APPEND, "cpus", 0, "3-4", "cpus = [ 1, 2, '3-4' ]\n" },
	{ "disk = ['a']\n", APPEND, "disk", 0, "it's", "disk = ['a', \"it's\"]\n" },
	{ "disk = ['a']\n", APPEND, "disk", 0, "'\"\\\t", "disk = ['a', '\\'\"\\\\\\t']\n" },
	{ "disk = ['a']\n", APPEND, "disk", 0, "\001", NULL },
};

static const struct edit_case removals[] = {
	{ "disk = ['a', 'b', 'c']\n", REMOVE, "disk", 0, NULL, "disk = ['b', 'c']\n" },
	{ "disk = ['a', 'b', 'c']\n", REMOVE, "disk", 1, NULL, "disk = ['a', 'c']\n" },
	{ "disk = ['a', 'b', 'c']\n", REMOVE, "disk", 2, NULL, "disk = ['a', 'b']\n" },
	{ "disk = ['a', 'b', 'c']\n", REMOVE, "disk", 3, NULL, NULL },
	{ "disk = [ 'a', ]\n", REMOVE, "disk", 0, NULL, "disk = [ ]\n" },
	{ "disk = [\n  'a', # root\n  # own\n  'b' # data\n]\n", REMOVE, "disk", 0, NULL,
	  "disk = [\n  # own\n  'b' # data\n]\n" },
	{ "disk = [\n  'a', # root\n  # own\n  'b' # data\n]\n", REMOVE, "disk", 1, NULL,
	  "disk = [\n  'a' # root\n  # own\n]\n" },
	{ "disk = [ 'a', # root\n         'b', # data\n ]\n", REMOVE, "disk", 0, NULL,
	  "disk = [ 'b', # data\n ]\n" },
	{ "disk = [ 'a', # root\n  # own\n  'b' ]\n", REMOVE, "disk", 0, NULL,
	  "disk = [\n  # own\n  'b' ]\n" },
	{ "disk = [ 'a', # root\n  'b' ]\n", REMOVE, "disk", 1, NULL, "disk = [ 'a' # root\n ]\n" },
	{ "disk = [ 'a'\n  , 'b' # x\n  , 'c'\n]\n", REMOVE, "disk", 1, NULL,
	  "disk = [ 'a'\n  , 'c'\n]\n" },
	{ "disk = [\n  'a', 'b',\n  'c', 'd',\n]\n", REMOVE, "disk", 1, NULL,
	  "disk = [\n  'a',\n  'c', 'd',\n]\n" },
	{ "disk = [\n  'a', 'b',\n  'c', 'd',\n]\n", REMOVE, "disk", 2, NULL,
	  "disk = [\n  'a', 'b',\n  'd',\n]\n" },
	{ "disk = ['a']\ndisk += [ 'b' ]\n", REMOVE, "disk", 1, NULL, "disk = ['a']\n" },
	{ "disk = ['a']\ndisk += ['b']\n", REMOVE, "disk", 0, NULL, "disk = []\ndisk += ['b']\n" },
	{ "disk += [ 'b' ] # mine\n", REMOVE, "disk", 0, NULL, "disk += [ ] # mine\n" },
	{ "  disk += [ 'b' ]\n", REMOVE, "disk", 0, NULL, "  disk += [ ]\n" },
	{ "a=1; disk += [ 'b' ]\n", REMOVE, "disk", 0, NULL, "a=1; disk += [ ]\n" },
	{ "disk = ['a', [1, 2], 'b']\n", REMOVE, "disk", 1, NULL, "disk = ['a', 'b']\n" },
};

static const struct edit_case others[] = {
	{ "disk = ['a', \"b\"]\n", REPLACE, "disk", 1, "new", "disk = ['a', \"new\"]\n" },
	{ "disk = ['a', # x\n 1]\n", REPLACE, "disk", 0, "b", "disk = ['b', # x\n 1]\n" },
	{ "disk = ['a']\n", REPLACE, "disk", 1, "b", NULL },
	{ "memory = 512 # MiB\n", NUMBER, "memory", 1024, NULL, "memory = 1024 # MiB\n" },
	{ "memory = \"512\"\n", NUMBER, "memory", 1024, NULL, "memory = \"1024\"\n" },
	{ "memory = 0x200\n", NUMBER, "memory", 1024, NULL, "memory = 1024\n" },
	{ "memory=1\nmemory=2\n", NUMBER, "memory", 3, NULL, "memory=1\nmemory=3\n" },
	{ "memory=1\nmemory+=2\n", NUMBER, "memory", 3, NULL, "memory=1\nmemory+=2\nmemory=3\n" },
	{ "memory = [1]\n", NUMBER, "memory", 3, NULL, NULL },
	{ "a=1", NUMBER, "memory", 3, NULL, "a=1\nmemory=3" },
	{ "name     = 'g'\n", NUMBER, "maxmem", 3, NULL, "name     = 'g'\nmaxmem   = 3\n" },
	{ "", NUMBER, "memory", 3, NULL, "memory = 3\n" },
	{ "name = 'g'\n", STRING, "name", 0, "h", "name = 'h'\n" },
	{ "name = 5\n", STRING, "name", 0, "h", "name = \"h\"\n" },
	{ "a = 'x'\n", STRING, "name", 0, "5", "a = 'x'\nname = '5'\n" },
	{ "", STRING, "name", 0, "h", "name = \"h\"\n" },
	{ "a = 1\nb = 2 # two\nc = 3\n", UNSET, "b", 0, NULL, "a = 1\nc = 3\n" },
	{ "a=1; b=2; c=3\n", UNSET, "a", 0, NULL, "b=2; c=3\n" },
	{ "a=1; b=2; c=3\n", UNSET, "b", 0, NULL, "a=1; c=3\n" },
	{ "a=1; b=2; c=3 # x\n", UNSET, "c", 0, NULL, "a=1; b=2 # x\n" },
	{ "b=1\na=1\nb=2\nb+='3'\n", UNSET, "b", 0, NULL, "a=1\n" },
	{ "a=1\nb=[\n 1, # x\n]\n", UNSET, "b", 0, NULL, "a=1\n" },
	{ "a=1\nb=2", UNSET, "b", 0, NULL, "a=1" },
	{ "# c\nb=2", UNSET, "b", 0, NULL, "# c\n" },
	{ "a=1\n", UNSET, "b", 0, NULL, "a=1\n" },
};

static int apply(struct xlcfg *doc, const struct edit_case *c, struct sx_err *err)
{
	switch (c->op) {
	case APPEND:
		return xlcfg_list_append(doc, c->key, c->text, err);
	case REPLACE:
		return xlcfg_list_replace(doc, c->key, c->index, c->text, err);
	case REMOVE:
		return xlcfg_list_remove(doc, c->key, c->index, err);
	case NUMBER:
		return xlcfg_set_number(doc, c->key, (long)c->index, err);
	case STRING:
		return xlcfg_set_string(doc, c->key, c->text, err);
	case UNSET:
		break;
	}
	return xlcfg_unset(doc, c->key, err);
}

static void test_case(struct tap *t, const struct edit_case *c)
{
	XLCFG_DOC *doc = NULL;
	SX_ERR err = { 0 };
	SX_FREE char *what = sx_shown(c->before);
	size_t len;
	int r;

	if (xlcfg_parse(c->before, strlen(c->before), "t", &doc, &err)) {
		tap_is(t, err.msg, NULL, what);
		return;
	}
	r = apply(doc, c, &err);
	tap_is(t, xlcfg_text(doc, &len), c->after ? c->after : c->before, what);
	if (c->after && r)
		tap_is(t, err.msg, NULL, "made");
	if (!c->after)
		tap_ok(t, r == -1 && err.code == SX_ECONFLICT, "refused as a conflict");
	if (c->op != APPEND || r)
		return;
	r = xlcfg_list_remove(doc, c->key, xlcfg_list_len(doc, c->key) - 1, &err);
	tap_is(t, r ? err.msg : xlcfg_text(doc, &len), c->before, "taken back");
}

/* Edits one after another on one document, as a guest's life brings them. */
static void test_life(struct tap *t)
{
	static const char text[] = "name = 'g1'\nmemory = 512\n"
				   "disk = [ 'phy:/dev/vg/root,xvda,w' ] # root\n";
	XLCFG_DOC *doc = NULL;
	SX_ERR err = { 0 };
	size_t len;
	bool good = !xlcfg_parse(text, strlen(text), "t", &doc, &err) &&
		    !xlcfg_list_append(doc, "disk", "b", &err) &&
		    !xlcfg_list_append(doc, "vif", "mac=1", &err) &&
		    !xlcfg_list_append(doc, "vif", "mac=2", &err) &&
		    !xlcfg_set_number(doc, "maxmem", 512, &err) &&
		    !xlcfg_set_number(doc, "memory", 256, &err);

	tap_ok(t, good, "a series of edits");
	tap_is(t, xlcfg_text(doc, &len),
	       "name = 'g1'\nmemory = 256\n"
	       "disk = [ 'phy:/dev/vg/root,xvda,w', 'b' ] # root\n"
	       "vif += [ 'mac=1', 'mac=2' ]\nmaxmem = 512\n",
	       "its text");
	good = !xlcfg_list_remove(doc, "vif", 0, &err) && !xlcfg_list_remove(doc, "vif", 0, &err) &&
	       !xlcfg_unset(doc, "maxmem", &err) && !xlcfg_set_number(doc, "memory", 512, &err) &&
	       !xlcfg_list_remove(doc, "disk", 1, &err);
	tap_ok(t, good, "all of it undone");
	tap_is(t, xlcfg_text(doc, &len), text, "the first bytes");
}

int main(void)
{
	struct tap t = { 0 };

	for (size_t i = 0; i < SX_COUNT(appends); i++)
		test_case(&t, &appends[i]);
	for (size_t i = 0; i < SX_COUNT(removals); i++)
		test_case(&t, &removals[i]);
	for (size_t i = 0; i < SX_COUNT(others); i++)
		test_case(&t, &others[i]);
	test_life(&t);
	return tap_end(&t);
}
