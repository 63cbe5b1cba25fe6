/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The transaction: a change of the running domain and its committed record in the configuration are
 * made together or not at all. A family (disks, memory, ...) says what changes; change.c has the
 * order of the steps.
 */
#pragma once

#include "domain/env.h"
#include "domain/words.h"
#include "xen/live.h"
#include "xlcfg/edits.h"

/* The edit of the file, and the texts that report it. */
struct change_plan {
	struct xlcfg_edits edits;
	char *subject; /* of the commit, without the domain: "attach disk xvdb (/srv/b.img)" */
	char *trailers; /* further lines of the commit message, each with its newline; or NULL */
	char *already; /* why no edit is needed, an error with --config; NULL: that is no error */
	char *instead; /* the notice when nothing is edited; NULL: "... needs no change" */
};

void change_plan_dispose(struct change_plan *plan);

/* Whether the running domain shows the change. */
enum change_truth {
	CHANGE_NOT_LIVE,
	CHANGE_HALF, /* registered with the domain, but not working (yet) */
	CHANGE_LIVE,
};

struct change;
struct change_family;

/*
 * What the words of a command say. It follows from the words alone, because recovery parses them
 * again in another process. Names are borrowed from the words or from the data; NULL: not said.
 */
struct change_said {
	const char *command; /* its full name in the table of commands; borrowed */
	char *const *words; /* as given; borrowed */
	const char *cwd; /* the directory it was given in; borrowed */
	const struct change_family *family; /* of the command: plans the edit */
	struct word_list args; /* the words without options, see change_args */
	struct sx_str options; /* the letters of the options given */
	void *data; /* the family's, of family->size bytes */
	/* Of an undo: what the reversing command says, see change_by; else NULL. */
	const struct change_said *reverse;
	const char *domain; /* NULL: they change none, so xl runs alone */
	const char *lacks; /* what is missing to change one; NULL: they are about something else */
	const char *second_name; /* the new name of a rename: locked as well */
	const char *file; /* the configuration, when the words name it; absolute */
	const struct disk_spec
		*disk_written; /* a disk that the domain gets to write to, for the guard */
	bool by_hand; /* a person edits the file: keys overridden at create are not checked */
	/* With FLOW_CONFIG: the plan comes from the domain, which must run and is not changed. */
	bool takes;
};

/*
 * One kind of change. A function that gets a struct change finds its family's words with change_by:
 * in an undo another command, the reversing one, changes the running domain.
 */
struct change_family {
	/* As in the command table. NULL: the attach or detach of every class in device/device.h. */
	const char *command;
	bool attaches;
	/*
	 * How many of the words a person types (0: all), and the index of the first one for xl.
	 * Between them is what safexl found out beforehand, so that the journal keeps it for
	 * recovery.
	 */
	size_t typed, for_xl;
	size_t size; /* of the data, zeroed before parse; 0: none */
	/*
	 * words[0] is the command; options may stand anywhere. Fills said->data and the facts in
	 * `said`. SX_EUSAGE; the caller disposes of the data then, too.
	 */
	int (*parse)(struct change_said *said, struct sx_err *err);
	void (*dispose)(void *data); /* what the data owns; NULL: nothing */
	/* Look at the running domain, other domains and files: note what the domain has, refuse
	 * what conflicts with them. May be NULL. */
	int (*look)(const struct change *change, struct live *live, struct sx_err *err);
	/*
	 * Before the plan, `discover` finds facts that the words leave open (a MAC address) or that
	 * the running domain knows (the number of a detached device), one string each. The journal
	 * keeps them, so that recovery makes the same plan. `live` NULL: the running domain is not
	 * affected. `apply` gets the facts, fresh or from the journal, and adds the arguments for
	 * xl that follow from them; xl gets those after the words. Both may be NULL.
	 */
	int (*discover)(const struct change *change, struct live *live, struct sx_words *facts,
			struct sx_err *err);
	void (*apply)(void *data, char *const *facts, struct sx_words *extra_args);
	/* Refuse what cannot succeed in the running domain. May be NULL. */
	int (*conflict)(const struct change *change, struct live *live, struct sx_err *err);
	/* Edit the document, set plan->subject. Nothing to edit: the plan stays empty, no error. */
	int (*plan)(const struct change_said *said, const char *path, struct xlcfg *doc,
		    struct change_plan *plan, struct sx_err *err);
	/* Does the running domain show the change? NULL: it never does. */
	int (*verify)(const struct change_said *said, struct live *live,
		      const struct live_domain *domain, enum change_truth *truth,
		      struct sx_err *err);
	/* Once file and history have the change, update what safexl remembers. Recovery may call it
	 * again. May be NULL. */
	int (*after)(const struct change *change, struct sx_err *err);
	/* What to type when the change is half live. Heap string. */
	char *(*cleanup_hint)(const struct change *change);
};

/*
 * Parse the words of a command that has a family; words[0] may be an abbreviation. Dispose of *out,
 * after an error too.
 */
