/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What both stages of the program share: the command table, the options before the command, and the
 * invocation that stage one (libc only) hands to the core.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

/* What safexl does with a command. */
enum sx_class {
	SX_PASS, /* nothing: xl's own, executed at once with the arguments as typed */
	SX_RECORD, /* changes a running domain: written to its configuration and committed */
	SX_CREATE, /* starts a domain from a file, which safexl remembers; guarded */
	SX_GUARD, /* saves, resumes or moves a domain: guarded */
	SX_RECEIVE, /* receives a domain: xl runs even when safexl can record nothing */
	SX_OWN, /* safexl's own, not xl's */
};

/* What a command of safexl's own does and needs. */
enum sx_does {
	SX_LOOKS = 1, /* changes nothing (images --prune: except what nobody can use any more) */
	SX_WITHOUT_ROOT = 2, /* configurations and histories may be readable by others than root */
	SX_RUNS_XL = 4,
	SX_CHANGES = 8, /* a guest, or what safexl keeps of it: --json reports the outcome */
};

struct sx_command {
	const char *name;
	enum sx_class class;
	unsigned since; /* first xl that has it: 417 for 4.17 and before, 418, 420, 422 */
	const char *usage; /* the arguments, "<domain> <disk-spec>..." */
	const char *summary; /* one sentence, no full stop */
	const char *records; /* sentences: what safexl writes where; NULL with SX_PASS */
	bool acts_dry; /* xl's handler ignores -N: a dry run must not run xl */
	unsigned does; /* flags of enum sx_does; 0 for xl's commands */
};

/* xl's commands of 4.17 to 4.22, then safexl's own; ends with a NULL name. */
extern const struct sx_command sx_commands[];

/*
 * Look a word up as xl does (cmdtable_lookup in xl_cmdtable.c: exact match, else unique prefix)
 * among the commands of xl `version` (417...). With version 0, unknown, a prefix must mean the same
 * command in every version. A command of safexl's own matches exactly, or by a prefix that no xl
 * command has. NULL: xl judges the word. *ambiguous (may be NULL) is set to a second candidate,
 * else NULL, if `version` is 0, the meaning depends on it, and a candidate is not SX_PASS.
 */
const struct sx_command *sx_command_find(const char *word, unsigned version,
					 const struct sx_command **ambiguous);
/* sx_command_find for a whole command line: `list --all`, which xl refuses, is safexl's own. */
const struct sx_command *sx_command_typed(char *const *words, unsigned version,
					  const struct sx_command **ambiguous);
/* Is it one of safexl's own that changes nothing (images --prune: except what nobody can use)? */
bool sx_command_only_looks(const struct sx_command *command);
/* sx_command_find in another table: tests need words that are ambiguous in no real version. */
const struct sx_command *sx_command_find_in(const struct sx_command *table, const char *word,
					    unsigned version, const struct sx_command **ambiguous);

/* An option of one command, as given. Borrowed from the tables and from argv. */
struct sx_given {
	char letter; /* '\0': none */
	const char *name; /* long name without the dashes; NULL: none */
	const char *value; /* NULL: it takes none */
};

/* The options before the command, and those after one of safexl's own. */
struct sx_options {
	bool live, config, dry_run, discard_marker, json, quiet, version, help;
	const char *message; /* NULL: none; borrowed from argv */
	struct sx_words xl; /* xl's options (-v -f -t -T, not -N), as typed */
	const char
		*own_option; /* first one that xl does not know; NULL: argv can go to xl as it is */
	struct {
		SX_VEC_OF(struct sx_given);
	} own; /* options of the command alone, in the order given */
};

/* One option before the command, for parsing, help and completion. */
struct sx_option {
	char letter; /* '\0': none */
	const char *name; /* without the dashes; NULL: none */
	const char *value; /* name of its value in help; NULL: it takes none */
	const char *help;
	size_t flag; /* with a name and no value: offset of its bool in struct sx_options */
	/*
	 * The commands that it applies to, separated by blanks; RECORDED and PASSED stand for all
	 * commands of these classes. NULL: it applies whatever the command.
	 */
	const char *commands;
};

/* All options; ends with a letter of '\0' and a NULL name. */
extern const struct sx_option sx_option_table[];

/* Parse argv[1...] up to the command; *command is its index, argc without one. SX_EUSAGE. */
int sx_options_parse(int argc, char **argv, struct sx_options *out, int *command,
		     struct sx_err *err) SX_MUST;
/*
 * Take all options after argv[at], one of safexl's own commands, out of argv, as getopt_long does:
 * its own and those that may also stand before it. The other arguments remain. SX_EUSAGE.
 */
int sx_options_behind(const struct sx_command *command, int at, int *argc, char **argv,
		      struct sx_options *o, struct sx_err *err) SX_MUST;
