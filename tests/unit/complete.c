/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What completion makes of the command table: each kind of word has a source or is known to have none. */
#include "../../cmd/complete_line.h"
#include "../../cmd/usage.h"
#include "tap.h"

#include "offer/offer.h"

/* Kinds of words that nobody but the person knows. */
static const char *const free_kinds[] = {
	"new-name", "size",  "letter",	     "number",	      "seconds",
	"hard",	    "soft",  "command",	     "weight",	      "cap",
	"us",	    "cpus",  "parameters",   "keys",	      "mask",
	"throttle", "quota", "character",    "fact",	      "socket",
	"level",    "mac",   "uuid",	     "pid-file",      "nodes",
	"list",	    "value", "command-line", "snapshot-name", "vdev-path",
};

static bool is_known(const char *kind)
{
	for (size_t i = 0; i < SX_COUNT(free_kinds); i++)
		if (strcmp(free_kinds[i], kind) == 0)
			return true;
	return offer_knows(kind);
}

/* Every "<kind>" of a text; what a key takes is told by the key. */
static bool kinds_known(const char *text, struct sx_str *unknown)
{
	bool good = true;

	for (const char *p = text; (p = strchr(p, '<')); p++) {
		SX_FREE char *kind = sx_strndup(p + 1, strcspn(p + 1, ">"));

		if ((p > text && p[-1] == '=') || is_known(kind))
			continue;
		sx_str_addf(unknown, " <%s>", kind);
		good = false;
	}
	return good;
}

static void test_kinds(struct tap *t)
{
	SX_STR unknown = { 0 };
	bool good = true;

	for (const struct sx_command *c = sx_commands; c->name; c++) {
		USAGE u = { 0 };

		usage_read(c, 0, &u);
		for (size_t i = 0; i < u.words.len; i++)
			good &= kinds_known(u.words.items[i].text, &unknown);
		for (size_t i = 0; i < u.options.len; i++)
			if (u.options.items[i].value)
				good &= kinds_known(u.options.items[i].value, &unknown);
	}
	if (!tap_ok(t, good,
		    "each kind of word in a usage has candidates, or is known to have none"))
		printf("#%s: see core/offer, or the list in this test\n", sx_str_text(&unknown));
}

static const struct sx_command *find(const char *name, size_t len)
{
	for (const struct sx_command *c = sx_commands; c->name; c++)
		if (strlen(c->name) == len && memcmp(c->name, name, len) == 0)
			return c;
	return NULL;
}

static void test_syntax(struct tap *t)
{
	bool good = true;

	for (const struct syntax_option *o = syntax_options; o->commands; o++)
		for (const char *p = o->commands; *p; p += strspn(p, " ")) {
			size_t len = strcspn(p, " ");
			const struct sx_command *c = find(p, len);

			if (!c)
				printf("# no command: %.*s\n", (int)len, p);
			good &= c != NULL;
			p += len;
		}
	for (const struct syntax_words *w = syntax_words; w->command; w++)
		good &= find(w->command, strlen(w->command)) != NULL;
	tap_ok(t, good, "what is added to usages is about commands that exist");
}

static void is_usage(struct tap *t, const char *text, const char *want)
{
	struct sx_command c = { .name = "x", .usage = text };
	USAGE u = { 0 };
	SX_STR s = { 0 };

	usage_read(&c, 0, &u);
	for (size_t i = 0; i < u.options.len; i++) {
		const struct usage_option *o = &u.options.items[i];

		sx_str_addf(&s, "-%c%s%s(%s) ", o->letter ? o->letter : '-', o->name ? "/" : "",
			    o->name ? o->name : "", o->value ? o->value : "");
	}
	for (size_t i = 0; i < u.words.len; i++)
		sx_str_addf(&s, "%s%s ", u.words.items[i].text,
			    u.words.items[i].repeats ? "*" : "");
	tap_is(t, sx_str_text(&s), want, text);
}

static void test_usages(struct tap *t)
{
	is_usage(t, "[-f|--force] <domain> <vdev>|<devid>", "-f/force() <domain> <vdev>|<devid> ");
	is_usage(t, "[options] [<config-file>] [key=value]...", "<config-file> key=value* ");
	is_usage(t, "[-n <number>] [-t a|b] <domain>...", "-n(<number>) -t(a|b) <domain>* ");
	is_usage(t, "[-w] [-F] -a | <domain>", "-w() -F() -a() <domain> ");
	is_usage(t, "<domain> <size>[b|k|m]", "<domain> <size> ");
	is_usage(t, "<domain> [version=<1|2|3>] [<a> [<b>]]", "<domain> version=<1|2|3> <a> <b> ");
	is_usage(t, "[--long <x>|-]", "--/long(<x>|-) ");
	is_usage(t, "", "");
}

/* A line, what of its last word is fixed, and how a candidate is put there. */
static void is_insert(struct tap *t, const char *typed, const char *candidate, const char *want)
{
	COMMAND_LINE line = { 0 };
	SX_FREE char *got = NULL;

	command_line_read(typed, " \t\n\"'@><=;|&(:", &line);
	got = command_line_insert(&line, candidate, true);
	tap_is(t, got, want, typed);
}

static void test_lines(struct tap *t)
{
	is_insert(t, "x ", "a'b \"$`\\", "a\\'b\\ \\\"\\$\\`\\\\");
	is_insert(t, "x '", "a'b c", "a'\\''b c");
	is_insert(t, "x \"a", "a'b \"$`\\", "a'b \\\"\\$\\`\\\\");
	is_insert(t, "x $'a", "a'\n\\", "a\\'\\n\\\\");
	is_insert(t, "x a", "a\t\x01", "a$'\\x09'$'\\x01'");
	is_insert(t, "x a=b", "a=bc", "bc");
	is_insert(t, "x a\\=b", "a=bc", "a=bc");
	is_insert(t, "x 'a=b'c", "a=bcd", "a=bcd");
	is_insert(t, "x a='b=c", "a=b=cd", "b=cd");
	is_insert(t, "x a=b", "c", NULL);
	is_insert(t, "x ~/a", "~/a b", "~/a\\ b");
	is_insert(t, "x '~/a", "~/a b", "~/a b");
	is_insert(t, "x a\\", "ab", "ab");
	is_insert(t, "x $'\\x41\\102\\t", "AB\tc", "AB\\x09c");
	is_insert(t, "x $'a\\0b'c=", "ac=d", "d");
	is_insert(t, "x $'a\\x00b'cdefgh=", "a", NULL);
	is_insert(t, "x $'\\xg\\q", "\\xg\\qa", "\\\\xg\\\\qa");
	is_insert(t, "", "x", "x");
}

int main(void)
{
	struct tap t = { 0 };

	test_kinds(&t);
	test_syntax(&t);
	test_usages(&t);
	test_lines(&t);
	return tap_end(&t);
}
