/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors of libgit2 as ours: see private.h. */
#include "git/private.h"

int repo_err_git(struct sx_err *err, enum sx_code code, const char *fmt, ...)
{
	const git_error *last = git_error_last();
	SX_STR what = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sx_str_addv(&what, fmt, ap);
	va_end(ap);
	sx_err_set(err, code, "%s: %pS", sx_str_text(&what),
		   last && last->message ? last->message : "unknown error");
	git_error_clear();
	return -1;
}

int repo_hint_fsck(const char *dir, struct sx_err *err)
{
	return sx_err_hint(err, "git -C %pQ fsck", dir);
}

int repo_err_damaged(const struct repo *repo, struct sx_err *err, const char *fmt, ...)
{
	SX_STR what = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sx_str_addv(&what, fmt, ap);
	va_end(ap);
	(void)repo_err_git(err, SX_ECANTWRITE, "git repository %s: %s", repo->workdir,
			   sx_str_text(&what));
	return repo_hint_fsck(repo->workdir, err);
}
