/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command table against a list kept by hand, the lookup of words, help, exit statuses. */
#include "tap.h"

#include "../../cmd/usage.h"
#include "change/change.h"

#include <safexl/command.h>

#include <signal.h>
#include <sys/wait.h>

/* xl's commands by the version that brought them, from xl_cmdtable.c of each release branch. */
static const char *const xl_417[] = {
	"block-attach",
	"block-detach",
	"block-list",
	"button-press",
	"cd-eject",
	"cd-insert",
	"channel-list",
	"claims",
	"config-update",
	"console",
	"cpupool-cpu-add",
	"cpupool-cpu-remove",
	"cpupool-create",
	"cpupool-destroy",
	"cpupool-list",
	"cpupool-migrate",
	"cpupool-numa-split",
	"cpupool-rename",
	"create",
	"debug-keys",
	"destroy",
	"devd",
	"dmesg",
	"domid",
	"domname",
	"dump-core",
	"getenforce",
	"info",
	"list",
	"loadpolicy",
	"mem-max",
	"mem-set",
	"migrate",
	"migrate-receive",
	"network-attach",
	"network-detach",
	"network-list",
	"pause",
	"pci-assignable-add",
	"pci-assignable-list",
	"pci-assignable-remove",
	"pci-attach",
	"pci-detach",
	"pci-list",
	"psr-cat-set",
	"psr-cat-show",
	"psr-cmt-attach",
	"psr-cmt-detach",
	"psr-cmt-show",
	"psr-hwinfo",
	"psr-mba-set",
	"psr-mba-show",
	"qemu-monitor-command",
	"reboot",
	"remus",
	"rename",
	"restore",
	"save",
	"sched-credit",
	"sched-credit2",
	"sched-rtds",
	"set-parameters",
	"setenforce",
	"sharing",
	"shutdown",
	"sysrq",
	"top",
	"trigger",
	"unpause",
	"uptime",
	"usb-list",
	"usbctrl-attach",
	"usbctrl-detach",
	"usbdev-attach",
	"usbdev-detach",
	"vcpu-list",
	"vcpu-pin",
	"vcpu-set",
	"vdispl-attach",
	"vdispl-detach",
	"vdispl-list",
	"vkb-attach",
	"vkb-detach",
	"vkb-list",
	"vm-list",
	"vncviewer",
	"vsnd-attach",
	"vsnd-detach",
	"vsnd-list",
	"vtpm-attach",
	"vtpm-detach",
	"vtpm-list",
};
static const char *const xl_418[] = { "dt-overlay" };
static const char *const xl_420[] = { "resume", "suspend" };
static const char *const xl_422[] = { "xenstore-quota-get", "xenstore-quota-set" };
static const char *const own_names[] = { "adopt",  "autostart", "backup",   "blame",	 "check",
					 "define", "diff",	"edit",	    "help",	 "images",
					 "list",   "log",	"record",   "recover",	 "restore",
					 "revert", "show",	"snapshot", "snapshots", "start",
					 "stop",   "undefine",	"undo",	    "verify",	 "where" };

static const struct {
	const char *const *names;
	size_t count;
	unsigned since;
	bool own;
} lists[] = {
	{ xl_417, SX_COUNT(xl_417), 417, false },      { xl_418, SX_COUNT(xl_418), 418, false },
	{ xl_420, SX_COUNT(xl_420), 420, false },      { xl_422, SX_COUNT(xl_422), 422, false },
	{ own_names, SX_COUNT(own_names), 417, true },
};

/* Of 'list' there are two: xl's, and safexl's own. */
static const struct sx_command *by_name(const char *name, bool own)
{
	for (const struct sx_command *c = sx_commands; c->name; c++)
		if (strcmp(c->name, name) == 0 && (c->class == SX_OWN) == own)
			return c;
	return NULL;
}

static void check_list(struct tap *t)
{
	size_t expected = 0, present = 0;
	bool good = true;

	for (size_t i = 0; i < SX_COUNT(lists); i++) {
		expected += lists[i].count;
		for (size_t j = 0; j < lists[i].count; j++) {
			const struct sx_command *c = by_name(lists[i].names[j], lists[i].own);

			if (c && c->since == lists[i].since)
				continue;
			good = false;
			printf("# wrong or missing: %s\n", lists[i].names[j]);
		}
	}
	for (const struct sx_command *c = sx_commands; c->name; c++)
		present++;
	tap_ok(t, good, "each command of xl 4.17 to 4.22 is there, with its version");
	tap_is_num(t, (long)present, (long)expected, "and nothing else, nothing twice");
}

