/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parses the options after one of safexl's own commands: those of that command (cmd/syntax.c) and
 * those that may stand before it. getopt_long reads the tables that help and completion use, too.
 */
#include "usage.h"

#include <getopt.h>
#include <limits.h>
#include <string.h>

/* An option that may stand there. */
struct choice {
	char letter;
	const char *name, *value;
	const struct sx_option *global; /* NULL: an option of the command alone */
};

struct choices {
	SX_VEC_OF(struct choice);
	struct {
		SX_VEC_OF(struct option);
	} longs;
	struct sx_str letters;
};

/* getopt_long returns this plus the index of a choice: above any character. */
static const int first_long = UCHAR_MAX + 1;

static void choices_dispose(struct choices *all)
{
	sx_vec_free(&all->longs);
	sx_vec_free(all);
	sx_str_dispose(&all->letters);
}

static void add_choice(struct choices *all, const struct choice *c)
{
	struct option option = { c->name, c->value ? required_argument : no_argument, NULL,
				 first_long + (int)all->len };

	sx_vec_push(all, *c);
	if (c->name)
		sx_vec_push(&all->longs, option);
	if (c->letter)
		sx_str_addf(&all->letters, "%c%s", c->letter, c->value ? ":" : "");
	/* Accept -5 for -n 5, as git log does. */
	for (char digit = '0'; c->letter == 'n' && c->value && digit <= '9'; digit++)
		sx_str_addf(&all->letters, "%c::", digit);
}

/* For getopt "-" returns other words in order, ":" tells a missing value from an unknown option. */
static void read_choices(const struct sx_command *command, struct choices *out)
{
	const struct option end = { 0 };

	sx_str_add(&out->letters, "-:");
	for (const struct syntax_option *o = syntax_options; o->commands; o++)
		if (usage_is_of(o, command))
			add_choice(out, &(struct choice){ o->letter, o->name, o->value, NULL });
	for (const struct sx_option *o = sx_option_table; o->letter || o->name; o++)
		if (o->name && !sx_streq(o->name, "version"))
			add_choice(out, &(struct choice){ o->letter, o->name, o->value, o });
	sx_vec_push(&out->longs, end);
}

static const struct choice *choice_of(const struct choices *all, int found)
{
	const char letter = found >= '0' && found <= '9' ? 'n' : (char)found;
	size_t i = 0;

	if (found >= first_long)
		return &all->items[found - first_long];
	/* getopt_long finds none but these. */
	while (i + 1 < all->len && all->items[i].letter != letter)
		i++;
	return &all->items[i];
}

/* The number of -52; getopt took its first digit as the option. `word`: the last one it read. */
static const char *number_in(const char *word)
{
	return optarg ? optarg - 1 : word + strlen(word) - 1;
}

static int take(const struct choice *c, const char *word, const char *value, struct sx_options *o,
		struct sx_err *err)
{
	const struct sx_given given = { c->letter, c->name, value };

	if (c->global)
		return sx_option_set(c->global, word, value, o, err);
	sx_vec_push(&o->own, given);
	return 0;
}

/*
 * The names that begin with the word, "--list, --live", and their number: getopt_long does not tell
 * an ambiguous name from an unknown one.
 */
static size_t find_names(const struct choices *all, const char *word, struct sx_str *names)
{
	size_t len = strcspn(word + 2, "="), count = 0;

	for (size_t i = 0; i < all->len; i++) {
		const char *name = all->items[i].name;

		if (name && strncmp(name, word + 2, len) == 0)
			sx_str_addf(names, "%s--%s", count++ ? ", " : "", name);
	}
	return count;
}

static int refuse(const struct choices *all, const char *command, const char *word, bool lacks,
		  struct sx_err *err)
{
	const char letter[] = { '-', (char)optopt, '\0' };
	bool is_long = !optopt || optopt >= first_long;
	SX_STR names = { 0 };

	if (lacks)
		return sx_err_set(err, SX_EUSAGE, "%s: option '%s' needs an argument: %s", command,
				  is_long ? word : letter, choice_of(all, optopt)->value);
	if (is_long && optopt)
		return sx_err_set(err, SX_EUSAGE, "%s: option '%s' takes no value", command, word);
	if (!is_long || find_names(all, word, &names) < 2)
		return sx_err_set(err, SX_EUSAGE, "%s: unknown option '%s'", command,
				  is_long ? word : letter);
	sx_err_set(err, SX_EUSAGE, "%s: option '%s' is ambiguous", command, word);
	return sx_err_hint(err, "it can be: %s", sx_str_text(&names));
}

/* `argv` begins at the command; *count is the number of words left in it. */
static int read_all(const struct choices *all, int argc, char **argv, int *count,
		    struct sx_options *o, struct sx_err *err)
{
	int c;

	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, sx_str_text(&all->letters), all->longs.items, NULL)) !=
	       -1) {
		const char *word = argv[optind - 1];
		bool digit = c >= '0' && c <= '9';

		if (c == '?' || c == ':')
			return refuse(all, argv[0], word, c == ':', err);
		/* An argument, not an option. */
		if (c == 1)
			argv[(*count)++] = optarg;
		else if (take(choice_of(all, c), word, digit ? number_in(word) : optarg, o, err))
			return -1;
	}
	while (optind < argc)
		argv[(*count)++] = argv[optind++];
	argv[*count] = NULL;
	return 0;
}

int sx_options_behind(const struct sx_command *command, int at, int *argc, char **argv,
		      struct sx_options *o, struct sx_err *err)
{
	SX_CLEANUP(choices_dispose) struct choices all = { 0 };
	SX_FREE char *name = sx_strdup(command->name);
	char *typed = argv[at];
	int count = 1, r;

	read_choices(command, &all);
	argv[at] = name;
	r = read_all(&all, *argc - at, argv + at, &count, o, err);
	argv[at] = typed;
	*argc = at + count;
	return r ? -1 : sx_options_check(o, err);
}

const struct sx_given *sx_options_own(const struct sx_options *o, const char *called)
{
	for (size_t i = o->own.len; i-- > 0;) {
		const struct sx_given *g = &o->own.items[i];

		if (called[1] ? sx_streq(g->name, called) : g->letter == called[0])
			return g;
	}
	return NULL;
}
