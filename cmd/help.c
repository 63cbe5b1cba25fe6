/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Help texts and version, from the tables. Needs neither Xen nor xl; if both are there, the help of
 * a command ends with what xl says about it.
 */
#include "meant.h"
#include "pager.h"
#include "usage.h"

#include "base/fill.h"
#include "base/terminal.h"

#include <safexl/command.h>

#include <limits.h>
#include <string.h>

/* Columns where there is no screen. */
static const size_t usual_width = 80;

/* The groups of commands; classes without a group of their own are in the second. */
static const struct {
	enum sx_class class;
	const char *title;
} groups[] = {
	{ SX_RECORD, "Recorded in the domain's configuration and committed:" },
	{ SX_GUARD, "Guarded: no domain starts twice, or on disks that changed since its save:" },
	{ SX_OWN, "safexl's own:" },
	{ SX_PASS, "Passed to xl unchanged:" },
};

static enum sx_class group_of(const struct sx_command *c)
{
	return c->class == SX_RECORD || c->class == SX_OWN || c->class == SX_PASS ? c->class
										  : SX_GUARD;
}

/* Where the help goes, and its width in columns. */
struct page {
	FILE *out;
	size_t width;
	bool colors;
};

/* Print from column `at` on; indent later lines by `indent`. */
static void print_filled(const struct page *page, const char *text, size_t at, size_t indent)
{
	SX_STR s = { 0 };

	sx_fill(&s, text, at, indent, page->width);
	fprintf(page->out, "%s\n", sx_str_text(&s));
}

/* `width` is that of the left column, at most half the screen. */
static void print_entry(const struct page *page, const char *left, const char *text, size_t width)
{
	if (width > page->width / 2)
		width = page->width / 2;
	if (strlen(left) >= width)
		fprintf(page->out, "  %s\n  %*s ", left, (int)width, "");
	else
		fprintf(page->out, "  %-*s ", (int)width, left);
	print_filled(page, text, width + 3, width + 3);
}

static void print_option(const struct page *page, char letter, const char *name, const char *value,
			 const char *help, size_t width)
{
	SX_STR left = { 0 };

	if (letter)
		sx_str_addf(&left, "-%c", letter);
	if (letter && name)
		sx_str_add(&left, ", ");
	if (name)
		sx_str_addf(&left, "--%s", name);
	if (value)
		sx_str_addf(&left, " %s", value);
	print_entry(page, sx_str_text(&left), help, width);
}

static void print_options(const struct page *page)
{
	for (const struct sx_option *o = sx_option_table; o->letter || o->name; o++)
		print_option(page, o->letter, o->name, o->value, o->help, 20);
}

static void print_title(const struct page *page, const char *title)
{
	SX_FREE char *styled = sx_format("%s%s%s", terminal_style(page->colors, TERMINAL_BOLD),
					 title, terminal_plain(page->colors));

	fputc('\n', page->out);
	print_filled(page, styled, 0, 0);
}

/* The most used commands in the order of a guest's life; the complete groups follow. */
static void print_usual(const struct page *page)
{
	static const char *const usual[] = { "list",	     "start",	"stop",	 "console",
					     "block-attach", "mem-set", "where", "diff",
					     "log",	     "undo",	"edit",	 "save",
					     "restore",	     "check" };

	print_title(page, "Typed most:");
	for (size_t i = 0; i < SX_COUNT(usual); i++) {
		const struct sx_command *c = sx_command_find(usual[i], UINT_MAX, NULL);

		print_entry(page, c->name, c->summary, 21);
	}
}

