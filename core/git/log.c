/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The history, commit by commit, newest first: see log.h. */
#include "base/path.h"
#include "git/touched.h"

void repo_record_dispose(struct repo_record *r)
{
	for (size_t i = 0; i < r->len; i++)
		free(r->items[i].path);
	sx_vec_free(r);
	free(r->author);
	free(r->email);
	free(r->message);
	*r = (struct repo_record){ 0 };
}

/* The places as paths in the work tree; those of other repositories are left out. */
static void relative_places(struct repo *repo, const struct sx_words *places, struct sx_words *out)
{
	for (size_t i = 0; i < places->len; i++) {
		SX_FREE char *rel = NULL;
		SX_ERR outside = { 0 };

		if (sx_streq(places->items[i], repo->workdir))
			sx_words_add(out, "");
		else if (repo_relative(repo, places->items[i], &rel, &outside) == 0)
			sx_words_give(out, sx_steal(&rel));
	}
}

/* In a merge: drop the files that are the same in this further parent. */
static int drop_inherited(struct repo *repo, const git_oid *tree, struct repo_record *r,
			  struct sx_err *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->len; i++) {
		struct repo_entry entry;
		char hex[65] = "";

		if (repo_tree_find(repo, tree, r->items[i].path, &entry, err))
			return -1;
		if (entry.found)
			git_oid_tostr(hex, sizeof(hex), &entry.id);
		if (sx_streq(hex, r->items[i].after))
			free(r->items[i].path);
		else
			r->items[kept++] = r->items[i];
	}
	r->len = kept;
	return 0;
}

static int find_touched(struct repo *repo, git_commit *commit, const struct sx_words *places,
			struct repo_record *out, struct sx_err *err)
{
	unsigned parents = repo_is_cut(repo, commit) ? 0 : git_commit_parentcount(commit);

	for (unsigned i = 0; i < (parents ? parents : 1); i++) {
		REPO_COMMIT *parent = NULL;
		const git_oid *tree = NULL;

		if (parents) {
			if (git_commit_parent(&parent, commit, i) < 0)
				return repo_err_damaged(repo, err, "a commit cannot be read");
			tree = git_commit_tree_id(parent);
		}
		if (i ? drop_inherited(repo, tree, out, err)
		      : repo_touched(repo, "", places, tree, git_commit_tree_id(commit), out, err))
			return -1;
	}
	return 0;
}

static int record_fill(struct repo *repo, git_commit *commit, const struct sx_words *places,
		       struct repo_record *out, struct sx_err *err)
{
	const git_signature *author = git_commit_author(commit);
	const char *encoding = git_commit_message_encoding(commit);
	SX_WORDS relative = { 0 };
	REPO_RECORD r = { 0 };

	relative_places(repo, places, &relative);
	if (find_touched(repo, commit, &relative, &r, err))
		return -1;
	for (size_t i = 0; i < r.len; i++) {
		SX_FREE char *rel = r.items[i].path;

		r.items[i].path = sx_path_join(repo->workdir, rel);
	}
	git_oid_tostr(r.id, sizeof(r.id), git_commit_id(commit));
	r.author = repo_text(author && author->name ? author->name : "", encoding);
	r.email = repo_text(author && author->email ? author->email : "", encoding);
	r.time = author ? author->when.time : git_commit_time(commit);
	r.zone = author ? author->when.offset : 0;
	r.is_cut = repo_is_cut(repo, commit);
	r.is_merge = git_commit_parentcount(commit) > 1;
	r.message = repo_text(git_commit_message(commit), encoding);
	*out = sx_steal(&r);
	return 0;
}

static int walk_next(struct repo_walk *walk, const struct sx_words *places, struct repo_record *out,
		     bool *found, struct sx_err *err)
{
	*found = false;
	for (;;) {
		REPO_COMMIT *commit = NULL;

		if (repo_walk_step(walk, &commit, err))
			return -1;
		if (!commit)
			return 0;
		repo_record_dispose(out);
		if (record_fill(repo_walk_repo(walk), commit, places, out, err))
			return -1;
		if (out->len) {
			*found = true;
			return 0;
		}
	}
}

/* libgit2 hashes all that it reads, which is half the time here. git does not, nor do we. */
int repo_walk_next(struct repo_walk *walk, const struct sx_words *places, struct repo_record *out,
		   bool *found, struct sx_err *err)
{
	int r;

	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
	r = walk_next(walk, places, out, found, err);
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
	return r;
}

int repo_record_find(struct repo *repo, const char *word, const struct sx_words *places,
		     struct repo_record *out, struct sx_err *err)
{
	REPO_OBJECT *named = NULL, *object = NULL;
	int r = git_revparse_single(&named, repo->git, word);

	if (r == 0)
		r = git_object_peel(&object, named, GIT_OBJECT_COMMIT);
	if (r < 0) {
		git_error_clear();
		sx_err_set(err, SX_EFAIL,
			   r == GIT_EAMBIGUOUS ? "more than one commit begins with '%s'"
					       : "no commit is called '%s'",
			   word);
		return sx_err_hint(err, "the commits: safexl log");
	}
	return record_fill(repo, (git_commit *)object, places, out, err);
}

int repo_content(struct repo *repo, const char *id, struct sx_str *out, struct sx_err *err)
{
	REPO_BLOB *blob = NULL;
	git_oid oid;

	sx_str_clear(out);
	if (!*id)
		return 0;
	if (git_oid_fromstr(&oid, id) < 0 || git_blob_lookup(&blob, repo->git, &oid) < 0)
		return repo_err_damaged(repo, err, "object %s cannot be read", id);
	sx_str_addn(out, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
	return 0;
}

bool repo_last_commit(struct repo *repo, const char *path, struct repo_record *out)
{
	struct repo_walk *walk = NULL;
	SX_WORDS places = { 0 };
	SX_ERR ignored = { 0 };
	bool found = false;

	sx_words_add(&places, path);
	if (repo_walk_open(repo, &walk, &ignored) == 0 && walk &&
	    repo_walk_next(walk, &places, out, &found, &ignored))
		found = false;
	repo_walk_close(walk);
	return found;
}