static void check_classes(struct tap *t)
{
	SX_STR lost = { 0 };
	bool texts = true, records = true;

	for (const struct sx_command *c = sx_commands; c->name; c++) {
		size_t len = strlen(c->summary);

		if (c->class == SX_RECORD && !change_family_find(c->name))
			sx_str_addf(&lost, "%s ", c->name);
		records &= !c->records == (c->class == SX_PASS);
		if (!c->usage || !len || c->summary[len - 1] == '.' || c->summary[0] < 'a' ||
		    c->summary[0] > 'z') {
			texts = false;
			printf("# summary or usage of %s\n", c->name);
		}
	}
	tap_is(t, sx_str_text(&lost), "", "every command that is recorded has who records it");
	tap_ok(t,
	       by_name("create", false)->class != SX_PASS &&
		       by_name("save", false)->class != SX_PASS &&
		       by_name("restore", false)->class != SX_PASS,
	       "what starts, saves or resumes a domain is not just passed on");
	tap_ok(t, texts, "usage and summary have their form");
	tap_ok(t, records, "what is not passed says what it records, and only that");
}

/* What the usage of an own command says, read as a usage alone: the table must have it, as it is read by that. */
static void check_options(struct tap *t)
{
	SX_STR lost = { 0 }, strange = { 0 };

	for (const struct sx_command *c = sx_commands; c->name; c++) {
		struct sx_command unknown = *c;
		USAGE said = { 0 };

		unknown.name = "no command";
		usage_read(&unknown, 0, &said);
		for (size_t i = 0; c->class == SX_OWN && i < said.options.len; i++) {
			const struct usage_option *o = &said.options.items[i];
			const struct syntax_option *s = syntax_options;

			while (s->commands &&
			       !(usage_is_of(s, c) &&
				 (o->name ? sx_streq(s->name, o->name) : s->letter == o->letter)))
				s++;
			if (!s->commands)
				sx_str_addf(&lost, "%s -%c%s ", c->name,
					    o->letter ? o->letter : '-', o->name ? o->name : "");
		}
	}
	tap_is(t, sx_str_text(&lost), "", "the table of options has each that a usage names");
	for (const struct sx_option *o = sx_option_table; o->letter || o->name; o++) {
		SX_FREE char *copy = sx_strdup(o->commands ? o->commands : "");
		char *rest = copy;

		for (char *name; (name = strsep(&rest, " "));) {
			bool own = sx_starts_with(name, "own:");
			const char *bare = own ? name + strlen("own:") : name;

			if (*name && !by_name(bare, true) && (own || !by_name(bare, false)) &&
			    !sx_streq(name, "RECORDED") && !sx_streq(name, "PASSED"))
				sx_str_addf(&strange, "%s ", name);
		}
	}
	tap_is(t, sx_str_text(&strange), "", "options apply to commands that there are");
}

static const struct {
	const char *word;
	unsigned version;
	const char *found; /* NULL: xl shall judge */
} lookups[] = {
	{ "list", 417, "list" },
	{ "create", 0, "create" },
	{ "cr", 417, "create" },
	{ "cr", 0, "create" },
	{ "block-at", 417, "block-attach" },
	{ "block-at", 0, "block-attach" },
	{ "block-", 0, NULL },
	{ "mem-s", 0, "mem-set" },
	{ "mem-m", 422, "mem-max" },
	{ "mem", 417, NULL },
	{ "migrate", 417, "migrate" },
	{ "migrate-", 417, "migrate-receive" },
	{ "sched-credit", 417, "sched-credit" },
	{ "res", 417, "restore" },
	{ "res", 420, NULL },
	{ "res", 0, "two" },
	{ "su", 417, NULL },
	{ "su", 420, "suspend" },
	{ "suspend", 417, "suspend" },
	{ "dt", 418, "dt-overlay" },
	{ "x", 421, NULL },
	{ "xenstore-quota-g", 423, "xenstore-quota-get" },
	{ "", 417, NULL },
	{ "", 0, NULL },
	{ "frobnicate", 417, NULL },
	{ "create2", 417, NULL },
	{ "CREATE", 417, NULL },
	{ "-", 417, NULL },
	{ "adopt", 417, "adopt" },
	{ "ad", 417, "adopt" },
	{ "ad", 0, "adopt" },
	{ "he", 0, "help" },
	{ "re", 417, NULL },
	{ "rec", 417, NULL },
	{ "recov", 417, "recover" },
	{ "recover", 0, "recover" },
};