static void print_all(const struct page *page)
{
	fputs("usage: safexl [options] <command> [<argument>...]\n\n", page->out);
	print_filled(page,
		     "Type safexl wherever you would type xl. It runs xl, writes each change of a "
		     "running domain to the domain's configuration file, and commits it in git. "
		     "Without a command, safexl is a shell. More: safexl help COMMAND, man safexl.",
		     0, 0);
	print_usual(page);
	print_title(page, "Options, before the command:");
	print_options(page);
	for (size_t i = 0; i < SX_COUNT(groups); i++) {
		print_title(page, groups[i].title);
		for (const struct sx_command *c = sx_commands; c->name; c++)
			if (group_of(c) == groups[i].class)
				print_entry(page, c->name, c->summary, 21);
	}
}

/* The command of safexl's own with the same name, as `list --all`; NULL: none. */
static const struct sx_command *twin_of(const struct sx_command *command)
{
	for (const struct sx_command *c = sx_commands; command->class != SX_OWN && c->name; c++)
		if (c->class == SX_OWN && sx_streq(c->name, command->name))
			return c;
	return NULL;
}

static bool has_option(const struct usage *usage, const struct usage_option *o)
{
	SX_FREE char *word = sx_format("--%s", o->name ? o->name : "");

	return o->name && usage_option_find(usage, word);
}

/* The command's options in all versions of xl, without those of its twin. */
static void print_options_of(const struct page *page, const struct sx_command *command)
{
	const struct sx_command *twin = twin_of(command);
	USAGE usage = { 0 }, others = { 0 };
	bool any = false;

	usage_read(command, 0, &usage);
	if (twin)
		usage_read(twin, 0, &others);
	sx_each(const struct usage_option, o, &usage.options) {
		if (!o->help || has_option(&others, o))
			continue;
		if (!any)
			print_title(page, "Options:");
		any = true;
		print_option(page, o->letter, o->name, o->value, o->help, 26);
	}
}

/* Options of safexl that apply to the command. */
static void print_global_options(const struct page *page, const struct sx_command *command)
{
	bool any = false;

	for (const struct sx_option *o = sx_option_table; o->letter || o->name; o++) {
		if (!o->commands || !sx_option_applies(o, command))
			continue;
		if (!any)
			print_title(page,
				    command->class == SX_OWN
					    ? "Options of safexl, before the command or behind it:"
					    : "Options of safexl, before the command:");
		any = true;
		print_option(page, o->letter, o->name, o->value, o->help, 26);
	}
}

/* Print xl's own help, indented and escaped; false: xl has none. */
static bool print_words_of_xl(const struct page *page, const char *xl, const char *command)
{
	SX_FREE char *said = xl ? sx_help_of_xl(xl, command) : NULL;
	char *rest = said, *line;

	if (!said)
		return false;
	print_title(page, "xl says:");
	while ((line = strsep(&rest, "\n"))) {
		SX_STR shown = { 0 };

		/* Keep tabs: they are harmless, and part of xl's layout. */
		for (char *part = line, *cell; (cell = strsep(&part, "\t"));) {
			sx_str_add_shown(&shown, cell);
			if (part)
				sx_str_addc(&shown, '\t');
		}
		fprintf(page->out, "%s%s\n", *line ? "  " : "", sx_str_text(&shown));
	}
	return true;
}

/* Keep an option and its value on one line: "[-n <number>]". */
static void join_options(char *usage)
{
	for (char *p = usage; (p = strstr(p, " <")); p++) {
		char *start = p;

		if (p > usage && p[-1] == ']')
			continue;

		while (start > usage && !strchr(" |", start[-1]))
			start--;
		if (start[*start == '['] == '-')
			*p = SX_FILL_JOIN;
	}
}

