/*
 * Trees, edited in their bytes: a directory of 10,000 files is one entry exchanged in 400 KB,
 * not 10,000 objects made and sorted. Form of an entry: octal mode, blank, name, NUL, 20 bytes of
 * id; sorted by name, a directory's as if it ended in a slash (git's base_name_compare).
 */
#include "repo_private.h"

bool repo_span_read(const char *data, size_t len, size_t at, struct repo_span *out)
{
	const char *p = data + at, *end = data + len, *nul;

	out->mode = 0;
	for (; p < end && *p >= '0' && *p <= '7'; p++)
		out->mode = out->mode * 8 + (unsigned)(*p - '0');
	if (p == end || p == data + at || *p != ' ')
		return false;
	out->name = p + 1;
	nul = memchr(out->name, '\0', (size_t)(end - out->name));
	if (!nul || nul == out->name || end - nul < 1 + GIT_OID_RAWSZ)
		return false;
	out->id = (const unsigned char *)nul + 1;
	out->at = at;
	out->len = (size_t)(nul + 1 + GIT_OID_RAWSZ - (data + at));
	return true;
}

int repo_name_compare(const char *a, unsigned mode_a, const char *b, unsigned mode_b)
{
	size_t i = 0;
	unsigned char ca, cb;

	while (a[i] && a[i] == b[i])
		i++;
	ca = a[i] ? (unsigned char)a[i] : mode_a == REPO_MODE_TREE ? '/' : '\0';
	cb = b[i] ? (unsigned char)b[i] : mode_b == REPO_MODE_TREE ? '/' : '\0';
	return (ca > cb) - (ca < cb);
}

/*
 * Look for a name in a tree. Found: *old is its entry. In any case *insert_at is where an entry of
 * this name and mode belongs. -1: the bytes are no tree.
 */
static int tree_scan(const char *data, size_t len, const char *name, unsigned mode,
		     struct repo_span *old, size_t *insert_at)
{
	struct repo_span span;

	old->len = 0;
	*insert_at = len;
	for (size_t at = 0; at < len; at += span.len) {
		if (!repo_span_read(data, len, at, &span))
			return -1;
		if (strcmp(span.name, name) == 0)
			*old = span;
		else if (*insert_at == len &&
			 repo_name_compare(span.name, span.mode, name, mode) > 0)
			*insert_at = at;
	}
	return 0;
}

int repo_tree_read(struct repo *repo, const git_oid *id, git_odb_object **out, struct sx_err *err)
{
	REPO_ODB *odb = NULL;
	char hex[GIT_OID_HEXSZ + 1];

	*out = NULL;
	if (!id)
		return 0;
	git_oid_tostr(hex, sizeof(hex), id);
	if (git_repository_odb(&odb, repo->git) < 0 || git_odb_read(out, odb, id) < 0)
		return repo_err_damaged(repo, err, "tree %s cannot be read", hex);
	if (git_odb_object_type(*out) != GIT_OBJECT_TREE) {
		git_error_clear();
		return repo_err_damaged(repo, err, "object %s is not a tree", hex);
	}
	return 0;
}

/* Split off the first component: the rest is "" when it was the last. Heap string. */
static char *first_component(const char **rel)
{
	size_t len = strcspn(*rel, "/");
	char *name = sx_strndup(*rel, len);

	*rel += len;
	*rel += strspn(*rel, "/");
	return name;
}

int repo_tree_find(struct repo *repo, const git_oid *root, const char *rel, struct repo_entry *out,
		   struct sx_err *err)
{
	git_oid id = *root;

	*out = (struct repo_entry){ 0 };
	for (;;) {
		SX_FREE char *name = first_component(&rel);
		REPO_ODB_OBJECT *object = NULL;
		struct repo_span span;
		size_t insert_at;

		if (repo_tree_read(repo, &id, &object, err))
			return -1;
		out->tree_bytes += git_odb_object_size(object);
		if (tree_scan(git_odb_object_data(object), git_odb_object_size(object), name, 0,
			      &span, &insert_at))
			return repo_err_damaged(repo, err, "a tree is damaged");
		if (!span.len || (*rel && span.mode != REPO_MODE_TREE))
			return 0;
		memcpy(id.id, span.id, sizeof(id.id));
		if (!*rel) {
			out->found = span.mode != REPO_MODE_TREE;
			out->mode = span.mode;
			out->id = id;
			return 0;
		}
	}
}

/* Put one entry into the bytes of a tree, in place of whatever had its name, and write it. */
static int tree_write(struct repo *repo, git_odb_object *base, const struct repo_span *old,
		      size_t insert_at, const char *name, unsigned mode, const git_oid *id,
		      git_oid *out, struct sx_err *err)
{
	SX_STR bytes = { 0 }, entry = { 0 };

	sx_str_addf(&entry, "%o %s", mode, name);
	sx_str_addc(&entry, '\0');
	sx_str_addn(&entry, (const char *)id->id, sizeof(id->id));
	if (base)
		sx_str_addn(&bytes, git_odb_object_data(base), git_odb_object_size(base));
	/* An entry that stays of its kind keeps its place; else the later place is changed first. */
	if (old->len && (old->mode == REPO_MODE_TREE) == (mode == REPO_MODE_TREE)) {
		sx_str_splice(&bytes, old->at, old->len, entry.data, entry.len);
	} else {
		bool old_first = old->len && old->at < insert_at;

		if (old->len && !old_first)
			sx_str_splice(&bytes, old->at, old->len, NULL, 0);
		sx_str_splice(&bytes, insert_at, 0, entry.data, entry.len);
		if (old_first)
			sx_str_splice(&bytes, old->at, old->len, NULL, 0);
	}
	return repo_object_stage(repo, GIT_OBJECT_TREE, bytes.data, bytes.len, out, err);
}

int repo_tree_put(struct repo *repo, const git_oid *root, const char *rel, unsigned mode,
		  const git_oid *blob, git_oid *out, struct sx_err *err)
{
	SX_FREE char *name = first_component(&rel);
	REPO_ODB_OBJECT *object = NULL;
	unsigned own_mode = *rel ? REPO_MODE_TREE : mode;
	git_oid id = *blob;
	struct repo_span old;
	size_t insert_at;

	if (repo_tree_read(repo, root, &object, err))
		return -1;
	if (tree_scan(object ? git_odb_object_data(object) : "",
		      object ? git_odb_object_size(object) : 0, name, own_mode, &old, &insert_at))
		return repo_err_damaged(repo, err, "a tree is damaged");
	if (*rel) {
		git_oid child;
		bool descend = old.len && old.mode == REPO_MODE_TREE;

		if (descend)
			memcpy(child.id, old.id, sizeof(child.id));
		if (repo_tree_put(repo, descend ? &child : NULL, rel, mode, blob, &id, err))
			return -1;
	}
	return tree_write(repo, object, &old, insert_at, name, own_mode, &id, out, err);
}
