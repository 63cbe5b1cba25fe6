/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One commit on top of HEAD: see repo.h for what it promises. */
#include "base/path.h"
#include "git/private.h"

void repo_items_dispose(struct repo_items *items)
{
	for (size_t i = 0; i < items->len; i++)
		free(items->items[i].rel);
	sx_vec_free(items);
}

static git_filemode_t mode_of(const struct repo_file *file)
{
	if (!file->bytes)
		return GIT_FILEMODE_UNREADABLE;
	if (S_ISLNK(file->mode))
		return GIT_FILEMODE_LINK;
	return file->mode & 0111 ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB;
}

static int list_items(const struct repo *repo, const struct repo_change *change,
		      struct repo_items *out, struct sx_err *err)
{
	for (size_t i = 0; i < change->count; i++) {
		const struct repo_file *file = &change->files[i];
		struct repo_item item = { .file = file, .mode = mode_of(file) };

		if (repo_relative(repo, file->path, &item.rel, err))
			return -1;
		sx_vec_push(out, item);
	}
	return 0;
}

static int stage_blobs(struct repo *repo, struct repo_items *items, struct sx_err *err)
{
	sx_each(struct repo_item, item, items) {
		if (item->mode != GIT_FILEMODE_UNREADABLE &&
		    repo_stage_blob(repo, item->file->bytes, item->file->len, &item->blob, err))
			return -1;
	}
	return 0;
}

/* Stage blobs, trees and commit; *same: HEAD has these contents already. */
static int write_objects(struct repo *repo, const struct repo_head *head, struct repo_items *items,
			 const struct repo_change *change, git_oid *commit, bool *same,
			 struct sx_err *err)
{
	git_oid tree;

	if (stage_blobs(repo, items, err) ||
	    repo_tree_write(repo, head->born ? &head->tree : NULL, items, &tree, err))
		return -1;
	*same = head->born && git_oid_equal(&tree, &head->tree);
	return *same ? 0
		     : repo_stage_commit(repo, &tree, head->born ? &head->commit : NULL, change,
					 commit, err);
}

/*
 * The index is renamed before the branch: after a kill in between, the file is as after "git add",
 * and the commit can be made again. The other way round, the index would look as if somebody had
 * staged a revert of the change.
 */
static int publish(struct repo *repo, const struct repo_head *head, const git_oid *commit,
		   const struct repo_change *change, struct sx_err *err)
{
	SX_FREE char *ref = sx_path_join(repo->commondir.path, head->ref);
	SX_FREE char *ref_dir = sx_path_dir(ref);

	if (repo_objects_publish(repo, change->sync_also, err) || repo_index_publish(repo, err))
		return -1;
	if (repo_ref_publish(repo, head, commit, change->message, err) ||
	    sync_paths((char *[]){ repo->gitdir.path, ref_dir, NULL }, err))
		return 1;
	return 0;
}

/* With index, HEAD and branch locked. */
static int commit_locked(struct repo *repo, const struct repo_head *head, struct repo_items *items,
			 const struct repo_change *change, char id_out[65], struct sx_err *err)
{
	git_oid commit;
	bool same;
	int r;

	id_out[0] = '\0';
	if (repo_scratch_open(repo, err) ||
	    write_objects(repo, head, items, change, &commit, &same, err))
		return -1;
	if (same)
		return sync_paths((char *[]){ change->sync_also, NULL }, err);
	if (repo_index_stage(repo, items, err) || repo_ref_stage(repo, &commit, err))
		return -1;
	r = publish(repo, head, &commit, change, err);
	if (r)
		return r;
	git_oid_tostr(id_out, 65, &commit);
	return 0;
}

/* Reads HEAD twice: for the name of its branch, and again once that branch is locked. */
static int lock_all(struct repo *repo, struct repo_locks *locks, struct repo_head *head,
		    struct sx_err *err)
{
	REPO_HEAD before = { 0 };

	if (repo_lock_take(&repo->gitdir, "index", locks, err) ||
	    repo_lock_take(&repo->gitdir, "HEAD", locks, err) ||
	    repo_head_read(repo, &before, err) ||
	    repo_lock_take(&repo->commondir, before.ref, locks, err))
		return -1;
	return repo_head_read(repo, head, err);
}

int repo_commit(struct repo *repo, const struct repo_change *change, char id_out[65],
		struct sx_err *err)
{
	REPO_LOCKS locks = { 0 };
	REPO_HEAD head = { 0 };
	REPO_ITEMS items = { 0 };
	int result;

	repo_release(repo);
	if (list_items(repo, change, &items, err) || lock_all(repo, &locks, &head, err))
		return -1;
	result = commit_locked(repo, &head, &items, change, id_out, err);
	repo_scratch_close(repo);
	return result;
}
