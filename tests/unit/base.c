/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The base layer: strings shown and quoted, numbers, paths, errors. */
#include "tap.h"

#include "base/err.h"
#include "base/num.h"
#include "base/path.h"
#include "base/vec.h"

static void shown(struct tap *t, const char *text, const char *want)
{
	SX_FREE char *got = sx_shown(text);

	tap_is(t, got, want, "shown");
}

static void quoted(struct tap *t, const char *word, const char *want)
{
	SX_STR s = { 0 };

	sx_str_add_quoted(&s, word);
	tap_is(t, sx_str_text(&s), want, "quoted");
}

static void test_show(struct tap *t)
{
	shown(t, "plain text", "plain text");
	shown(t, "na\xc3\xafve \xe2\x82\xac \xf0\x9f\x98\x80",
	      "na\xc3\xafve \xe2\x82\xac \xf0\x9f\x98\x80");
	shown(t, "\x1b[31mred", "\\x1b[31mred");
	shown(t, "a\nb\tc\rd\x7f", "a\\nb\\tc\\x0dd\\x7f");
	shown(t, "\xff\xc3", "\\xff\\xc3");
	shown(t, "c1 \xc2\x9b", "c1 \\xc2\\x9b");
	shown(t, "bidi \xe2\x80\xae", "bidi \\xe2\\x80\\xae");
	shown(t, "overlong \xc0\xaf surrogate \xed\xa0\x80",
	      "overlong \\xc0\\xaf surrogate \\xed\\xa0\\x80");
	quoted(t, "phy:/dev/vg0/x,xvdb,w", "phy:/dev/vg0/x,xvdb,w");
	quoted(t, "", "''");
	quoted(t, "we b's", "'we b'\\''s'");
	quoted(t, "$HOME`id`", "'$HOME`id`'");
}

static void test_str(struct tap *t)
{
	SX_STR s = { 0 };
	SX_WORDS w = { 0 };

	tap_is(t, sx_str_text(&s), "", "an empty string has a text");
	tap_is_num(t, sx_words_argv(&w)[0] == NULL, 1, "an empty word list is an argv");
	sx_str_add(&s, "hello");
	sx_str_splice(&s, 1, 3, "ipp", 3);
	tap_is(t, s.data, "hippo", "splice of the same length");
	sx_str_splice(&s, 0, 0, "a ", 2);
	sx_str_splice(&s, s.len, 0, "s", 1);
	tap_is(t, s.data, "a hippos", "splice at both ends");
	sx_str_splice(&s, 1, 6, "", 0);
	tap_is(t, s.data, "as", "splice that removes");
	for (int i = 0; i < 20; i++)
		sx_words_add(&w, "x");
	tap_is_num(t, (long)w.len, 20, "words are counted");
	tap_ok(t, sx_words_argv(&w)[20] == NULL, "and ended by NULL");
}

/* Our own conversions, between those of printf: each takes its own argument, and no other's. */
static void test_format(struct tap *t)
{
	SX_FREE char *plain = sx_format("%s %d%% %m", "no", 5);
	SX_FREE char *mixed = sx_format("%pQ", "a b");
	SX_FREE char *many = sx_format("%.*s|%pQ|%zu|%lld|%pS|%c%%pQ|%5.1f|%ld|%pQ.", 2, "abc",
				       "it's", (size_t)7, -8LL, "x\ny", 'z', 2.5, 9L, "plain");

	tap_ok(t, sx_starts_with(plain, "no 5% "), "printf's own are printf's");
	tap_is(t, mixed, "'a b'", "%pQ quotes for a shell");
	tap_is(t, many, "ab|'it'\\''s'|7|-8|x\\ny|z%pQ|  2.5|9|plain.", "between all others");
}

static void test_num(struct tap *t)
{
	SX_ERR err = { 0 };
	uint64_t n = 7;

	tap_is_num(t, sx_num_parse("18446744073709551615", 0, UINT64_MAX, &n, &err), 0,
		   "the largest number");
	tap_is_num(t, sx_num_parse("18446744073709551616", 0, UINT64_MAX, &n, &err), -1,
		   "one more");
	tap_is(t, err.msg, "'18446744073709551616' is too large", "says why");
	tap_is_num(t, sx_num_parse("", 0, 9, &n, &err), -1, "no digits");
	tap_is_num(t, sx_num_parse("1x", 0, 9, &n, &err), -1, "a letter");
	tap_is_num(t, sx_num_parse("10", 0, 9, &n, &err), -1, "out of range");
	tap_is_num(t, (long)err.code, SX_EUSAGE, "is a usage error");
}

static void escaped(struct tap *t, const char *name, const char *want)
{
	SX_FREE char *got = sx_path_escape(name);

	tap_is(t, got, want, "escaped");
}

static void test_path(struct tap *t)
{
	char a[600], b[600];
	SX_FREE char *joined = sx_path_join("/etc/xen/", "a.cfg");
	SX_FREE char *absolute = sx_path_join("/etc", "/x");
	struct sx_paths paths = { 0 };

	tap_is(t, joined, "/etc/xen/a.cfg", "join");
	tap_is(t, absolute, "/x", "join of an absolute name");
	escaped(t, "web1", "web1");
	escaped(t, "../x", "%2e.%2fx");
	escaped(t, "a/b c%", "a%2fb%20c%25");
	memset(a, 'x', sizeof(a) - 1);
	a[sizeof(a) - 1] = '\0';
	memcpy(b, a, sizeof(b));
	b[500] = 'y';
	{
		SX_FREE char *ea = sx_path_escape(a);
		SX_FREE char *eb = sx_path_escape(b);

		tap_ok(t, strlen(ea) < 200 && strcmp(ea, eb),
		       "long names are shortened and stay different");
	}
	sx_paths_init(&paths, "/tmp/r//");
	tap_is(t, paths.conf, "/tmp/r/etc/xen/safexl.conf", "the root is put before each path");
	sx_paths_dispose(&paths);
}

static void test_err(struct tap *t)
{
	SX_ERR err = { 0 };
	SX_ERR moved = { 0 };

	sx_err_set(&err, SX_EFAIL, "no room");
	sx_err_wrap(&err, "write %s", "x");
	sx_err_hint(&err, "make room");
	tap_is(t, err.msg, "write x: no room", "prefixed on the way up");
	tap_is_num(t, sx_err_move(&moved, &err), -1, "moved");
	tap_is(t, moved.hint, "make room", "with its hint");
	tap_ok(t, !err.msg && !err.hint && err.code == SX_OK, "and the source is empty");
}

int main(void)
{
	struct tap t = { 0 };

	test_show(&t);
	test_str(&t);
	test_format(&t);
	test_num(&t);
	test_path(&t);
	test_err(&t);
	return tap_end(&t);
}
