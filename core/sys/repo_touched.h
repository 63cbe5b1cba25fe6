/* The comparison of trees, for the reading of history. Private to core/sys/repo*.c. */
#ifndef SAFEXL_REPO_TOUCHED_H
#define SAFEXL_REPO_TOUCHED_H

#include "repo_private.h"

#include <safexl/repo_log.h>

/*
 * Add the files (paths relative to the work tree) at or below `places` (relative as well) that
 * the tree `after` of the directory `dir` has otherwise than `before`; NULL is an empty tree.
 */
int repo_touched(struct repo *repo, const char *dir, const struct sx_words *places,
		 const git_oid *before, const git_oid *after, struct repo_record *out,
		 struct sx_err *err) SX_MUST;

#endif