static void check_lookups(struct tap *t)
{
	for (size_t i = 0; i < SX_COUNT(lookups); i++) {
		const struct sx_command *second = sx_commands, *c;
		SX_FREE char *what =
			sx_format("'%s' in xl %u", lookups[i].word, lookups[i].version);

		c = sx_command_find(lookups[i].word, lookups[i].version, &second);
		tap_is(t, second ? "two" : c ? c->name : NULL, lookups[i].found, what);
	}
}

#define ENTRY(n, c, v)                                                        \
	{                                                                     \
		.name = n, .class = c, .since = v, .usage = "", .summary = "" \
	}

static void check_unknown_version(struct tap *t)
{
	static const struct sx_command table[] = {
		ENTRY("restore", SX_RECORD, 417),
		ENTRY("resume", SX_PASS, 420),
		ENTRY("suspend", SX_RECORD, 420),
		ENTRY("pack", SX_PASS, 417),
		ENTRY("pact", SX_PASS, 422),
		ENTRY("resolve", SX_OWN, 417),
		{ 0 },
	};
	const struct sx_command *second, *c;

	c = sx_command_find_in(table, "res", 0, &second);
	tap_ok(t,
	       c && second && strcmp(c->name, "restore") == 0 &&
		       strcmp(second->name, "resume") == 0,
	       "a recorded command that a later xl made ambiguous: both are named");
	c = sx_command_find_in(table, "res", 417, &second);
	tap_ok(t, c == table && !second, "with the version known it is the one");
	c = sx_command_find_in(table, "res", 420, &second);
	tap_ok(t, !c && !second, "or left to xl");
	c = sx_command_find_in(table, "sus", 0, &second);
	tap_ok(t, c == table + 2 && !second, "a recorded command that an old xl lacks is recorded");
	c = sx_command_find_in(table, "pac", 0, &second);
	tap_ok(t, !c && !second, "what is passed either way is left to xl");
	c = sx_command_find_in(table, "resol", 0, NULL);
	tap_ok(t, c == table + 5, "our own by a prefix that xl does not have");
}

/* Words, then what came of them: flags, message, xl's options, the command. */
static const struct {
	const char *words;
	const char *result;
} parses[] = {
	{ "list", "list" },
	{ "", "(none)" },
	{ "-v list -l", "xl:-v list" },
	{ "-vvTN -f create", "N xl:-vvT xl:-f create" },
	{ "--live block-attach --config", "live own:--live block-attach" },
	{ "-q -m why mem-set", "q m:why own:-q mem-set" },
	{ "-mwhy mem-set", "m:why own:-mwhy mem-set" },
	{ "-vqtmwhy mem-set", "q m:why xl:-vt own:-vqtmwhy mem-set" },
	{ "--message=a=b -m c x", "m:c own:--message=a=b x" },
	{ "--message -v x", "m:-v own:--message x" },
	{ "-- -v", "-v" },
	{ "-N -- list", "N list" },
	{ "- x", "-" },
	{ "--dry-run --json --discard-marker --quiet x", "N json discard q own:--dry-run x" },
	{ "--version", "version own:--version (none)" },
	{ "-h", "h own:-h (none)" },
	{ "--help list", "h own:--help list" },
	{ "-x list", "option '-x' is unknown" },
	{ "-vx list", "option '-vx' is unknown" },
	{ "--lives list", "option '--lives' is unknown" },
	{ "--liv list", "live own:--liv list" },
	{ "--mes=why list", "m:why own:--mes=why list" },
	{ "--d list", "option '--d' is ambiguous" },
	{ "--di list", "discard own:--di list" },
	{ "--live=1 list", "option '--live=1' takes no value" },
	{ "-m", "option '-m' needs a text" },
	{ "--message= list", "option '--message=' needs a text" },
	{ "--live --config list", "--live and --config exclude each other" },
	{ "--live -m x list", "--message does not go with --live: nothing is recorded" },
};

static char *describe(const struct sx_options *o, const char *command)
{
	SX_STR s = { 0 };

	sx_str_add(&s, o->live ? "live " : "");
	sx_str_add(&s, o->config ? "config " : "");
	sx_str_add(&s, o->dry_run ? "N " : "");
	sx_str_add(&s, o->json ? "json " : "");
	sx_str_add(&s, o->discard_marker ? "discard " : "");
	sx_str_add(&s, o->quiet ? "q " : "");
	sx_str_add(&s, o->version ? "version " : "");
	sx_str_add(&s, o->help ? "h " : "");
	if (o->message)
		sx_str_addf(&s, "m:%s ", o->message);
	for (size_t i = 0; i < o->xl.len; i++)
		sx_str_addf(&s, "xl:%s ", o->xl.items[i]);
	if (o->own_option)
		sx_str_addf(&s, "own:%s ", o->own_option);
	sx_str_add(&s, command ? command : "(none)");
	return sx_str_take(&s);
}

