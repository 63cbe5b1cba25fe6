/* Questions to the history: what HEAD has of a file, which commit has a line in its message. */
#include "repo_private.h"

#define SX_OBJECT SX_CLEANUP(cleanup_object) git_object
#define SX_REVWALK SX_CLEANUP(cleanup_revwalk) git_revwalk

static void cleanup_object(git_object **object)
{
	git_object_free(*object);
}

static void cleanup_revwalk(git_revwalk **walk)
{
	git_revwalk_free(*walk);
}

/* The root tree of HEAD, without asking whether a commit could be made now. */
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

static int head_entry(struct repo *repo, const char *path, struct repo_entry *out,
		      struct sx_err *err)
{
	SX_FREE char *rel = NULL;
	git_oid tree;
	bool born;

	*out = (struct repo_entry){ 0 };
	if (repo_relative(repo, path, &rel, err) || head_tree(repo, &born, &tree, err))
		return -1;
	return born ? repo_tree_find(repo, &tree, rel, out, err) : 0;
}

int repo_head_file(struct repo *repo, const char *path, bool *found, struct sx_str *content,
		   struct sx_err *err)
{
	REPO_ODB *odb = NULL;
	REPO_ODB_OBJECT *object = NULL;
	struct repo_entry entry;

	if (head_entry(repo, path, &entry, err))
		return -1;
	*found = entry.found;
	sx_str_clear(content);
	if (!entry.found)
		return 0;
	if (git_repository_odb(&odb, repo->git) < 0 || git_odb_read(&object, odb, &entry.id) < 0)
		return repo_err_damaged(repo, err, "%s cannot be read", path);
	sx_str_addn(content, git_odb_object_data(object), git_odb_object_size(object));
	return 0;
}

int repo_head_matches(struct repo *repo, const char *path, const char *bytes, size_t len,
		      bool *same, struct sx_err *err)
{
	struct repo_entry entry;
	git_oid id;

	if (head_entry(repo, path, &entry, err))
		return -1;
	if (git_odb_hash(&id, bytes, len, GIT_OBJECT_BLOB) < 0)
		return repo_err_git(err, SX_EFAIL, "hash of %s", path);
	*same = entry.found && git_oid_equal(&id, &entry.id);
	return 0;
}

char *repo_abbreviate(struct repo *repo, const char *id)
{
	SX_OBJECT *object = NULL;
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

static bool has_line(const char *message, const char *line)
{
	size_t len = strlen(line);

	for (const char *p = message; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (strncmp(p, line, len) == 0 && (p[len] == '\n' || p[len] == '\0'))
			return true;
	}
	return false;
}

int repo_find_line(struct repo *repo, const char *line, size_t depth, char id_out[65],
		   struct sx_err *err)
{
	SX_REVWALK *walk = NULL;
	git_oid id, tree;
	bool born;
	int r = 0;

	id_out[0] = '\0';
	if (head_tree(repo, &born, &tree, err))
		return -1;
	if (!born)
		return 0;
	if (git_revwalk_new(&walk, repo->git) < 0 || git_revwalk_push_head(walk) < 0)
		return repo_err_damaged(repo, err, "HEAD cannot be read");
	for (; depth && (r = git_revwalk_next(&id, walk)) == 0; depth--) {
		REPO_COMMIT *commit = NULL;

		if (git_commit_lookup(&commit, repo->git, &id) < 0)
			return repo_err_damaged(repo, err, "a commit cannot be read");
		if (has_line(git_commit_message(commit), line)) {
			git_oid_tostr(id_out, 65, &id);
			return 0;
		}
	}
	return r < 0 && r != GIT_ITEROVER ? repo_err_damaged(repo, err, "history cannot be read")
					  : 0;
}
