/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What both stages of the program know: the command table, the options before the command, and
 * the invocation that stage one (libc only) hands to the core.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

/* What safexl does with a command. */
enum sx_class {
	SX_PASS, /* nothing: xl's own, executed at once with the words as typed */
	SX_RECORD, /* changes a running domain: written to its configuration and committed */
	SX_CREATE, /* starts a domain from a configuration: remembered, and guarded */
	SX_GUARD, /* saves, resumes or moves a domain: guarded */
	SX_RECEIVE, /* takes a domain in: xl runs also when nothing can be recorded */
	SX_OWN, /* safexl's, not xl's */
};

/* What one of safexl's own does, and needs. */
enum sx_does {
	SX_LOOKS = 1, /* changes nothing (images: but what nobody can use any more) */
	SX_WITHOUT_ROOT = 2, /* configurations and histories can be open to others than root */
	SX_RUNS_XL = 4,
	SX_CHANGES = 8, /* a guest, or what is kept of it: --json tells what came of that */
};

struct sx_command {
	const char *name;
	enum sx_class class;
	unsigned since; /* xl that has it first: 417 for 4.17 and before, 418, 420, 422 */
	const char *usage; /* the words after the name, "<domain> <disk-spec>..." */
	const char *summary; /* one sentence, no full stop */
	const char *records; /* sentences: what is written where; NULL with SX_PASS */
	bool acts_dry; /* xl acts in spite of -N (its handler never looks): safexl does not run it */
	unsigned does; /* of enum sx_does; 0 of xl's */
};

/* The table: xl's commands of 4.17 to 4.22, then safexl's own; ends with a NULL name. */
extern const struct sx_command sx_commands[];

/*
 * Look a word up as xl does (exact, else unique prefix, cmdtable_lookup in xl_cmdtable.c) among
 * the commands of xl `version` (417...; 0: unknown, then only what is unique in every version
 * counts). safexl's own: exact first; a prefix only if no xl command has it. NULL: xl shall judge
 * the word. *ambiguous (may be NULL) is set to a second candidate, else NULL, when the answer
 * depends on the version, that is not known, and one of the candidates is not SX_PASS.
 */
const struct sx_command *sx_command_find(const char *word, unsigned version,
					 const struct sx_command **ambiguous);
/* The same of the words of a command line: `list --all`, which xl refuses, is safexl's own. */
const struct sx_command *sx_command_typed(char *const *words, unsigned version,
					  const struct sx_command **ambiguous);
/* Is it one of safexl's own that changes nothing (images: but what nobody can use any more)? */
bool sx_command_only_looks(const struct sx_command *command);
/* sx_command_find in another table: for tests of words that no version makes ambiguous today. */
const struct sx_command *sx_command_find_in(const struct sx_command *table, const char *word,
					    unsigned version, const struct sx_command **ambiguous);

/* An option of one command, as it was given. Borrowed from the tables and from argv. */
struct sx_given {
	char letter; /* '\0': none */
	const char *name; /* in full, without the dashes; NULL: none */
	const char *value; /* NULL: it takes none */
};

/* The options before the command, and those behind one of safexl's own. */
struct sx_options {
	bool live, config, dry_run, discard_marker, json, quiet, version, help;
	const char *message; /* NULL: none; borrowed from argv */
	struct sx_words xl; /* those of them that are xl's (-v -f -t -T, not -N), as typed */
	const char
		*own_option; /* first word that xl would not know; NULL: argv can go to it as is */
	struct {
		SX_VEC_OF(struct sx_given);
	} own; /* those that are the command's alone, in the order they were given */
};

/* One option before the command, for parsing, help and completion. */
struct sx_option {
	char letter; /* '\0': none */
	const char *name; /* without the dashes; NULL: none */
	const char *value; /* what its value is called; NULL: takes none */
	const char *help;
	size_t flag; /* offset of its bool in struct sx_options: those with a name and no value */
	/*
	 * The commands that it means something to, with blanks between; RECORDED and PASSED stand for all
	 * of these. NULL: it is no matter of a command.
	 */
	const char *commands;
};

/* All of them; ends with a letter of '\0' and a NULL name. */
extern const struct sx_option sx_option_table[];

/* Parse argv[1...] up to the command; *command is its index (argc when there is none). SX_EUSAGE. */
int sx_options_parse(int argc, char **argv, struct sx_options *out, int *command,
		     struct sx_err *err) SX_MUST;
/*
 * All options behind one of safexl's own commands, argv[at]: its own and those that may stand before it,
 * read as getopt_long does. argv has only the other words afterwards. SX_EUSAGE.
 */
int sx_options_behind(const struct sx_command *command, int at, int *argc, char **argv,
		      struct sx_options *o, struct sx_err *err) SX_MUST;
