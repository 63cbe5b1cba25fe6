/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * New objects. libgit2 writes a commit's objects as loose ones into the scratch directory; we fsync
 * them side by side and rename them into place together. Written in place, each would wait for the
 * disk, eleven times in a row with the branch's (measured: a change then takes twice as long as
 * git's on a disk that is slow to flush).
 */
#include "base/path.h"
#include "git/private.h"

#include <fcntl.h>
#include <git2/sys/commit.h>

/* List an object once: two directories with the same content are one tree object. */
static void note(struct repo *repo, const git_oid *id)
{
	char hex[GIT_OID_HEXSZ + 1];

	git_oid_tostr(hex, sizeof(hex), id);
	for (size_t i = 0; i < repo->objects.len; i++)
		if (strcmp(repo->objects.items[i], hex) == 0)
			return;
	sx_words_add(&repo->objects, hex);
}

static int err_write(const struct repo *repo, struct sx_err *err)
{
	return repo_err_git(err, SX_ECANTWRITE, "git repository %s: write an object",
			    repo->workdir);
}

int repo_stage_blob(struct repo *repo, const char *bytes, size_t len, git_oid *out,
		    struct sx_err *err)
{
	if (git_odb_write(out, repo->staged, bytes, len, GIT_OBJECT_BLOB) < 0)
		return err_write(repo, err);
	note(repo, out);
	return 0;
}

int repo_stage_tree(struct repo *repo, git_treebuilder *tree, git_oid *out, struct sx_err *err)
{
	if (git_treebuilder_write(out, tree) < 0)
		return err_write(repo, err);
	note(repo, out);
	return 0;
}

int repo_stage_commit(struct repo *repo, const git_oid *tree, const git_oid *parent,
		      const struct repo_change *change, git_oid *out, struct sx_err *err)
{
	SX_FREE char *message =
		sx_format("%s%s", change->message, sx_ends_with(change->message, "\n") ? "" : "\n");
	REPO_SIGNATURE *author = NULL, *own = NULL;

	if (repo_signature(change->author, &author, err) || repo_signature_own(&own, err))
		return -1;
	if (git_commit_create_from_ids(out, repo->stage, NULL, author, own, NULL, message, tree,
				       parent ? 1 : 0, &parent) < 0)
		return err_write(repo, err);
	note(repo, out);
	return 0;
}

/* Rename one object into place; append its directory to `dirs`, and "objects" if it is new. */
static int move_object(const struct repo *repo, const char *id, struct sx_words *dirs,
		       struct sx_err *err)
{
	SX_FREE char *dir = sx_format("objects/%.2s", id);
	SX_FREE char *from = sx_format("%s/%s", dir, id + 2);
	SX_CLOSE int fd = -1;
	bool made = false;

	if (repo_dir_open(&repo->commondir, dir, &made, &fd, err))
		return -1;
	if (renameat(repo->scratch.fd, from, fd, id + 2))
		return sx_err_sys(err, SX_ECANTWRITE, "rename %s/%s to %s/%s", repo->scratch.path,
				  from, repo->commondir.path, from);
	sx_words_give(dirs, sx_path_join(repo->commondir.path, dir));
	if (made)
		sx_words_give(dirs, sx_path_join(repo->commondir.path, "objects"));
	return 0;
}

/* Append a file to be renamed into place. Sets its mode while only we can reach the directory. */
static void add_staged(const struct repo *repo, const char *name, struct sx_words *out)
{
	SX_CLOSE int fd = openat(repo->scratch.fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	repo_dir_share(&repo->scratch, fd);
	sx_words_give(out, sx_path_join(repo->scratch.path, name));
}

/*
 * The order makes it safe: contents reach the disk before their names do, and both before anything
 * refers to them. Paths that need no order are synced side by side. An object that a crash left
 * torn under its final name is replaced by a whole one.
 */
int repo_objects_publish(struct repo *repo, const char *also, struct sx_err *err)
{
	SX_WORDS staged = { 0 }, dirs = { 0 };

	for (size_t i = 0; i < repo->objects.len; i++) {
		SX_FREE char *name = sx_format("objects/%.2s/%s", repo->objects.items[i],
					       repo->objects.items[i] + 2);

		add_staged(repo, name, &staged);
	}
	add_staged(repo, "index", &staged);
	add_staged(repo, "ref", &staged);
	if (also)
		sx_words_add(&staged, also);
	if (sync_paths(sx_words_argv(&staged), err))
		return -1;
	for (size_t i = 0; i < repo->objects.len; i++) {
		if (move_object(repo, repo->objects.items[i], &dirs, err))
			return -1;
	}
	return sync_paths(sx_words_argv(&dirs), err);
}
