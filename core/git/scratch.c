/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The scratch directory of a commit, .git/safexl, for what is not yet in place. It holds
 *   objects     new objects, as git keeps loose ones (git's receive-pack quarantines them as well)
 *   index, ref  the next index and the next value of the branch
 * Whoever holds index.lock owns it, and first removes what a killed safexl left there.
 */
#include "base/num.h"
#include "base/path.h"
#include "git/private.h"
#include "host/proc.h"

#include <fcntl.h>

static const char scratch_name[] = "safexl";

/* Through the open directory: one that somebody puts in its place gets nothing. */
char *repo_scratch_path(const struct repo *repo, const char *name)
{
	return sx_format("/proc/self/fd/%d/%s", repo->scratch.fd, name);
}

/* The stage sees no other objects: libgit2 does not write an object that it finds elsewhere. */
static int open_stage(struct repo *repo, struct sx_err *err)
{
	SX_FREE char *path = repo_scratch_path(repo, "objects");
	git_odb_backend *loose = NULL;
	const int fastest = -1, no_fsync = 0, usual = 0;

	if (git_odb_new(&repo->staged) < 0 ||
	    git_odb_backend_loose(&loose, path, fastest, no_fsync, usual, usual) < 0 ||
	    git_odb_add_backend(repo->staged, loose, 1) < 0 ||
	    git_repository_wrap_odb(&repo->stage, repo->staged) < 0)
		return repo_err_git(err, SX_EFAIL, "git repository %s", repo->workdir);
	return 0;
}

int repo_scratch_open(struct repo *repo, struct sx_err *err)
{
	repo_dir_remove(repo->gitdir.fd, scratch_name);
	repo->scratch = (struct repo_dir){ .fd = -1,
					   .path = sx_path_join(repo->gitdir.path, scratch_name),
					   .shared = repo->gitdir.shared };
	if (mkdirat(repo->gitdir.fd, scratch_name, 0700) ||
	    repo_dir_open(&repo->gitdir, scratch_name, NULL, &repo->scratch.fd, err) ||
	    mkdirat(repo->scratch.fd, "objects", 0777))
		return sx_err_sys(err, SX_ECANTWRITE, "git repository %s: create %s", repo->workdir,
				  repo->scratch.path);
	return open_stage(repo, err);
}

void repo_scratch_close(struct repo *repo)
{
	if (!repo->scratch.path)
		return;
	git_repository_free(sx_steal(&repo->stage));
	git_odb_free(sx_steal(&repo->staged));
	sx_words_dispose(&repo->objects);
	if (repo->scratch.fd >= 0)
		close(repo->scratch.fd);
	free(repo->scratch.path);
	repo->scratch = (struct repo_dir){ 0 };
	repo_dir_remove(repo->gitdir.fd, scratch_name);
}

void repo_scratch_sweep(struct repo *repo)
{
	REPO_LOCKS locks = { 0 };
	SX_ERR ignored = { 0 };

	if (faccessat(repo->gitdir.fd, scratch_name, F_OK, AT_SYMLINK_NOFOLLOW) == 0 &&
	    repo_lock_take(&repo->gitdir, "index", &locks, &ignored) == 0)
		repo_dir_remove(repo->gitdir.fd, scratch_name);
}
