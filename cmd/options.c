/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The options before the command: xl's own (it calls getopt with "+vftTN") and safexl's. What stands
 * behind a command of xl is xl's; behind one of safexl's own, safexl's options may stand as well.
 */
#include <safexl/command.h>

#include <string.h>

#define FLAG(field) offsetof(struct sx_options, field)

/* Those without a name are xl's. */
const struct sx_option sx_option_table[] = {
	{ '\0', "live", NULL, "change the running domain only; nothing is recorded", FLAG(live) },
	{ '\0', "config", NULL, "change the configuration only; needs no Xen", FLAG(config) },
	{ 'm', "message", "TEXT", "the reason, kept in the history", 0 },
	{ 'N', "dry-run", NULL, "change nothing; show what would be done", FLAG(dry_run) },
	{ '\0', "discard-marker", NULL, "go ahead against a marker, and drop it",
	  FLAG(discard_marker) },
	{ '\0', "json", NULL, "machine-readable output of safexl's own commands", FLAG(json) },
	{ 'q', "quiet", NULL, "no notices; errors stay", FLAG(quiet) },
	{ '\0', "version", NULL, "show the version, and which xl is run", FLAG(version) },
	{ 'h', "help", NULL, "show this help, or that of the command behind it", FLAG(help) },
	{ 'v', NULL, NULL, "xl's: more messages; may be repeated", 0 },
	{ 't', NULL, NULL, "xl's: progress on one line, also without a terminal", 0 },
	{ 'T', NULL, NULL, "xl's: date and process id in its messages", 0 },
	{ 'f', NULL, NULL, "xl's: accepted, without effect", 0 },
	{ 0 },
};

/* Where the parser stands in argv. */
struct cursor {
	int argc;
	char **argv;
	int at;
};

static int bad_option(struct sx_err *err, const char *word, const char *why)
{
	sx_err_set(err, SX_EUSAGE, "option '%s' %s", word, why);
	return sx_err_hint(err, "the options: safexl --help");
}

/* Take the value of -m: what is attached to it, else the next word. */
static int take_message(struct cursor *c, const char *attached, struct sx_options *o,
			struct sx_err *err)
{
	const char *word = c->argv[c->at];

	if (!attached && c->at + 1 < c->argc)
		attached = c->argv[++c->at];
	if (!attached || !*attached)
		return bad_option(err, word, "needs a text");
	o->message = attached;
	return 0;
}

static int take_option(struct cursor *c, const struct sx_option *option, const char *attached,
		       struct sx_options *o, struct sx_err *err)
{
	if (option->value)
		return take_message(c, attached, o, err);
	*(bool *)((char *)o + option->flag) = true;
	return 0;
}

static int parse_long(struct cursor *c, struct sx_options *o, struct sx_err *err)
{
	const char *word = c->argv[c->at], *name = word + 2;
	const char *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);

	for (const struct sx_option *t = sx_option_table; t->name || t->letter; t++) {
		if (!t->name || strlen(t->name) != len || memcmp(t->name, name, len) != 0)
			continue;
		if (equals && !t->value)
			return bad_option(err, word, "takes no value");
		o->own_option = o->own_option ? o->own_option : word;
		return take_option(c, t, equals ? equals + 1 : NULL, o, err);
	}
	return bad_option(err, word, "is unknown");
}

/* A word of letters: xl's are collected as typed, safexl's taken out of between them. */
static int parse_letters(struct cursor *c, struct sx_options *o, struct sx_err *err)
{
	const char *word = c->argv[c->at];
	SX_STR xl = { 0 };

	for (const char *p = word + 1; *p; p++) {
		const struct sx_option *t = sx_option_table;

		while (t->letter != *p && (t->name || t->letter))
			t++;
		if (t->letter != *p)
			return bad_option(err, word, "is unknown");
		if (!t->name) {
			sx_str_addf(&xl, "%s%c", xl.len ? "" : "-", *p);
			continue;
		}
		if (*p != 'N' && !o->own_option)
			o->own_option = word;
		if (take_option(c, t, p[1] ? p + 1 : NULL, o, err))
			return -1;
		if (t->value)
			break;
	}
	if (xl.len)
		sx_words_give(&o->xl, sx_str_take(&xl));
	return 0;
}

static int check_together(const struct sx_options *o, struct sx_err *err)
{
	if (o->live && o->config) {
		sx_err_set(err, SX_EUSAGE, "--live and --config exclude each other");
		return sx_err_hint(err, "to change the running domain and its configuration, give "
					"neither");
	}
	if (o->live && o->message)
		return sx_err_set(err, SX_EUSAGE,
				  "--message does not go with --live: nothing is recorded");
	return 0;
}

int sx_options_parse(int argc, char **argv, struct sx_options *out, int *command,
		     struct sx_err *err)
{
	SX_CLEANUP(sx_options_dispose) struct sx_options o = { 0 };
	struct cursor c = { argc, argv, 1 };

	for (; c.at < argc; c.at++) {
		const char *word = argv[c.at];

		if (word[0] != '-' || !word[1])
			break;
		if (strcmp(word, "--") == 0) {
			c.at++;
			break;
		}
		if (word[1] == '-' ? parse_long(&c, &o, err) : parse_letters(&c, &o, err))
			return -1;
	}
	if (check_together(&o, err))
		return -1;
	/* argc may be 0: then there is no command either. */
	*command = c.at < argc ? c.at : argc;
	*out = sx_steal(&o);
	return 0;
}

const struct sx_option *sx_option_of(const char *word)
{
	if (word[0] != '-')
		return NULL;
	for (const struct sx_option *t = sx_option_table; t->name || t->letter; t++) {
		size_t len = t->name ? strlen(t->name) : 0;

		if (!len || t->flag == FLAG(version) || t->flag == FLAG(help))
			continue;
		if (word[1] == '-' && strncmp(word + 2, t->name, len) == 0 &&
		    (!word[2 + len] || (t->value && word[2 + len] == '=')))
			return t;
		if (t->letter && word[1] == t->letter && (!word[2] || t->value))
			return t;
	}
	return NULL;
}

int sx_options_behind(int at, int *argc, char **argv, struct sx_options *o, struct sx_err *err)
{
	struct cursor c = { *argc, argv, at + 1 };
	int kept = at + 1;

	for (; c.at < c.argc && strcmp(argv[c.at], "--"); c.at++) {
		const char *word = argv[c.at];

		if (!sx_option_of(word))
			argv[kept++] = argv[c.at];
		else if (word[1] == '-' ? parse_long(&c, o, err) : parse_letters(&c, o, err))
			return -1;
	}
	while (c.at < c.argc)
		argv[kept++] = argv[c.at++];
	argv[kept] = NULL;
	*argc = kept;
	return check_together(o, err);
}

void sx_options_dispose(struct sx_options *o)
{
	sx_words_dispose(&o->xl);
	*o = (struct sx_options){ 0 };
}
