/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The transaction: one live change, its record in the configuration, its commit; both or neither.
 * A family (disks, memory, ...) says what changes; the order of things is here once for all.
 */
#pragma once

#include "domain/env.h"
#include "domain/words.h"
#include "xen/live.h"
#include "xlcfg/edits.h"

/* What the edit of the file is to be, and how to tell it. */
struct change_plan {
	struct xlcfg_edits edits;
	char *subject; /* of the commit, without the domain: "attach disk xvdb (/srv/b.img)" */
	char *trailers; /* further lines of the commit message, each with its newline; or NULL */
	char *already; /* why nothing is to be edited, an error with --config; NULL: that is fine */
	char *instead; /* what to say when nothing is edited; NULL: that the file needs no change */
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
 * What the words of a command say, from the words alone, as recovery parses them again in another process.
 * Names are borrowed from the words or from the data; what is not said is NULL.
 */
struct change_said {
	const char *command; /* in full, as the table of commands has it; borrowed */
	char *const *words; /* as given; borrowed */
	const char *cwd; /* where; borrowed */
	const struct change_family *family; /* of the command: how the text changes */
	struct word_list args; /* the words but for options, see change_args */
	struct sx_str options; /* the letters of those */
	void *data; /* the family's */
	/* Of an undo: what the command says that reverses it, see change_by; else NULL. */
	const struct change_said *reverse;
	const char *domain; /* NULL: they change none, xl shall run alone */
	const char *lacks; /* what they lack for that; NULL: they are about something else */
	const char *second_name; /* a second name of a domain that it takes: locked as well */
	const char *file; /* the configuration that they name themselves, absolute */
	const struct disk_spec
		*disk_written; /* a disk it gives the domain to write to, for the guard */
	bool by_hand; /* the person edits the file itself: keys overridden at create are not checked */
	/* The plan comes from the running domain, which is not changed: it must run, FLOW_CONFIG. */
	bool takes;
};

/*
 * One kind of change. What is given the change finds its own words with change_by: those of an undo are
 * not the ones that its running domain changes by.
 */
struct change_family {
	/* As in the command table; NULL: that of every device class (device/device.h), attach or detach. */
	const char *command;
	bool attaches;
	/*
	 * Of the words, how many a person would type (0: all), and where those for xl begin: with
	 * what safexl found out beforehand put between, recovery finds it in the journal.
	 */
	size_t typed, for_xl;
	size_t size; /* of the data, zeroed before parse; 0: none */
	/*
	 * words[0] is the command, options may stand anywhere. Fills said->data and the facts of `said`.
	 * SX_EUSAGE; then what there is of the data is disposed of.
	 */
	int (*parse)(struct change_said *said, struct sx_err *err);
	void (*dispose)(void *data); /* what the data owns; NULL: nothing */
	/* Look at the running domain, at other domains and files: note what it has, refuse now what cannot
	 * go well beside them; may be NULL. */
	int (*look)(const struct change *change, struct live *live, struct sx_err *err);
	/*
	 * Before anything is planned: what the words leave open (a MAC address), or the running
	 * domain knows (the number of what is detached), one fact a word. The journal keeps them,
	 * so that recovery plans the same. `live` NULL: the running domain is not affected. `apply` is
	 * given them, whoever asked, and adds the words that xl is given after those typed, as they
	 * follow from them. Both may be NULL.
	 */
	int (*discover)(const struct change *change, struct live *live, struct sx_words *facts,
			struct sx_err *err);
	void (*apply)(void *data, char *const *facts, struct sx_words *extra_args);
	/* Refuse now what cannot go well with the running domain; may be NULL. */
	int (*conflict)(const struct change *change, struct live *live, struct sx_err *err);
	/* Edit the document; nothing to edit is no error: the plan stays empty. Sets plan->subject. */
	int (*plan)(const struct change_said *said, const char *path, struct xlcfg *doc,
		    struct change_plan *plan, struct sx_err *err);
	/* NULL: the running domain never shows it. */
	int (*verify)(const struct change_said *said, struct live *live,
		      const struct live_domain *domain, enum change_truth *truth,
		      struct sx_err *err);
	/* File and history have it: now what safexl remembers. Maybe again after a crash; may be
	 * NULL. */
	int (*after)(const struct change *change, struct sx_err *err);
	/* What to type when the change is half live. Heap string. */
	char *(*cleanup_hint)(const struct change *change);
};

/*
 * Parse the words of a command that has a family (words[0] may be short for it); what they say is to be
 * disposed of, after an error too.
 */
int change_parse(const char *command, char *const *words, const char *cwd, struct change_said *out,
		 struct sx_err *err) SX_MUST;
void change_said_dispose(struct change_said *said);
#define CHANGE_SAID SX_CLEANUP(change_said_dispose) struct change_said
/*
 * For parse: the words without their options (as words_split), at most so many (0: any number), the
 * domain first. It is then said.
 */
int change_args(struct change_said *said, const char *letters, const struct option *longs,
		size_t least, size_t most, struct sx_err *err) SX_MUST;
/* By what the running domain changes: of an undo the reversing command, else the same. */
const struct change_said *change_by(const struct change_said *said);
/* Find out what the words leave open, and apply it. */
int change_discover(struct change *c, struct live *live, struct sx_err *err) SX_MUST;
/* Apply what was found out before: c->facts. */
void change_apply_facts(struct change *c);
/* What the running domain shows of it. */
int change_verify(const struct change_said *said, struct live *live,
		  const struct live_domain *domain, enum change_truth *truth,
		  struct sx_err *err) SX_MUST;

/* Each command that records, ends with NULL: core/family/all.c. */
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
	char *live_only; /* the command without a record, for hints; NULL: none */
	struct sx_words overrides;
	struct sx_words facts;
	struct sx_words extra_args; /* that xl is given after those typed */
};

