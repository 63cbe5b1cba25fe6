/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Walks the commits from HEAD, always next the newest found so far, which is git's default order.
 * In a shallow repository the history ends with the commits that git lists in .git/shallow, whose
 * parents are missing (libgit2 knows that from 1.7 on).
 */
#include "git/touched.h"

#include <fcntl.h>
#include <stdio.h>

struct repo_walk {
	struct repo *repo;
	struct repo_ids seen;
	SX_VEC_OF(git_commit *); /* to visit, the newest last */
	bool met_merge;
};

/* Ids are evenly spread: their first bytes serve as a hash. */
static git_oid *find_slot(const struct repo_ids *ids, const git_oid *id)
{
	size_t at;

	memcpy(&at, id->id, sizeof(at));
	for (at %= ids->cap; !git_oid_is_zero(&ids->slots[at]); at = (at + 1) % ids->cap) {
		if (git_oid_equal(&ids->slots[at], id))
			break;
	}
	return &ids->slots[at];
}

static void grow(struct repo_ids *ids)
{
	struct repo_ids larger = { .cap = ids->cap ? ids->cap * 2 : 64, .len = ids->len };

	larger.slots = sx_alloc(larger.cap * sizeof(git_oid));
	for (size_t i = 0; i < ids->cap; i++) {
		if (!git_oid_is_zero(&ids->slots[i]))
			git_oid_cpy(find_slot(&larger, &ids->slots[i]), &ids->slots[i]);
	}
	free(ids->slots);
	*ids = larger;
}

/* False: it was there already. */
static bool ids_add(struct repo_ids *ids, const git_oid *id)
{
	git_oid *slot;

	if (ids->len >= ids->cap / 2)
		grow(ids);
	slot = find_slot(ids, id);
	if (git_oid_equal(slot, id))
		return false;
	git_oid_cpy(slot, id);
	ids->len++;
	return true;
}

void repo_shallow_read(struct repo *repo)
{
	int fd = openat(repo->commondir.fd, "shallow", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	char line[GIT_OID_HEXSZ + 2];
	git_oid id;

	while (f && fgets(line, sizeof(line), f)) {
		if (git_oid_fromstr(&id, line) == 0)
			ids_add(&repo->shallow, &id);
	}
	git_error_clear();
	if (f)
		fclose(f);
}

bool repo_is_cut(const struct repo *repo, const git_commit *commit)
{
	const git_oid *id = git_commit_id(commit);

	return repo->shallow.len && git_oid_equal(find_slot(&repo->shallow, id), id);
}

static int add(struct repo_walk *walk, const git_oid *id, struct sx_err *err)
{
	git_commit *commit = NULL;
	size_t at = walk->len;

	if (!ids_add(&walk->seen, id))
		return 0;
	if (git_commit_lookup(&commit, walk->repo->git, id) < 0)
		return repo_err_damaged(walk->repo, err, "a commit cannot be read");
	sx_vec_push(walk, commit);
	for (; at && git_commit_time(walk->items[at - 1]) >= git_commit_time(commit); at--)
		walk->items[at] = walk->items[at - 1];
	walk->items[at] = commit;
	return 0;
}

int repo_walk_step(struct repo_walk *walk, git_commit **out, struct sx_err *err)
{
	REPO_COMMIT *commit = walk->len ? walk->items[--walk->len] : NULL;
	unsigned parents =
		commit && !repo_is_cut(walk->repo, commit) ? git_commit_parentcount(commit) : 0;

	walk->met_merge |= parents > 1;
	for (unsigned i = 0; i < parents; i++) {
		if (add(walk, git_commit_parent_id(commit, i), err))
			return -1;
	}
	*out = sx_steal(&commit);
	return 0;
}

bool repo_walk_met_merge(const struct repo_walk *walk)
{
	return walk->met_merge;
}

struct repo *repo_walk_repo(const struct repo_walk *walk)
{
	return walk->repo;
}

int repo_walk_open(struct repo *repo, struct repo_walk **out, struct sx_err *err)
{
	git_oid id;
	int r = git_reference_name_to_id(&id, repo->git, "HEAD");

	*out = NULL;
	if (r == GIT_ENOTFOUND || r == GIT_EUNBORNBRANCH) {
		git_error_clear();
		return 0;
	}
	if (r < 0)
		return repo_err_damaged(repo, err, "HEAD cannot be read");
	*out = sx_alloc(sizeof(**out));
	(*out)->repo = repo;
	if (add(*out, &id, err) == 0)
		return 0;
	repo_walk_close(sx_steal(out));
	return -1;
}

void repo_walk_close(struct repo_walk *walk)
{
	if (!walk)
		return;
	for (size_t i = 0; i < walk->len; i++)
		git_commit_free(walk->items[i]);
	sx_vec_free(walk);
	free(walk->seen.slots);
	free(walk);
}
