/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What HEAD is, and whether a commit may be put on it. Reads only. */
#include "git/private.h"

void repo_head_dispose(struct repo_head *head)
{
	free(head->ref);
	*head = (struct repo_head){ 0 };
}

/* Unfinished operations of git, and the commands to finish one (NULL: none) and to give it up. */
static const struct {
	int state;
	const char *what, *on, *out;
} operations[] = {
	{ GIT_REPOSITORY_STATE_MERGE, "a merge", "merge --continue", "merge --abort" },
	{ GIT_REPOSITORY_STATE_REVERT, "a revert", "revert --continue", "revert --abort" },
	{ GIT_REPOSITORY_STATE_REVERT_SEQUENCE, "a revert", "revert --continue", "revert --abort" },
	{ GIT_REPOSITORY_STATE_CHERRYPICK, "a cherry-pick", "cherry-pick --continue",
	  "cherry-pick --abort" },
	{ GIT_REPOSITORY_STATE_CHERRYPICK_SEQUENCE, "a cherry-pick", "cherry-pick --continue",
	  "cherry-pick --abort" },
	{ GIT_REPOSITORY_STATE_BISECT, "a bisect", NULL, "bisect reset" },
	{ GIT_REPOSITORY_STATE_REBASE, "a rebase", "rebase --continue", "rebase --abort" },
	{ GIT_REPOSITORY_STATE_REBASE_INTERACTIVE, "a rebase", "rebase --continue",
	  "rebase --abort" },
	{ GIT_REPOSITORY_STATE_REBASE_MERGE, "a rebase", "rebase --continue", "rebase --abort" },
	{ GIT_REPOSITORY_STATE_APPLY_MAILBOX, "git am", "am --continue", "am --abort" },
	{ GIT_REPOSITORY_STATE_APPLY_MAILBOX_OR_REBASE, "git am or a rebase", "am --continue",
	  "am --abort" },
};

static int check_state(const struct repo *repo, struct sx_err *err)
{
	int state = git_repository_state(repo->git);

	if (state == GIT_REPOSITORY_STATE_NONE)
		return 0;
	for (size_t i = 0; i < SX_COUNT(operations); i++) {
		if (operations[i].state != state)
			continue;
		sx_err_set(err, SX_ECANTWRITE, "git repository %s: %s is in progress",
			   repo->workdir, operations[i].what);
		if (!operations[i].on)
			return sx_err_hint(err, "git -C %pQ %s", repo->workdir, operations[i].out);
		return sx_err_hint(err, "to finish it: git -C %pQ %s\nto give it up: git -C %pQ %s",
				   repo->workdir, operations[i].on, repo->workdir,
				   operations[i].out);
	}
	return repo_err_damaged(repo, err, "state cannot be read");
}

static int err_detached(const struct repo *repo, struct sx_err *err)
{
	static const char *const usual[] = { "main", "master" };
	const char *branch = "BRANCH";

	for (size_t i = SX_COUNT(usual); i-- > 0;) {
		SX_FREE char *name = sx_format("refs/heads/%s", usual[i]);
		git_oid id;

		if (git_reference_name_to_id(&id, repo->git, name) == 0)
			branch = usual[i];
	}
	git_error_clear();
	sx_err_set(err, SX_ECANTWRITE, "git repository %s: HEAD is detached, on no branch",
		   repo->workdir);
	return sx_err_hint(err, "git -C %pQ switch %s", repo->workdir, branch);
}

static int head_ref(struct repo *repo, char **out, struct sx_err *err)
{
	git_reference *ref = NULL;
	int result = 0;

	if (git_reference_lookup(&ref, repo->git, "HEAD") < 0)
		return repo_err_damaged(repo, err, "HEAD cannot be read");
	if (git_reference_type(ref) != GIT_REFERENCE_SYMBOLIC)
		result = err_detached(repo, err);
	else if (!sx_starts_with(git_reference_symbolic_target(ref), "refs/heads/"))
		result = sx_err_set(err, SX_ECANTWRITE,
				    "git repository %s: HEAD is not a branch (%s)", repo->workdir,
				    git_reference_symbolic_target(ref));
	else
		*out = sx_strdup(git_reference_symbolic_target(ref));
	git_reference_free(ref);
	return result;
}

int repo_head_read(struct repo *repo, struct repo_head *out, struct sx_err *err)
{
	REPO_HEAD head = { 0 };
	REPO_COMMIT *commit = NULL;
	int r;

	if (check_state(repo, err) || head_ref(repo, &head.ref, err))
		return -1;
	r = git_reference_name_to_id(&head.commit, repo->git, head.ref);
	if (r == GIT_ENOTFOUND) {
		git_error_clear();
	} else if (r < 0) {
		return repo_err_damaged(repo, err, "%s cannot be read", head.ref);
	} else {
		if (git_commit_lookup(&commit, repo->git, &head.commit) < 0)
			return repo_err_damaged(repo, err, "the commit of %s cannot be read",
						head.ref);
		git_oid_cpy(&head.tree, git_commit_tree_id(commit));
		head.born = true;
	}
	*out = sx_steal(&head);
	return 0;
}