/* The command's own option that is called so, a letter or a name: the last one given; NULL: none was. */
const struct sx_given *sx_options_own(const struct sx_options *o, const char *called);
/* Set an option that was given as `word`, with its value or NULL. SX_EUSAGE: a value that is no text. */
int sx_option_set(const struct sx_option *option, const char *word, const char *value,
		  struct sx_options *o, struct sx_err *err) SX_MUST;
/* Do they go together? SX_EUSAGE. */
int sx_options_check(const struct sx_options *o, struct sx_err *err) SX_MUST;
/* Was it given? Those with a name. */
bool sx_option_given(const struct sx_options *o, const struct sx_option *option);
/* Does it mean something to this command (NULL: one that is only passed to xl)? */
bool sx_option_applies(const struct sx_option *option, const struct sx_command *command);
/* The first one that was given and means nothing to this command; NULL: there is none. */
const struct sx_option *sx_options_idle(const struct sx_options *o,
					const struct sx_command *command);
/* Is the word an option of safexl's, by its form? That for help and those that are xl's are none. */
const struct sx_option *sx_option_of(const char *word);
/* Is --json among the words, also where it stands in the wrong place, or behind a word that is wrong? */
bool sx_json_wanted(char *const *typed);
void sx_options_dispose(struct sx_options *o);

/* What the front hands to the core. */
struct sx_invocation {
	const struct sx_options *options;
	const struct sx_command
		*command; /* NULL: the shell; argv then is from argv[0] to its "-" */
	const char *
		xl; /* absolute path of the real xl; NULL: none, only without need of it (--config) */
	const char *root; /* SAFEXL_ROOT or "" */
	int argc; /* argv[0] is the command as typed; NULL-terminated */
	char **argv;
	char **typed; /* all words behind the program's name */
	struct outcome *outcome; /* the core's own, what --json is to print */
};

/*
 * Entry of the core (core.so): the exit status, or does not return when it ended like xl.
 * Descriptors 0 to 2 are open when it is called: those that the caller had closed are
 * placeholders that fail when used and that xl does not inherit.
 */
#define SX_CORE_ENTRY "sx_core_main"
__attribute__((visibility("default"))) int sx_core_main(const struct sx_invocation *inv);

/*
 * The real xl: SAFEXL_XL, else /usr/lib/xen-V/bin/xl of the running hypervisor's version V, else
 * /usr/sbin/xl; never this very program. It may be missing: only sx_xl_exec tells. Heap string.
 * *version_out, also set on failure: 417 for 4.17, 0 unknown.
 */
int sx_xl_path(char **path_out, unsigned *version_out, struct sx_err *err) SX_MUST;
/* The running hypervisor's version, as Debian's shell wrapper asks for it: 417 for 4.17; 0 without one. */
unsigned sx_xen_version(void);
/* Replace this process by xl, whose path argv[0] is. Returns only on failure, -1. */
int sx_xl_exec(char *const argv[], struct sx_err *err);

/* Print an error and its hint to stderr: "safexl: ..." and "hint: ..."; text of others escaped. */
void sx_err_print(const struct sx_err *err);
/* What it says: its message, or how xl ended. Heap string. */
char *sx_err_text(const struct sx_err *err);
/* Was it safexl that would not, with nothing changed? */
bool sx_err_refuses(const struct sx_err *err);
/* The same for --json, on stdout: safexl-json(5). */
void sx_err_print_json(const struct sx_err *err, int status);
/* The exit status a code stands for (exit status table of the manual). */
int sx_err_status(const struct sx_err *err);
/* The same of a command (NULL: none): 1 is an answer of diff and check, what goes wrong there is 2. */
int sx_err_status_of(const struct sx_command *command, const struct sx_err *err);

/* "safexl VERSION" and the xl it would run, or why none, to stdout. */
void sx_version_print(void);
/*
 * The whole help, or that of one command and what that xl (NULL: none) says about it; as wide as that,
 * 0: as where there is no screen.
 */
void sx_help_print(FILE *out, size_t width, bool colors, const struct sx_command *command,
		   const char *xl);
/* The same on stdout, through the pager. */
void sx_help_show(const struct sx_command *command, const char *xl);
/* The output of `xl help COMMAND` as a heap string; NULL when xl cannot say (it needs Xen). */
char *sx_help_of_xl(const char *xl, const char *command);
/*
 * `help [WORD]` on stdout: of all, of a command by its name or the start of just one, or with --commands
 * the name of every command, one a line, for completion and scripts. SX_EFAIL: there is no such command.
 */
int sx_help_run(const char *word, unsigned xl_version, const char *xl, struct sx_err *err) SX_MUST;
