/* The history of one file, for people: see repo.h. */
#include "repo_private.h"

#include <time.h>

#define SX_REVWALK SX_CLEANUP(cleanup_revwalk) git_revwalk
#define SX_TREE SX_CLEANUP(cleanup_tree) git_tree
#define SX_ENTRY SX_CLEANUP(cleanup_entry) git_tree_entry

static void cleanup_revwalk(git_revwalk **walk)
{
	git_revwalk_free(*walk);
}

static void cleanup_tree(git_tree **tree)
{
	git_tree_free(*tree);
}

static void cleanup_entry(git_tree_entry **entry)
{
	git_tree_entry_free(*entry);
}

/* The blob that a commit has at a path; zeros when there is none. */
static void blob_of(git_commit *commit, const char *rel, git_oid *out)
{
	SX_TREE *tree = NULL;
	SX_ENTRY *entry = NULL;

	memset(out, 0, sizeof(*out));
	if (commit && git_commit_tree(&tree, commit) == 0 &&
	    git_tree_entry_bypath(&entry, tree, rel) == 0)
		git_oid_cpy(out, git_tree_entry_id(entry));
}

static bool touches(git_commit *commit, const char *rel)
{
	REPO_COMMIT *parent = NULL;
	git_oid now, before;

	if (git_commit_parentcount(commit) && git_commit_parent(&parent, commit, 0) < 0)
		return false;
	blob_of(commit, rel, &now);
	blob_of(parent, rel, &before);
	return !git_oid_equal(&now, &before);
}

static char *describe(struct repo *repo, git_commit *commit)
{
	char hex[GIT_OID_HEXSZ + 1];
	char when[32];
	time_t t = (time_t)git_commit_time(commit);
	struct tm tm;
	SX_FREE char *id = NULL;

	git_oid_tostr(hex, sizeof(hex), git_commit_id(commit));
	id = repo_abbreviate(repo, hex);
	localtime_r(&t, &tm);
	strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &tm);
	return sx_format("%s %s (%s, %s)", id, git_commit_summary(commit),
			 git_commit_author(commit)->name, when);
}

char *repo_last_commit(struct repo *repo, const char *path)
{
	SX_REVWALK *walk = NULL;
	SX_FREE char *rel = NULL;
	SX_ERR ignored = { 0 };
	git_oid id;

	if (repo_relative(repo, path, &rel, &ignored) || git_revwalk_new(&walk, repo->git) < 0 ||
	    git_revwalk_push_head(walk) < 0)
		return sx_strdup("");
	while (git_revwalk_next(&id, walk) == 0) {
		REPO_COMMIT *commit = NULL;

		if (git_commit_lookup(&commit, repo->git, &id) == 0 && touches(commit, rel))
			return describe(repo, commit);
	}
	git_error_clear();
	return sx_strdup("");
}