int change_parse(const char *command, char *const *words, const char *cwd, struct change_said *out,
		 struct sx_err *err) SX_MUST;
void change_said_dispose(struct change_said *said);
#define CHANGE_SAID SX_CLEANUP(change_said_dispose) struct change_said
/*
 * For a family's parse: split words and options (see words_split), and set said->domain to the
 * first word. `most` 0: any number.
 */
int change_args(struct change_said *said, const char *letters, const struct option *longs,
		size_t least, size_t most, struct sx_err *err) SX_MUST;
/* The command that changes the running domain: of an undo the reversing one, else `said` itself. */
const struct change_said *change_by(const struct change_said *said);
/* Fill c->facts by the family's `discover`, and apply them. */
int change_discover(struct change *c, struct live *live, struct sx_err *err) SX_MUST;
/* Apply c->facts as they are, those of a journal. */
void change_apply_facts(struct change *c);
/* The `verify` of the family that changes the running domain; without one CHANGE_NOT_LIVE. */
int change_verify(const struct change_said *said, struct live *live,
		  const struct live_domain *domain, enum change_truth *truth,
		  struct sx_err *err) SX_MUST;

/* The families of all commands that record, NULL-terminated: core/family/all.c. */
extern const struct change_family *const change_families[];
/* The family of a command, NULL when there is none. */
const struct change_family *change_family_find(const char *command);

/* One change under way; see change_look in change.c for the order in which it is filled. */
struct change {
	const struct flow_env *env;
	enum flow_scope scope;
	char *const *words; /* command and arguments */
	struct change_said said;
	bool running;
	struct live_domain domain; /* domid and uuid only when it runs */
	char *path; /* the configuration */
	char *live_only; /* see change_live_only; for hints */
	struct sx_words overrides;
	struct sx_words facts;
	struct sx_words extra_args; /* what xl gets after the words */
};

void change_dispose(struct change *c);
#define CHANGE SX_CLEANUP(change_dispose) struct change

/*
 * After the running domain and the file got the change: make it in the domain's start text, too
 * (created.start), by which `diff` tells changes of the file from those of the domain. Best effort.
 */
void change_note_start(const struct change *c);

/* Add the words that a person types, quoted, each after a blank. */
void change_add_typed(const struct change *c, struct sx_str *out);
/* The command that changes the running domain and records nothing; NULL: none. Heap string. */
char *change_live_only(const struct change *c);
/* Add that command to the hint: an obstacle in the file does not affect the running domain. */
void change_hint_live(const struct change *c, struct sx_err *err);
/* The file rules out the edit: hint at what to type instead, unless the hint names a command. */
void change_hint_file(const struct change *c, struct sx_err *err);

/* What a dry run shows. All heap strings. */
struct change_preview {
	char *diff; /* unified; "" when the file stays as it is */
	char *message; /* of the commit */
	char *path;
	struct sx_words extra_args; /* what xl would get after the words */
	struct sx_words notices;
	bool lists; /* the words change no domain: nothing else is set */
};

void change_preview_dispose(struct change_preview *p);

/* How a change ended without an error. */
struct change_result {
	bool pass; /* nothing to record: the caller lets xl run alone */
	bool lists; /* reason for `pass`: the words change no domain; false: it is Domain-0 */
	int status; /* waitpid status of xl; 0 with FLOW_CONFIG */
	char commit[65]; /* "" when nothing was recorded */
};

/*
 * Make one change: `command` is the full name, words[0] as typed. Error codes match the exit
 * statuses of the manual. A failure of xl, which says why itself, is no error: see out->status.
 */
int change_run(const struct flow_env *env, const char *command, char *const *words,
	       enum flow_scope scope, struct change_result *out, struct sx_err *err) SX_MUST;
/* --live: only ask the guard. *pass: the caller lets xl run alone; else xl ran, with *status. */
int change_live(const struct flow_env *env, const char *command, char *const *words, bool *pass,
		int *status, struct sx_err *err) SX_MUST;
/* What change_run would do; changes nothing. out->path NULL: nothing to record, as `pass` there. */
int change_preview(const struct flow_env *env, const char *command, char *const *words,
		   enum flow_scope scope, struct change_preview *out, struct sx_err *err) SX_MUST;

/*
 * Finish or withdraw each change that a killed safexl left in the journal, by what libxl shows;
 * each outcome is a notice. *pending counts those that stay (no Xen, xl still running, errors). A
 * change that cannot be settled is an error (SX_EPARTIAL). With `domain`, only changes of that
 * domain are, pending ones too; the others are notices, so that a broken entry does not block other
 * domains.
 */
int recover_all(const struct flow_env *env, const char *domain, size_t *settled, size_t *pending,
		struct sx_err *err) SX_MUST;

/* Remove unfinished files of killed safexls: beside configurations, in repositories and state. */
void recover_sweep(const struct flow_env *env);
