/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What HEAD has of files and directories, and short names of commits. */
#include "base/path.h"
#include "git/log.h"
#include "git/private.h"

#include <dirent.h>

/* The root tree of HEAD, without checking whether a commit could be made now. */
static int head_tree(struct repo *repo, bool *born, git_oid *tree, struct sx_err *err)
{
	REPO_COMMIT *commit = NULL;
	git_oid id;
	int r = git_reference_name_to_id(&id, repo->git, "HEAD");

	*born = r == 0;
	if (r == GIT_ENOTFOUND || r == GIT_EUNBORNBRANCH) {
		git_error_clear();
		return 0;
	}
	if (r < 0 || git_commit_lookup(&commit, repo->git, &id) < 0)
		return repo_err_damaged(repo, err, "HEAD cannot be read");
	git_oid_cpy(tree, git_commit_tree_id(commit));
	return 0;
}

static int head_entry(struct repo *repo, const char *rel, struct repo_entry *out,
		      struct sx_err *err)
{
	git_oid tree;
	bool born;

	*out = (struct repo_entry){ 0 };
	if (head_tree(repo, &born, &tree, err))
		return -1;
	return born ? repo_tree_find(repo, &tree, rel, out, err) : 0;
}

int repo_head_file(struct repo *repo, const char *path, bool *found, struct sx_str *content,
		   struct sx_err *err)
{
	SX_FREE char *rel = NULL;
	REPO_BLOB *blob = NULL;
	struct repo_entry entry;

	if (repo_relative(repo, path, &rel, err) || repo_check_filter(repo, rel, err) ||
	    head_entry(repo, rel, &entry, err))
		return -1;
	*found = entry.found;
	sx_str_clear(content);
	if (!entry.found)
		return 0;
	if (git_blob_lookup(&blob, repo->git, &entry.id) < 0)
		return repo_err_damaged(repo, err, "%s cannot be read", path);
	sx_str_addn(content, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
	return 0;
}

int repo_head_matches(struct repo *repo, const char *path, const char *bytes, size_t len,
		      bool *same, struct sx_err *err)
{
	SX_FREE char *rel = NULL;
	struct repo_entry entry;
	git_oid id;

	if (repo_relative(repo, path, &rel, err) || head_entry(repo, rel, &entry, err) ||
	    repo_hash(repo, rel, bytes, len, &id, err))
		return -1;
	*same = entry.found && git_oid_equal(&id, &entry.id);
	return 0;
}

/* HEAD's tree of a directory ("": the work tree itself); *out NULL: there is none. */
static int head_directory(struct repo *repo, const char *rel, git_tree **out, struct sx_err *err)
{
	REPO_TREE *root = NULL;
	git_tree_entry *entry = NULL;
	git_oid id;
	bool born;
	int r;

	*out = NULL;
	if (head_tree(repo, &born, &id, err))
		return -1;
	if (!born)
		return 0;
	r = git_tree_lookup(*rel ? &root : out, repo->git, &id);
	if (r >= 0 && *rel)
		r = git_tree_entry_bypath(&entry, root, rel);
	if (r >= 0 && *rel && git_tree_entry_type(entry) == GIT_OBJECT_TREE)
		r = git_tree_lookup(out, repo->git, git_tree_entry_id(entry));
	git_tree_entry_free(entry);
	if (r < 0 && r != GIT_ENOTFOUND)
		return repo_err_damaged(repo, err, "the tree of HEAD cannot be read");
	git_error_clear();
	return 0;
}

int repo_head_files(struct repo *repo, const char *dir, struct sx_words *out, struct sx_err *err)
{
	SX_FREE char *rel = NULL;
	REPO_TREE *tree = NULL;

	if (sx_streq(dir, repo->workdir))
		rel = sx_strdup("");
	else if (repo_relative(repo, dir, &rel, err))
		return -1;
	if (head_directory(repo, rel, &tree, err))
		return -1;
	for (size_t i = 0; tree && i < git_tree_entrycount(tree); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(tree, i);

		if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB &&
		    git_tree_entry_filemode(entry) != GIT_FILEMODE_LINK)
			sx_words_give(out, sx_path_join(dir, git_tree_entry_name(entry)));
	}
	return 0;
}

static bool asks_for_signatures(const struct repo *repo)
{
	git_config *config = NULL;
	int asked = 0;

	if (git_repository_config_snapshot(&config, repo->git) == 0)
		git_config_get_bool(&asked, config, "commit.gpgsign");
	git_config_free(config);
	git_error_clear();
	return asked;
}

bool repo_misses_signature(const struct repo *repo)
{
	REPO_COMMIT *last = NULL;
	git_buf signature = { 0 };
	git_oid id;
	bool is_ours;

	if (!asks_for_signatures(repo))
		return false;
	if (git_reference_name_to_id(&id, repo->git, "HEAD") < 0 ||
	    git_commit_lookup(&last, repo->git, &id) < 0) {
		git_error_clear();
		return true;
	}
	is_ours = strstr(git_commit_message(last), "\nCommand: safexl ") &&
		  git_commit_header_field(&signature, last, "gpgsig") < 0;
	git_buf_dispose(&signature);
	git_error_clear();
	return !is_ours;
}

char *repo_abbreviate(struct repo *repo, const char *id)
{
	REPO_OBJECT *object = NULL;
	git_buf shortest = { 0 };
	git_oid oid;
	char *text;

	if (git_oid_fromstr(&oid, id) == 0 &&
	    git_object_lookup(&object, repo->git, &oid, GIT_OBJECT_COMMIT) == 0 &&
	    git_object_short_id(&shortest, object) == 0 && shortest.size >= 7)
		text = sx_strdup(shortest.ptr);
	else
		text = sx_strndup(id, strnlen(id, 12));
	git_buf_dispose(&shortest);
	git_error_clear();
	return text;
}

/* Ids are spread evenly, so that one of the 256 directories stands for all of them. */
size_t repo_loose(const struct repo *repo)
{
	SX_FREE char *path = sx_path_join(repo->commondir.path, "objects/17");
	DIR *dir = opendir(path);
	const struct dirent *entry;
	size_t count = 0;

	while (dir && (entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return count * 256;
}
