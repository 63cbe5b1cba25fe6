/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unified diffs of texts, through libgit2: see repo.h. */
#include "git/repo.h"

#include <git2.h>

int repo_diff(const char *path, const char *old, size_t old_len, const char *new, size_t new_len,
	      char **out, struct sx_err *err)
{
	git_patch *patch = NULL;
	git_buf text = { 0 };
	const git_error *why;
	int r = git_patch_from_buffers(&patch, old, old_len, path, new, new_len, path, NULL);

	if (!r)
		r = git_patch_to_buf(&text, patch);
	if (r) {
		why = git_error_last();
		sx_err_set(err, SX_EFAIL, "compare two versions of %s: %s", path,
			   why ? why->message : "libgit2 failed");
	} else {
		*out = sx_strdup(text.ptr ? text.ptr : "");
	}
	git_buf_dispose(&text);
	git_patch_free(patch);
	return r ? -1 : 0;
}