static void check_parses(struct tap *t)
{
	for (size_t i = 0; i < SX_COUNT(parses); i++) {
		SX_FREE char *copy = sx_strdup(parses[i].words);
		SX_FREE char *result = NULL;
		SX_WORDS argv = { 0 };
		struct sx_options o;
		SX_ERR err = { 0 };
		char *rest = copy;
		int at;

		sx_words_add(&argv, "safexl");
		for (char *word; (word = strsep(&rest, " "));)
			if (*word)
				sx_words_add(&argv, word);
		if (sx_options_parse((int)argv.len, sx_words_argv(&argv), &o, &at, &err)) {
			result = sx_strdup(err.code == SX_EUSAGE ? err.msg : "not SX_EUSAGE");
		} else {
			result = describe(&o, argv.items[at]);
			sx_options_dispose(&o);
		}
		tap_is(t, result, parses[i].result,
		       *parses[i].words ? parses[i].words : "(nothing)");
	}
}

/* The text with each run of blanks and newlines as one blank. */
static char *flattened(const char *text)
{
	SX_STR s = { 0 };

	for (; *text; text += strspn(text, " \n")) {
		size_t len = strcspn(text, " \n");

		sx_str_addn(&s, text, len);
		sx_str_addc(&s, ' ');
		text += len;
	}
	return sx_str_take(&s);
}

/* Every help text, all at once: no line beyond a narrow terminal, no trailing blank. */
static void check_help(struct tap *t, size_t width)
{
	SX_FREE char *what = sx_format("no line of help is longer than %zu columns", width);
	SX_FREE char *text = NULL, *flat = NULL;
	size_t size, lines = 0;
	FILE *out = open_memstream(&text, &size);
	bool narrow = true, clean = true, all = true;
	ptrdiff_t longest = 0;

	sx_help_print(out, width, false, NULL, NULL);
	fflush(out);
	flat = flattened(text);
	for (const struct sx_command *c = sx_commands; c->name; c++)
		all &= strstr(flat, c->name) && strstr(flat, c->summary);
	for (const struct sx_command *c = sx_commands; c->name; c++)
		sx_help_print(out, width, false, c, NULL);
	fclose(out);
	for (char *p = text, *end; (end = strchr(p, '\n')); p = end + 1, lines++) {
		*end = '\0';
		if (end - p > (ptrdiff_t)width || (end > p && end[-1] == ' '))
			printf("# %s|\n", p);
		narrow &= end - p <= (ptrdiff_t)width;
		longest = end - p > longest ? end - p : longest;
		clean &= end == p || end[-1] != ' ';
	}
	tap_ok(t, all, "the help names every command and what it does");
	tap_ok(t, lines > 100 && narrow, what);
	tap_ok(t, longest > (ptrdiff_t)width - 10, "and they are used");
	tap_ok(t, clean, "or ends with a blank");
}

static void check_statuses(struct tap *t)
{
	static const struct {
		enum sx_code code;
		int status;
	} table[] = {
		{ SX_OK, 0 },	       { SX_EFAIL, 1 },	      { SX_EUSAGE, 2 },
		{ SX_ENODOMAIN, 1 },   { SX_ENOXEN, 1 },      { SX_ENOCONFIG, 78 },
		{ SX_EAMBIGUOUS, 78 }, { SX_ESYNTAX, 78 },    { SX_ECONFLICT, 78 },
		{ SX_ECHANGED, 1 },    { SX_ECANTWRITE, 73 }, { SX_ELOCKED, 75 },
		{ SX_EGUARD, 77 },     { SX_EPARTIAL, 74 },
	};
	struct sx_err xl = { .code = SX_EXL, .status = W_EXITCODE(17, 0) };
	bool good = true;

	for (size_t i = 0; i < SX_COUNT(table); i++)
		good &= sx_err_status(&(struct sx_err){ .code = table[i].code }) == table[i].status;
	tap_ok(t, good, "exit statuses as documented");
	tap_is_num(t, sx_err_status(&xl), 17, "xl's own status");
	xl.status = W_EXITCODE(0, SIGINT);
	tap_is_num(t, sx_err_status(&xl), 130, "xl died of a signal: as a shell would say it");
}

int main(void)
{
	struct tap t = { 0 };

	check_list(&t);
	check_classes(&t);
	check_options(&t);
	check_lookups(&t);
	check_unknown_version(&t);
	check_parses(&t);
	check_help(&t, 60);
	check_help(&t, 80);
	check_help(&t, 120);
	check_statuses(&t);
	return tap_end(&t);
}
