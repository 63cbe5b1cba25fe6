/*
 * New objects. Those of a commit are written into the scratch directory, as git keeps loose ones
 * (gitformat-pack's zlib stream of "TYPE LENGTH", NUL and the bytes), and put in place together. Not
 * by libgit2: its way makes and removes a directory, a temporary name and a link for each.
 */
#include "repo_private.h"
#include "zip.h"

#include <safexl/file.h>
#include <safexl/path.h>

#include <errno.h>
#include <fcntl.h>

int repo_object_add(struct repo *repo, git_object_t type, const char *bytes, size_t len,
		    git_oid *out, struct sx_err *err)
{
	REPO_ODB *odb = NULL;

	if (git_repository_odb(&odb, repo->git) < 0 ||
	    git_odb_write(out, odb, bytes, len, type) < 0)
		return repo_err_git(err, SX_ECANTWRITE, "git repository %s: write an object",
				    repo->workdir);
	return 0;
}

static int write_file(const char *path, const struct sx_str *data, struct sx_err *err)
{
	SX_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0444);

	if (fd < 0 || file_write_all(fd, data->data, data->len))
		return sx_err_sys(err, SX_ECANTWRITE, "write %s", path);
	return 0;
}

/*
 * Whether the repository has the object already is not asked: that would cost a search, and one
 * that a crash has left torn there is replaced by a whole one.
 */
int repo_object_stage(struct repo *repo, git_object_t type, const char *bytes, size_t len,
		      git_oid *out, struct sx_err *err)
{
	SX_FREE char *head = sx_format("%s %zu", git_object_type2string(type), len);
	SX_FREE char *path = NULL;
	SX_STR data = { 0 };
	char hex[GIT_OID_HEXSZ + 1];

	if (git_odb_hash(out, bytes, len, type) < 0)
		return repo_err_git(err, SX_EFAIL, "id of an object");
	path = repo_scratch_path(repo, git_oid_tostr(hex, sizeof(hex), out));
	/* Twice the same object in one commit: two directories with the same content. */
	if (access(path, F_OK) == 0)
		return 0;
	/* The NUL behind the head belongs to it. */
	if (zip_deflate(head, strlen(head) + 1, bytes, len, &data, err) ||
	    write_file(path, &data, err))
		return -1;
	sx_words_add(&repo->objects, hex);
	return 0;
}

/* Rename one object into place; *made_dir tells that its directory is new. */
static int move_object(const struct repo *repo, const char *dir, const char *id, bool *made_dir,
		       struct sx_err *err)
{
	SX_FREE char *from = repo_scratch_path(repo, id);
	SX_FREE char *to = sx_path_join(dir, id + 2);

	if (rename(from, to) == 0)
		return 0;
	if (errno != ENOENT || (mkdir(dir, 0777) && errno != EEXIST) || rename(from, to))
		return sx_err_sys(err, SX_ECANTWRITE, "rename %s to %s", from, to);
	*made_dir = true;
	return 0;
}

/*
 * The order is what makes it safe: contents reach the disk before their names do, and both before
 * anything refers to them. What has no order among itself is synced side by side.
 */
int repo_objects_publish(struct repo *repo, const char *also, struct sx_err *err)
{
	SX_FREE char *objects = sx_path_join(repo->commondir, "objects");
	SX_WORDS staged = { 0 }, dirs = { 0 };
	bool made_dir = false;

	for (size_t i = 0; i < repo->objects.len; i++) {
		const char *id = repo->objects.items[i];

		sx_words_give(&staged, repo_scratch_path(repo, id));
		sx_words_give(&dirs, sx_format("%s/%.2s", objects, id));
	}
	sx_words_give(&staged, repo_scratch_path(repo, "index"));
	sx_words_give(&staged, repo_scratch_path(repo, "ref"));
	if (also)
		sx_words_add(&staged, also);
	if (sync_paths(sx_words_argv(&staged), err))
		return -1;
	for (size_t i = 0; i < repo->objects.len; i++) {
		if (move_object(repo, dirs.items[i], repo->objects.items[i], &made_dir, err))
			return -1;
	}
	if (made_dir)
		sx_words_add(&dirs, objects);
	return sync_paths(sx_words_argv(&dirs), err);
}
