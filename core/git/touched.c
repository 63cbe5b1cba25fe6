/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files differ between two trees: both are walked side by side. */
#include "git/touched.h"
#include "base/path.h"

/* Is `path` at or below `place`, or on the way to it? Both relative; "" is the root. */
static bool is_wanted(const struct sx_words *places, const char *path, bool is_tree)
{
	size_t len = strlen(path);

	for (size_t i = 0; i < places->len; i++) {
		const char *place = places->items[i];
		size_t place_len = strlen(place);

		if (!place_len ||
		    (strncmp(path, place, place_len) == 0 &&
		     (path[place_len] == '/' || !path[place_len])) ||
		    (is_tree && strncmp(path, place, len) == 0 && place[len] == '/'))
			return true;
	}
	return false;
}

static bool is_tree(const git_tree_entry *e)
{
	return e && git_tree_entry_type(e) == GIT_OBJECT_TREE;
}

/* Record a changed file (NULL: not there). A change of the mode alone does not count. */
static void note(const char *path, const git_tree_entry *before, const git_tree_entry *after,
		 struct repo_record *out)
{
	struct repo_touched t = { 0 };

	before = is_tree(before) ? NULL : before;
	after = is_tree(after) ? NULL : after;
	if ((!before && !after) ||
	    (before && after && git_oid_equal(git_tree_entry_id(before), git_tree_entry_id(after))))
		return;
	if (before)
		git_oid_tostr(t.before, sizeof(t.before), git_tree_entry_id(before));
	if (after)
		git_oid_tostr(t.after, sizeof(t.after), git_tree_entry_id(after));
	t.path = sx_strdup(path);
	sx_vec_push(out, t);
}

/* Compare one name, which is in one of the trees or in both. */
static int compare_entries(struct repo *repo, const char *dir, const struct sx_words *places,
			   const git_tree_entry *before, const git_tree_entry *after,
			   struct repo_record *out, struct sx_err *err)
{
	const char *name = git_tree_entry_name(before ? before : after);
	SX_FREE char *path = NULL;

	if (before && after && git_tree_entry_type(before) == git_tree_entry_type(after) &&
	    git_oid_equal(git_tree_entry_id(before), git_tree_entry_id(after)))
		return 0;
	path = *dir ? sx_path_join(dir, name) : sx_strdup(name);
	if (!is_wanted(places, path, is_tree(before) || is_tree(after)))
		return 0;
	if ((is_tree(before) || is_tree(after)) &&
	    repo_touched(repo, path, places, is_tree(before) ? git_tree_entry_id(before) : NULL,
			 is_tree(after) ? git_tree_entry_id(after) : NULL, out, err))
		return -1;
	note(path, before, after, out);
	return 0;
}

static int tree_open(struct repo *repo, const git_oid *id, git_tree **out, size_t *count,
		     struct sx_err *err)
{
	*count = 0;
	if (!id)
		return 0;
	if (git_tree_lookup(out, repo->git, id) < 0)
		return repo_err_damaged(repo, err, "a tree cannot be read");
	*count = git_tree_entrycount(*out);
	return 0;
}

int repo_touched(struct repo *repo, const char *dir, const struct sx_words *places,
		 const git_oid *before, const git_oid *after, struct repo_record *out,
		 struct sx_err *err)
{
	REPO_TREE *a = NULL, *b = NULL;
	size_t a_count, b_count, i = 0, j = 0;

	if (tree_open(repo, before, &a, &a_count, err) || tree_open(repo, after, &b, &b_count, err))
		return -1;
	while (i < a_count || j < b_count) {
		const git_tree_entry *x = i < a_count ? git_tree_entry_byindex(a, i) : NULL;
		const git_tree_entry *y = j < b_count ? git_tree_entry_byindex(b, j) : NULL;
		int order = x && y ? git_tree_entry_cmp(x, y) : x ? -1 : 1;

		if (compare_entries(repo, dir, places, order <= 0 ? x : NULL, order >= 0 ? y : NULL,
				    out, err))
			return -1;
		i += order <= 0;
		j += order >= 0;
	}
	return 0;
}
