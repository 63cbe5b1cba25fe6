/*
 * A configuration edited by a person: on a private copy, judged as xl would read it, and put in
 * place as one commit. No lock is held while the editor runs; what changed in the file meanwhile
 * is merged, or the copy is kept.
 */
#ifndef SAFEXL_EDIT_H
#define SAFEXL_EDIT_H

#include <safexl/change.h>

/* An edit under way. */
struct edit {
	char *domain;
	bool running;
	char *path; /* of the configuration, real */
	char *dir; /* private; holds the copy, and the text it was made of */
	char *copy; /* what the editor gets */
	struct sx_words words; /* for change_run with edit_family */
};

#define EDIT SX_CLEANUP(edit_dispose) struct edit

/* Frees the struct; the copy stays until edit_discard. */
void edit_dispose(struct edit *e);
/* Make the copy. The word is a domain, or a configuration file (with a slash). */
int edit_begin(const struct flow_env *env, const char *word, struct edit *out,
	       struct sx_err *err) SX_MUST;
/*
 * Judge the copy. *changed false: it is what the file was. SX_ESYNTAX "file:line: ..." as xl would
 * refuse it; the keys that differ are added to `keys`, the unified diff to `diff`.
 */
int edit_judge(const struct edit *e, bool *changed, struct sx_str *keys, struct sx_str *diff,
	       struct sx_err *err) SX_MUST;
/* Remove the copy. */
void edit_discard(const struct edit *e);

extern const struct change_family edit_family;

#endif
