/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The merge of three texts through libgit2: see log.h. */
#include "git/log.h"
#include "git/private.h"

static git_merge_file_input input_of(const struct sx_str *text)
{
	git_merge_file_input input;

	git_merge_file_input_init(&input, GIT_MERGE_FILE_INPUT_VERSION);
	input.ptr = sx_str_text(text);
	input.size = text->len;
	return input;
}

int repo_merge(const struct sx_str *base, const struct sx_str *ours, const struct sx_str *theirs,
	       bool *merged, struct sx_str *out, struct sx_err *err)
{
	git_merge_file_input a = input_of(base), b = input_of(ours), c = input_of(theirs);
	git_merge_file_result result = { 0 };

	if (git_merge_file(&result, &a, &b, &c, NULL) < 0)
		return repo_err_git(err, SX_EFAIL, "merge");
	*merged = result.automergeable;
	sx_str_clear(out);
	if (*merged)
		sx_str_addn(out, result.ptr, result.len);
	git_merge_file_result_free(&result);
	return 0;
}
