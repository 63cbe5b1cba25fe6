/* One commit of one file on top of HEAD: see repo.h for what it promises. */
#include "repo_private.h"

#include <safexl/path.h>

int repo_commit_text(const git_oid *tree, const git_oid *parent, const char *message,
		     const struct repo_person *author, struct sx_str *out, struct sx_err *err)
{
	REPO_SIGNATURE *by = NULL, *own = NULL;
	char hex[GIT_OID_HEXSZ + 1];

	if (repo_signature(author, &by, err) || repo_signature_own(&own, err))
		return -1;
	sx_str_addf(out, "tree %s\n", git_oid_tostr(hex, sizeof(hex), tree));
	if (parent)
		sx_str_addf(out, "parent %s\n", git_oid_tostr(hex, sizeof(hex), parent));
	sx_str_add(out, "author ");
	repo_add_signature(out, by);
	sx_str_add(out, "\ncommitter ");
	repo_add_signature(out, own);
	sx_str_addf(out, "\n\n%s%s", message, sx_ends_with(message, "\n") ? "" : "\n");
	return 0;
}

/* Stage blob, trees and commit; *same: HEAD has this content already. */
static int write_objects(struct repo *repo, const struct repo_head *head, const char *rel,
			 const struct repo_change *change, git_oid *blob, git_oid *commit,
			 bool *same, struct sx_err *err)
{
	unsigned mode = change->mode & 0111 ? 0100755 : 0100644;
	SX_STR text = { 0 };
	git_oid tree;

	if (repo_object_stage(repo, GIT_OBJECT_BLOB, change->bytes, change->len, blob, err) ||
	    repo_tree_put(repo, head->born ? &head->tree : NULL, rel, mode, blob, &tree, err))
		return -1;
	*same = head->born && git_oid_equal(&tree, &head->tree);
	if (*same)
		return 0;
	if (repo_commit_text(&tree, head->born ? &head->commit : NULL, change->message,
			     change->author, &text, err))
		return -1;
	return repo_object_stage(repo, GIT_OBJECT_COMMIT, text.data, text.len, commit, err);
}

/*
 * With index, HEAD and branch locked. The index goes into place before the branch: killed between
 * the two, the file is as after "git add", and the commit can be made again; the other way round
 * the index would look as if somebody had staged taking the change back.
 */
static int commit_locked(struct repo *repo, struct repo_locks *locks, const char *rel,
			 const struct repo_change *change, char id_out[65], struct sx_err *err)
{
	REPO_HEAD head = { 0 };
	SX_FREE char *ref = NULL, *ref_dir = NULL;
	git_oid blob, commit;
	bool same;

	/* HEAD is locked: it is read again only because the branch's name was not known before. */
	if (repo_head_read(repo, &head, err))
		return -1;
	ref = sx_path_join(repo->commondir, head.ref);
	if (repo_lock_take(repo, locks, ref, err))
		return -1;
	repo_head_dispose(&head);
	if (repo_head_read(repo, &head, err) ||
	    write_objects(repo, &head, rel, change, &blob, &commit, &same, err))
		return -1;
	if (same) {
		id_out[0] = '\0';
		return sync_paths((char *[]){ change->sync_also, NULL }, err);
	}
	if (repo_index_stage(repo, rel, &blob, change, err) || repo_ref_stage(repo, &commit, err) ||
	    repo_objects_publish(repo, change->sync_also, err) || repo_index_publish(repo, err) ||
	    repo_ref_publish(repo, &head, &commit, change->message, err))
		return -1;
	git_oid_tostr(id_out, 65, &commit);
	ref_dir = sx_path_dir(ref);
	return sync_paths((char *[]){ repo->gitdir, ref_dir, NULL }, err);
}

static int take_and_commit(struct repo *repo, const char *rel, const struct repo_change *change,
			   char id_out[65], struct sx_err *err)
{
	SX_FREE char *index = sx_path_join(repo->gitdir, "index");
	SX_FREE char *head = sx_path_join(repo->gitdir, "HEAD");
	REPO_LOCKS locks = { 0 };

	if (repo_lock_take(repo, &locks, index, err) || repo_lock_take(repo, &locks, head, err))
		return -1;
	return commit_locked(repo, &locks, rel, change, id_out, err);
}

int repo_commit(struct repo *repo, const struct repo_change *change, char id_out[65],
		struct sx_err *err)
{
	SX_FREE char *rel = NULL;
	int result;

	if (repo_relative(repo, change->path, &rel, err))
		return -1;
	repo_scratch_unreserve(repo);
	result = repo_scratch_open(repo, err);
	if (!result)
		result = take_and_commit(repo, rel, change, id_out, err);
	repo_release(repo);
	return result;
}
