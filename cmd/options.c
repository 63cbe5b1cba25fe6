/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The options before the command: xl's (its getopt string is "+vftTN") and safexl's, and which
 * commands each applies to. Words after a command of xl's are xl's; for safexl's own see
 * options_own.c.
 */
#include "usage.h"

#include <string.h>

#define FLAG(field) offsetof(struct sx_options, field)

#define RUN_XL "RECORDED PASSED create restore save migrate "

/* Options without a name are xl's. "own:restore" is safexl's own command, "restore" is xl's. */
const struct sx_option sx_option_table[] = {
	{ '\0', "live", NULL, "change the running domain only; nothing is recorded", FLAG(live),
	  RUN_XL },
	{ '\0', "config", NULL, "change the configuration only; needs no Xen", FLAG(config),
	  "RECORDED define undefine undo edit" },
	{ 'm', "message", "TEXT", "the reason, kept in the history", 0,
	  "RECORDED define undefine autostart undo edit record snapshot revert backup "
	  "own:restore" },
	{ 'N', "dry-run", NULL, "change nothing; show what would be done", FLAG(dry_run),
	  RUN_XL
	  "migrate-receive start stop define undefine autostart adopt images snapshot snapshots revert undo edit record" },
	{ '\0', "discard-marker", NULL,
	  "discard what blocks the command: a saved state, a migration", FLAG(discard_marker),
	  "create restore save block-attach start undo" },
	{ '\0', "json", NULL, "one JSON document on standard output: safexl-json(5)", FLAG(json),
	  "RECORDED create save restore own:restore migrate own:list start stop define undefine autostart adopt where images snapshot snapshots revert backup verify log show blame undo edit diff record check recover" },
	{ 'q', "quiet", NULL, "no notices; errors stay", FLAG(quiet), NULL },
	{ '\0', "version", NULL,
	  "show the version, which xl safexl runs, and whether it fits the running Xen",
	  FLAG(version), NULL },
	{ 'h', "help", NULL, "show this help, or that of the command that follows", FLAG(help),
	  NULL },
	{ 'v', NULL, NULL, "xl's: more messages; may be repeated", 0, NULL },
	{ 't', NULL, NULL, "xl's: progress on one line, also without a terminal", 0, NULL },
	{ 'T', NULL, NULL, "xl's: date and process id in its messages", 0, NULL },
	{ 'f', NULL, NULL, "xl's: accepted, without effect", 0, NULL },
	{ 0 },
};

/* The parser's position in argv. */
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

int sx_option_set(const struct sx_option *option, const char *word, const char *value,
		  struct sx_options *o, struct sx_err *err)
{
	if (option->value && (!value || !*value))
		return bad_option(err, word, "needs a text");
	if (option->value)
		o->message = value;
	else
		*(bool *)((char *)o + option->flag) = true;
	return 0;
}

/* The value of an option is attached to it, or the next word. */
static int take_option(struct cursor *c, const struct sx_option *option, const char *attached,
		       struct sx_options *o, struct sx_err *err)
{
	const char *word = c->argv[c->at];

	if (option->value && !attached && c->at + 1 < c->argc)
		attached = c->argv[++c->at];
	return sx_option_set(option, word, attached, o, err);
}

/* The option of this name, or the only one with this prefix, as in getopt_long. SX_EUSAGE. */
static const struct sx_option *find_long(const char *word, size_t len, struct sx_err *err)
{
	const struct sx_option *found = NULL;
	SX_STR names = { 0 };
	size_t count = 0;

	for (const struct sx_option *t = sx_option_table; t->name || t->letter; t++) {
		if (!t->name || strncmp(t->name, word + 2, len) != 0)
			continue;
		if (!t->name[len])
			return t;
		sx_str_addf(&names, "%s--%s", count++ ? ", " : "", t->name);
		found = t;
	}
	if (count > 1) {
		sx_err_set(err, SX_EUSAGE, "option '%s' is ambiguous", word);
		sx_err_hint(err, "it can be: %s", sx_str_text(&names));
	} else if (!count) {
		bad_option(err, word, "is unknown");
	}
	return count == 1 ? found : NULL;
}

static int parse_long(struct cursor *c, struct sx_options *o, struct sx_err *err)
{
	const char *word = c->argv[c->at], *name = word + 2;
	const char *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	const struct sx_option *t = find_long(word, len, err);

	if (!t)
		return -1;
	if (equals && !t->value)
		return bad_option(err, word, "takes no value");
	o->own_option = o->own_option ? o->own_option : word;
	return take_option(c, t, equals ? equals + 1 : NULL, o, err);
}

/* A word of letters: collect xl's as typed, take safexl's out. */
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

int sx_options_check(const struct sx_options *o, struct sx_err *err)
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
	if (sx_options_check(&o, err))
		return -1;
	/* With argc 0 there is no command. */
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

bool sx_option_applies(const struct sx_option *option, const struct sx_command *command)
{
	SX_FREE char *own = NULL;

	/* Options must never stop a domain that arrives from another host. */
	if (!option->commands || (command && command->class == SX_RECEIVE))
		return true;
	if (!command || command->class == SX_PASS)
		return usage_has_word(option->commands, "PASSED");
	own = sx_format("own:%s", command->name);
	return (command->class == SX_RECORD && usage_has_word(option->commands, "RECORDED")) ||
	       usage_has_word(option->commands, usage_is_twin(command) ? own : command->name);
}

bool sx_option_given(const struct sx_options *o, const struct sx_option *option)
{
	return option->value ? o->message != NULL : *(const bool *)((const char *)o + option->flag);
}

const struct sx_option *sx_options_idle(const struct sx_options *o,
					const struct sx_command *command)
{
	for (const struct sx_option *t = sx_option_table; t->name || t->letter; t++)
		if (t->name && sx_option_given(o, t) && !sx_option_applies(t, command))
			return t;
	return NULL;
}

bool sx_json_wanted(char *const *typed)
{
	for (; *typed && strcmp(*typed, "--"); typed++)
		if (strcmp(*typed, "--json") == 0)
			return true;
	return false;
}

void sx_options_dispose(struct sx_options *o)
{
	sx_words_dispose(&o->xl);
	sx_vec_free(&o->own);
	*o = (struct sx_options){ 0 };
}
