/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees: looking up a path, and writing the trees of a commit with some files replaced. */
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

static int err_build(const struct repo *repo, struct sx_err *err)
{
	return repo_err_git(err, SX_ECANTWRITE, "git repository %s: write a tree", repo->workdir);
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

static int tree_of(struct repo *repo, const git_oid *id, git_tree **out, struct sx_err *err)
{
	return git_tree_lookup(out, repo->git, id) < 0 ? err_tree(repo, id, err) : 0;
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

		if (tree_of(repo, &out->id, &tree, err))
			return -1;
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

/* The subtree `name` of `base`; *out NULL: there is none. */
static int child_of(struct repo *repo, const git_tree *base, const char *name, git_tree **out,
		    struct sx_err *err)
{
	const git_tree_entry *entry = base ? git_tree_entry_byname(base, name) : NULL;

	*out = NULL;
	if (!entry || git_tree_entry_type(entry) != GIT_OBJECT_TREE)
		return 0;
	return tree_of(repo, git_tree_entry_id(entry), out, err);
}

/* The changes in one tree: files in it and below it, by their paths from there. */
struct todo {
	const char *rel;
	const struct repo_item *item;
};

struct todos {
	SX_VEC_OF(struct todo);
};

#define TODOS SX_CLEANUP(todos_dispose) struct todos

static void todos_dispose(struct todos *t)
{
	sx_vec_free(t);
}

/* The changes below `name`, by paths in it. True: one comes before `first`, so that is all done. */
static bool in_directory(const struct todos *all, size_t first, const char *name, struct todos *out)
{
	for (size_t i = 0; i < all->len; i++) {
		const char *rest = all->items[i].rel;
		SX_FREE char *top = first_component(&rest);

		if (!*rest || strcmp(top, name) != 0)
			continue;
		if (i < first)
			return true;
		sx_vec_push(out, ((struct todo){ .rel = rest, .item = all->items[i].item }));
	}
	return false;
}

/* Write a tree with its changes. A subtree that would be empty is not written: *empty. */
static int write_tree(struct repo *repo, const git_tree *base, const struct todos *todos,
		      bool is_below, git_oid *out, bool *empty, struct sx_err *err);

/* Set or remove an entry. A file replaces a directory of its name, and the other way round. */
static int set_entry(git_treebuilder *builder, const char *name, git_filemode_t mode,
		     const git_oid *id)
{
	if (mode != GIT_FILEMODE_UNREADABLE)
		return git_treebuilder_insert(NULL, builder, name, id, mode);
	return git_treebuilder_get(builder, name) ? git_treebuilder_remove(builder, name) : 0;
}

/* Write a directory once, with all changes in it; one that becomes empty is removed, as in git. */
static int set_directory(struct repo *repo, const git_tree *base, git_treebuilder *builder,
			 const char *name, const struct todos *below, struct sx_err *err)
{
	REPO_TREE *child = NULL;
	bool empty;
	git_oid id;

	if (child_of(repo, base, name, &child, err) ||
	    write_tree(repo, child, below, true, &id, &empty, err))
		return -1;
	if (set_entry(builder, name, empty ? GIT_FILEMODE_UNREADABLE : GIT_FILEMODE_TREE, &id) < 0)
		return err_build(repo, err);
	return 0;
}

static int set_entries(struct repo *repo, const git_tree *base, git_treebuilder *builder,
		       const struct todos *todos, struct sx_err *err)
{
	for (size_t i = 0; i < todos->len; i++) {
		const struct repo_item *item = todos->items[i].item;
		const char *rest = todos->items[i].rel;
		SX_FREE char *name = first_component(&rest);
		TODOS below = { 0 };

		if (!*rest) {
			if (set_entry(builder, name, item->mode, &item->blob) < 0)
				return err_build(repo, err);
		} else if (!in_directory(todos, i, name, &below) &&
			   set_directory(repo, base, builder, name, &below, err)) {
			return -1;
		}
	}
	return 0;
}

static int write_tree(struct repo *repo, const git_tree *base, const struct todos *todos,
		      bool is_below, git_oid *out, bool *empty, struct sx_err *err)
{
	git_treebuilder *builder = NULL;
	int result;

	*empty = false;
	if (git_treebuilder_new(&builder, repo->stage, base) < 0)
		return err_build(repo, err);
	result = set_entries(repo, base, builder, todos, err);
	*empty = is_below && git_treebuilder_entrycount(builder) == 0;
	if (result == 0 && !*empty)
		result = repo_stage_tree(repo, builder, out, err);
	git_treebuilder_free(builder);
	return result;
}

int repo_tree_write(struct repo *repo, const git_oid *root, const struct repo_items *items,
		    git_oid *out, struct sx_err *err)
{
	REPO_TREE *base = NULL;
	TODOS todos = { 0 };
	bool empty;

	if (root && tree_of(repo, root, &base, err))
		return -1;
	for (size_t i = 0; i < items->len; i++)
		sx_vec_push(&todos, ((struct todo){ items->items[i].rel, &items->items[i] }));
	return write_tree(repo, base, &todos, false, out, &empty, err);
}
