/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees: looking a path up, and the trees of a commit with one entry exchanged. */
#include "git/private.h"

/* Split off the first component: the rest is "" when it was the last. Heap string. */
static char *first_component(const char **rel)
{
	size_t len = strcspn(*rel, "/");
	char *name = sx_strndup(*rel, len);

	*rel += len;
	*rel += strspn(*rel, "/");
	return name;
}

static int err_tree(const struct repo *repo, const git_oid *id, struct sx_err *err)
{
	char hex[GIT_OID_HEXSZ + 1];

	return repo_err_damaged(repo, err, "tree %s cannot be read",
				git_oid_tostr(hex, sizeof(hex), id));
}

static size_t size_of(struct repo *repo, const git_oid *id)
{
	git_odb *odb = NULL;
	git_object_t type;
	size_t size = 0;

	if (git_repository_odb(&odb, repo->git) == 0)
		(void)git_odb_read_header(&size, &type, odb, id);
	git_odb_free(odb);
	git_error_clear();
	return size;
}

int repo_tree_find(struct repo *repo, const git_oid *root, const char *rel, struct repo_entry *out,
		   struct sx_err *err)
{
	*out = (struct repo_entry){ .id = *root };
	for (;;) {
		SX_FREE char *name = first_component(&rel);
		REPO_TREE *tree = NULL;
		const git_tree_entry *entry;
		bool is_tree;

		if (git_tree_lookup(&tree, repo->git, &out->id) < 0)
			return err_tree(repo, &out->id, err);
		out->tree_bytes += size_of(repo, &out->id);
		entry = git_tree_entry_byname(tree, name);
		is_tree = entry && git_tree_entry_type(entry) == GIT_OBJECT_TREE;
		if (!entry || (*rel && !is_tree))
			return 0;
		out->id = *git_tree_entry_id(entry);
		out->found = !*rel && !is_tree;
		if (!*rel)
			return 0;
	}
}

/* The tree below this entry of `base`; *out NULL when there is none. */
static int child_of(struct repo *repo, const git_tree *base, const char *name, git_tree **out,
		    struct sx_err *err)
{
	const git_tree_entry *entry = base ? git_tree_entry_byname(base, name) : NULL;

	*out = NULL;
	if (!entry || git_tree_entry_type(entry) != GIT_OBJECT_TREE)
		return 0;
	if (git_tree_lookup(out, repo->git, git_tree_entry_id(entry)) < 0)
		return err_tree(repo, git_tree_entry_id(entry), err);
	return 0;
}

/* What has the name already gives way: a file where a directory was, or the other way round. */
static int put(struct repo *repo, const git_tree *base, const char *rel, git_filemode_t mode,
	       const git_oid *blob, git_oid *out, struct sx_err *err)
{
	SX_FREE char *name = first_component(&rel);
	REPO_TREE *child = NULL;
	git_treebuilder *builder = NULL;
	git_oid id = *blob;
	int result;

	if (*rel && (child_of(repo, base, name, &child, err) ||
		     put(repo, child, rel, mode, blob, &id, err)))
		return -1;
	if (git_treebuilder_new(&builder, repo->stage, base) < 0 ||
	    git_treebuilder_insert(NULL, builder, name, &id, *rel ? GIT_FILEMODE_TREE : mode) < 0)
		result = repo_err_git(err, SX_ECANTWRITE, "git repository %s: write a tree",
				      repo->workdir);
	else
		result = repo_stage_tree(repo, builder, out, err);
	git_treebuilder_free(builder);
	return result;
}

int repo_tree_put(struct repo *repo, const git_oid *root, const char *rel, git_filemode_t mode,
		  const git_oid *blob, git_oid *out, struct sx_err *err)
{
	REPO_TREE *base = NULL;

	if (root && git_tree_lookup(&base, repo->git, root) < 0)
		return err_tree(repo, root, err);
	return put(repo, base, rel, mode, blob, out, err);
}
