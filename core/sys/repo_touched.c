/* Which files two trees have otherwise: the bytes of both are walked side by side. */
#include "repo_touched.h"

#include <safexl/path.h>

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

static void note(const char *path, const struct repo_span *before, const struct repo_span *after,
		 struct repo_record *out)
{
	struct repo_touched t = { 0 };
	git_oid id;

	t.path = sx_strdup(path);
	if (before) {
		memcpy(id.id, before->id, sizeof(id.id));
		git_oid_tostr(t.before, sizeof(t.before), &id);
	}
	if (after) {
		memcpy(id.id, after->id, sizeof(id.id));
		git_oid_tostr(t.after, sizeof(t.after), &id);
	}
	sx_vec_push(out, t);
}

static bool is_tree(const struct repo_span *s)
{
	return s && s->mode == REPO_MODE_TREE;
}

static int compare_spans(struct repo *repo, const char *dir, const struct sx_words *places,
			 const struct repo_span *before, const struct repo_span *after,
			 struct repo_record *out, struct sx_err *err)
{
	const char *name = before ? before->name : after->name;
	SX_FREE char *path = *dir ? sx_path_join(dir, name) : sx_strdup(name);
	git_oid ids[2];

	if (before && after && before->mode == after->mode &&
	    memcmp(before->id, after->id, sizeof(ids[0].id)) == 0)
		return 0;
	if (!is_wanted(places, path, is_tree(before) || is_tree(after)))
		return 0;
	if (before)
		memcpy(ids[0].id, before->id, sizeof(ids[0].id));
	if (after)
		memcpy(ids[1].id, after->id, sizeof(ids[1].id));
	if ((is_tree(before) || is_tree(after)) &&
	    repo_touched(repo, path, places, is_tree(before) ? &ids[0] : NULL,
			 is_tree(after) ? &ids[1] : NULL, out, err))
		return -1;
	before = is_tree(before) ? NULL : before;
	after = is_tree(after) ? NULL : after;
	/* Only the mode is another: no difference of content. */
	if ((before || after) && !(before && after && memcmp(before->id, after->id, 20) == 0))
		note(path, before, after, out);
	return 0;
}

/* One side of the comparison. */
struct side {
	git_odb_object *object;
	const char *data;
	size_t len, at;
	struct repo_span span;
	bool done;
};

static int side_next(struct repo *repo, struct side *s, struct sx_err *err)
{
	s->at += s->span.len;
	s->done = s->at >= s->len;
	if (!s->done && !repo_span_read(s->data, s->len, s->at, &s->span))
		return repo_err_damaged(repo, err, "a tree is damaged");
	return 0;
}

static int side_open(struct repo *repo, struct side *s, const git_oid *tree, struct sx_err *err)
{
	*s = (struct side){ .data = "" };
	if (repo_tree_read(repo, tree, &s->object, err))
		return -1;
	if (s->object) {
		s->data = git_odb_object_data(s->object);
		s->len = git_odb_object_size(s->object);
	}
	return side_next(repo, s, err);
}

int repo_touched(struct repo *repo, const char *dir, const struct sx_words *places,
		 const git_oid *before, const git_oid *after, struct repo_record *out,
		 struct sx_err *err)
{
	struct side a = { 0 }, b = { 0 };
	int r = side_open(repo, &a, before, err) || side_open(repo, &b, after, err) ? -1 : 0;

	while (!r && (!a.done || !b.done)) {
		int order = a.done   ? 1
			    : b.done ? -1
				     : repo_name_compare(a.span.name, a.span.mode, b.span.name,
							 b.span.mode);

		r = compare_spans(repo, dir, places, order <= 0 ? &a.span : NULL,
				  order >= 0 ? &b.span : NULL, out, err);
		if (!r && order <= 0)
			r = side_next(repo, &a, err);
		if (!r && order >= 0)
			r = side_next(repo, &b, err);
	}
	git_odb_object_free(a.object);
	git_odb_object_free(b.object);
	return r;
}