/* The command's own option of this letter or long name, the last one given; NULL: not given. */
const struct sx_given *sx_options_own(const struct sx_options *o, const char *called);
/* Set the option typed as `word`; value may be NULL. SX_EUSAGE: its value is missing or empty. */
int sx_option_set(const struct sx_option *option, const char *word, const char *value,
		  struct sx_options *o, struct sx_err *err) SX_MUST;
/* SX_EUSAGE: options that exclude each other. */
int sx_options_check(const struct sx_options *o, struct sx_err *err) SX_MUST;
/* Was this option given? For options with a long name. */
bool sx_option_given(const struct sx_options *o, const struct sx_option *option);
/* Does it apply to this command (NULL: one that is only passed to xl)? */
bool sx_option_applies(const struct sx_option *option, const struct sx_command *command);
/* The first given option that does not apply to this command; NULL: all apply. */
const struct sx_option *sx_options_idle(const struct sx_options *o,
					const struct sx_command *command);
/* The option of safexl that `word` looks like; NULL: none, or --help, --version or xl's. */
const struct sx_option *sx_option_of(const char *word);
/* Is --json among the words before "--", even misplaced or after a wrong word? */
bool sx_json_wanted(char *const *typed);
void sx_options_dispose(struct sx_options *o);

/* What stage one hands to the core. */
struct sx_invocation {
	const struct sx_options *options;
	const struct sx_command
		*command; /* NULL: the shell; argv then runs from argv[0] to its "-" */
	const char *
		xl; /* absolute path of the real xl; NULL: none found, and none needed (--config) */
	const char *root; /* SAFEXL_ROOT or "" */
	int argc; /* argv[0] is the command as typed; NULL-terminated */
	char **argv;
	char **typed; /* all words after the program's name */
	struct outcome *outcome; /* set by the core: what --json prints */
};

/*
 * Entry of the core (core.so). Returns the exit status; does not return if it ends like xl.
 * Descriptors 0 to 2 must be open: stage one replaces those that the caller had closed by
 * placeholders, which fail when used and are not inherited by xl.
 */
#define SX_CORE_ENTRY "sx_core_main"
__attribute__((visibility("default"))) int sx_core_main(const struct sx_invocation *inv);

/*
 * Path of the real xl (heap string): SAFEXL_XL, else /usr/lib/xen-V/bin/xl for the running
 * hypervisor's version V, else /usr/sbin/xl. Fails if that is safexl itself; a missing file shows
 * only in sx_xl_exec. *version_out, also set on failure: 417 for 4.17, 0 unknown.
 */
int sx_xl_path(char **path_out, unsigned *version_out, struct sx_err *err) SX_MUST;
/* The running hypervisor's version, read as Debian's wrapper does: 417 for 4.17; 0 without Xen. */
unsigned sx_xen_version(void);
/* Replace this process by xl, argv[0]. Returns only on failure, -1. */
int sx_xl_exec(char *const argv[], struct sx_err *err);

/* Print "safexl: MESSAGE" and "hint: HINT" lines to stderr; untrusted text is escaped. */
void sx_err_print(const struct sx_err *err);
/* The message, or how xl ended. Heap string. */
char *sx_err_text(const struct sx_err *err);
/* Did safexl refuse, so that nothing changed? */
bool sx_err_refuses(const struct sx_err *err);
/* The error as --json prints it, on stdout: safexl-json(5). */
void sx_err_print_json(const struct sx_err *err, int status);
/* The exit status of an error, by the manual's table. */
int sx_err_status(const struct sx_err *err);
/* The exit status for this command (NULL: none): diff and check fail with 2, 1 is an answer. */
int sx_err_status_of(const struct sx_command *command, const struct sx_err *err);

/* Print "safexl VERSION", and the xl it would run or why there is none, to stdout. */
void sx_version_print(void);
/*
 * Print the help, all of it or that of one command with what `xl` (NULL: none) says about it.
 * `width` in columns; 0: 80.
 */
void sx_help_print(FILE *out, size_t width, bool colors, const struct sx_command *command,
		   const char *xl);
/* sx_help_print on stdout, through the pager. */
void sx_help_show(const struct sx_command *command, const char *xl);
/* The output of `xl help COMMAND` as a heap string; NULL if xl fails (it needs Xen). */
char *sx_help_of_xl(const char *xl, const char *command);
/*
 * `help [WORD]` on stdout: the whole help, that of a command (its name or a unique prefix), or with
 * --commands all command names, one a line, for completion and scripts. SX_EFAIL: no such command.
 */
int sx_help_run(const char *word, unsigned xl_version, const char *xl, struct sx_err *err) SX_MUST;