void change_dispose(struct change *c);
#define CHANGE SX_CLEANUP(change_dispose) struct change

/*
 * The running domain and the file both have the change: so has the text that the domain counts as
 * started from (struct created), which tells changes of the file from those of the domain. As far
 * as it can be done.
 */
void change_note_start(const struct change *c);

/* Add the words as a person would type them, each after a blank. */
void change_add_typed(const struct change *c, struct sx_str *out);
/* The command that changes the running domain and records nothing; NULL: none. Heap string. */
char *change_live_only(const struct change *c);
/* Add that command to the hint: what the file prevents can still be done to the running domain. */
void change_hint_live(const struct change *c, struct sx_err *err);
/* The file cannot be changed so: add what to type instead, unless the hint names a command already. */
void change_hint_file(const struct change *c, struct sx_err *err);

/* What a dry run shows. All heap strings. */
struct change_preview {
	char *diff; /* unified; "" when the file stays as it is */
	char *message; /* of the commit */
	char *path;
	struct sx_words extra_args; /* words that xl would be given after those typed */
	struct sx_words notices;
	bool lists; /* the words change no domain: nothing else is set */
};

void change_preview_dispose(struct change_preview *p);

/* How a change ended when it was no error. */
struct change_result {
	bool pass; /* nothing to record, xl shall run alone */
	bool lists; /* as the words change no domain; else it is Domain-0 */
	int status; /* waitpid status of xl; 0 with FLOW_CONFIG */
	char commit[65]; /* "" when nothing was recorded */
};

/*
 * Do one change: `command` in full, words[0] as typed. Errors are as the exit statuses of the manual;
 * SX_EXL: xl failed and said why itself.
 */
int change_run(const struct flow_env *env, const char *command, char *const *words,
	       enum flow_scope scope, struct change_result *out, struct sx_err *err) SX_MUST;
/* --live: what the guard has to say. *pass: xl shall run alone, else it ran, with that status. */
int change_live(const struct flow_env *env, const char *command, char *const *words, bool *pass,
		int *status, struct sx_err *err) SX_MUST;
/* The same up to the first thing that would be changed. `out->path` NULL: Domain-0. */
int change_preview(const struct flow_env *env, const char *command, char *const *words,
		   enum flow_scope scope, struct change_preview *out, struct sx_err *err) SX_MUST;

/*
 * Finish or withdraw what killed safexls left behind, as libxl says is live; each outcome is a
 * notice. *pending counts those that must wait (Xen not there, xl still running). What cannot be
 * settled is an error (SX_EPARTIAL); with `domain` only when it is about that one (all others
 * are notices then, so that one broken record does not stop work on other domains).
 */
int recover_all(const struct flow_env *env, const char *domain, size_t *settled, size_t *pending,
		struct sx_err *err) SX_MUST;

/* Remove what killed safexls left half-made beside configurations, in repositories and records. */
void recover_sweep(const struct flow_env *env);