static void print_command(const struct page *page, const struct sx_command *command, const char *xl)
{
	SX_FREE char *words = usage_text(command);
	SX_FREE char *usage = sx_format("%s%s%s", command->name, *words ? " " : "", words);
	SX_FREE char *summary =
		sx_format("%c%s.", command->summary[0] - 'a' + 'A', command->summary + 1);

	join_options(usage);
	fputs("usage: safexl ", page->out);
	print_filled(page, usage, 14, 14);
	fputc('\n', page->out);
	print_filled(page, summary, 0, 0);
	if (command->since > 417)
		fprintf(page->out, "Needs xl of Xen %u.%u or later.\n", command->since / 100,
			command->since % 100);
	print_filled(page, command->records ? command->records : "Passed to xl unchanged.", 0, 0);
	if (command->class == SX_OWN || !print_words_of_xl(page, xl, command->name))
		print_options_of(page, command);
	print_global_options(page, command);
}

static void print_with_twin(const struct page *page, const struct sx_command *command,
			    const char *xl)
{
	const struct sx_command *twin = twin_of(command);

	print_command(page, command, xl);
	if (!twin)
		return;
	fputc('\n', page->out);
	print_command(page, twin, xl);
}

void sx_help_print(FILE *out, size_t width, bool colors, const struct sx_command *command,
		   const char *xl)
{
	struct page page = { out, width ? width : usual_width, colors };

	if (command)
		print_with_twin(&page, command, xl);
	else
		print_all(&page);
}

void sx_help_show(const struct sx_command *command, const char *xl)
{
	struct pager pager;

	pager_start(&pager, true);
	sx_help_print(stdout, pager.width, pager.colour, command, xl);
	pager_end(&pager);
}

static int refuse_word(const char *word, unsigned version, struct sx_err *err)
{
	SX_FREE char *several = meant_commands(version, word);

	if (several) {
		sx_err_set(err, SX_EFAIL, "help: several commands begin with '%s'", word);
		return sx_err_hint(err, "they are: %s", several);
	}
	sx_err_set(err, SX_EFAIL, "help: unknown command '%s'", word);
	return sx_err_hint(err, "all commands: safexl help");
}

/* Print a name once, even if both xl and safexl have it. */
static void print_names(void)
{
	for (const struct sx_command *c = sx_commands; c->name; c++)
		if (c->class != SX_OWN || sx_command_find(c->name, UINT_MAX, NULL) == c)
			puts(c->name);
}

int sx_help_run(const char *word, unsigned version, const char *xl, struct sx_err *err)
{
	const struct sx_command *command = NULL;

	if (word && sx_streq(word, "--commands")) {
		print_names();
		return 0;
	}
	/* `help -h` and `help --help` show the help of help. */
	if (word && (sx_streq(word, "-h") || sx_streq(word, "--help")))
		word = "help";
	if (word)
		command = sx_command_find(word, version ? version : UINT_MAX, NULL);
	if (word && !command)
		return refuse_word(word, version, err);
	sx_help_show(command, xl);
	return 0;
}

/* The core decides likewise (core/xen/live.c), but is not loaded here. */
static void print_library(void)
{
	unsigned running = sx_xen_version();
	SX_FREE char *version = sx_format("%u.%u", running / 100, running % 100);

	printf("libxenlight: built for Xen %s", SX_XEN_VERSION);
	if (!running)
		puts("; no Xen is running here");
	else if (sx_streq(version, SX_XEN_VERSION))
		puts(", which is running");
	else
		printf("; Xen %s is running: recorded and guarded commands are refused\n", version);
}

void sx_version_print(void)
{
	SX_ERR err = { 0 };
	SX_FREE char *path = NULL;
	SX_STR xl = { 0 };
	unsigned version = 0;

	if (sx_xl_path(&path, &version, &err)) {
		sx_str_addf(&xl, "none: %s", err.msg);
	} else {
		if (access(path, X_OK))
			sx_str_add(&xl, "none: ");
		sx_str_add(&xl, path);
		if (access(path, X_OK))
			sx_str_addf(&xl, ": %m");
		else if (version)
			sx_str_addf(&xl, " (Xen %u.%u)", version / 100, version % 100);
	}
	puts("safexl " SX_VERSION);
	sx_print(stdout, "xl: %pS\n", sx_str_text(&xl));
	print_library();
}
