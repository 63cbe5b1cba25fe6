/*
 * The repository itself: the library's start and end, opening, closing, where it is, and errors
 * of libgit2 as ours. Commits, locks and history are in the files beside it.
 */
#include "repo_private.h"

#include <safexl/path.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdarg.h>

/* One tree is read several times in a change; libgit2 would keep only those below 4 KiB. */
#define TREE_CACHE_BYTES ((size_t)16 * 1024 * 1024)

int repo_library_start(struct sx_err *err)
{
	/* New objects refer to what was read or written just before: libgit2 need not look again. */
	if (git_libgit2_init() < 0 ||
	    git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, TREE_CACHE_BYTES) <
		    0 ||
	    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 0) < 0)
		return repo_err_git(err, SX_EFAIL, "libgit2 does not start");
	return 0;
}

void repo_library_stop(void)
{
	git_libgit2_shutdown();
}

int repo_err_git(struct sx_err *err, enum sx_code code, const char *fmt, ...)
{
	const git_error *last = git_error_last();
	SX_FREE char *text = sx_shown(last && last->message ? last->message : "unknown error");
	SX_STR what = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sx_str_addv(&what, fmt, ap);
	va_end(ap);
	git_error_clear();
	return sx_err_set(err, code, "%s: %s", sx_str_text(&what), text);
}

static int hint_fsck(const char *dir, struct sx_err *err)
{
	SX_STR quoted = { 0 };

	sx_str_add_quoted(&quoted, dir);
	return sx_err_hint(err, "git -C %s fsck", sx_str_text(&quoted));
}

int repo_err_damaged(const struct repo *repo, struct sx_err *err, const char *fmt, ...)
{
	SX_STR what = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sx_str_addv(&what, fmt, ap);
	va_end(ap);
	(void)repo_err_git(err, SX_ECANTWRITE, "git repository %s: %s", repo->workdir,
			   sx_str_text(&what));
	return hint_fsck(repo->workdir, err);
}

static char *without_slash(const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	return sx_strndup(path, len);
}

/* "alice", or "uid 1234" where passwd has no name for it. */
static char *owner_name(uid_t uid)
{
	char buffer[4096];
	struct passwd entry, *found = NULL;

	if (getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found) == 0 && found)
		return sx_strdup(found->pw_name);
	return sx_format("uid %u", (unsigned)uid);
}

/*
 * git trusts no repository of another user: its hooks and settings could run programs as us.
 * 0: none of the directories is another's, so that was not the reason.
 */
static int err_owner(const char *gitdir, struct sx_err *err)
{
	SX_FREE char *workdir =
		sx_ends_with(gitdir, "/.git") ? sx_path_dir(gitdir) : sx_strdup(gitdir);
	const char *places[] = { workdir, gitdir };
	SX_FREE char *owner = NULL;
	SX_STR quoted = { 0 };
	struct stat st;
	size_t i = 0;

	while (i < SX_COUNT(places) && (stat(places[i], &st) || st.st_uid == geteuid()))
		i++;
	if (i == SX_COUNT(places))
		return 0;
	owner = owner_name(st.st_uid);
	sx_err_set(err, SX_ECANTWRITE, "git repository %s: %s belongs to %s", workdir, places[i],
		   owner);
	sx_str_add_quoted(&quoted, workdir);
	return sx_err_hint(err, "git config --global --add safe.directory %s",
			   sx_str_text(&quoted));
}

/* Why libgit2 does not open a repository that its own search finds; 0 when it finds none either. */
static int check_foreign(const char *dir, struct sx_err *err)
{
	git_buf found = { 0 };
	SX_FREE char *gitdir = NULL;

	if (git_repository_discover(&found, dir, 0, NULL) == 0)
		gitdir = without_slash(found.ptr);
	git_buf_dispose(&found);
	git_error_clear();
	return gitdir ? err_owner(gitdir, err) : 0;
}

/*
 * A .git between `dir` and the repository that was found (NULL: none was) is one that libgit2
 * passed over as unreadable. Going on would start a second history beside the damaged one.
 */
static int check_passed_over(const char *dir, const char *workdir, struct sx_err *err)
{
	SX_FREE char *at = realpath(dir, NULL);
	struct stat st, first;

	if (!at || stat(at, &first))
		return 0;
	while (stat(at, &st) == 0 && st.st_dev == first.st_dev && !sx_streq(at, workdir)) {
		SX_FREE char *git = sx_path_join(at, ".git");
		SX_FREE char *child = NULL;

		if (lstat(git, &st) == 0) {
			sx_err_set(err, SX_ECANTWRITE,
				   "%s is not a git repository that can be read", git);
			return hint_fsck(at, err);
		}
		if (sx_streq(at, "/"))
			break;
		child = at;
		at = sx_path_dir(child);
	}
	return 0;
}

static int dir_open(const char *path, struct repo_dir *out, struct sx_err *err)
{
	out->path = without_slash(path);
	out->fd = open(out->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return out->fd < 0 ? sx_err_sys(err, SX_ECANTWRITE, "%s", out->path) : 0;
}

static void dir_close(struct repo_dir *dir)
{
	if (dir->path && dir->fd >= 0)
		close(dir->fd);
	free(dir->path);
}

int repo_wrap(git_repository *git, struct repo **out, struct sx_err *err)
{
	struct repo *repo = sx_alloc(sizeof(*repo));

	*repo = (struct repo){ .git = git, .reserve = -1 };
	repo->workdir = without_slash(git_repository_workdir(git));
	if (dir_open(git_repository_path(git), &repo->gitdir, err) ||
	    dir_open(git_repository_commondir(git), &repo->commondir, err)) {
		repo_close(repo);
		return -1;
	}
	*out = repo;
	return 0;
}

int repo_open(const char *dir, struct repo **out, struct sx_err *err)
{
	git_repository *git = NULL;
	int r = git_repository_open_ext(&git, dir, 0, NULL);

	*out = NULL;
	/* libgit2 1.5 says "not found" for another user's where no safe.directory is set at all. */
	if (r == GIT_ENOTFOUND && check_foreign(dir, err))
		return -1;
	if (r == GIT_ENOTFOUND) {
		if (check_passed_over(dir, NULL, err) == 0)
			return 0;
		/* Passed over and there: perhaps another safexl has made it in between. */
		sx_err_clear(err);
		r = git_repository_open_ext(&git, dir, 0, NULL);
	}
	if (r == GIT_ENOTFOUND)
		return check_passed_over(dir, NULL, err);
	if (r == GIT_EOWNER && check_foreign(dir, err))
		return -1;
	if (r < 0) {
		(void)repo_err_git(err, SX_ECANTWRITE, "git repository of %s", dir);
		return hint_fsck(dir, err);
	}
	if (git_repository_is_bare(git) || !git_repository_workdir(git)) {
		sx_err_set(err, SX_ECANTWRITE, "%s lies in a bare git repository (%s)", dir,
			   git_repository_path(git));
		git_repository_free(git);
		return -1;
	}
	if (repo_wrap(git, out, err))
		return -1;
	if (check_passed_over(dir, (*out)->workdir, err)) {
		repo_close(sx_steal(out));
		return -1;
	}
	return 0;
}

void repo_close(struct repo *repo)
{
	if (!repo)
		return;
	repo_release(repo);
	git_repository_free(repo->git);
	dir_close(&repo->gitdir);
	dir_close(&repo->commondir);
	free(repo->workdir);
	free(repo);
}

void repo_release(struct repo *repo)
{
	if (repo->reserve >= 0)
		close(repo->reserve);
	repo->reserve = -1;
}

const char *repo_workdir(const struct repo *repo)
{
	return repo->workdir;
}

const char *repo_gitdir(const struct repo *repo)
{
	return repo->gitdir.path;
}

int repo_relative(const struct repo *repo, const char *path, char **out, struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(path);
	SX_FREE char *base = sx_path_base(path);
	SX_FREE char *real = realpath(dir, NULL);
	SX_FREE char *full = real ? sx_path_join(real, base) : NULL;
	size_t len = strcmp(repo->workdir, "/") == 0 ? 0 : strlen(repo->workdir);

	if (!full)
		return sx_err_sys(err, SX_ECANTWRITE, "%s", dir);
	if (strncmp(full, repo->workdir, len) != 0 || full[len] != '/' || strstr(full, "/.git/"))
		return sx_err_set(err, SX_ECANTWRITE, "%s lies outside the git work tree %s", path,
				  repo->workdir);
	*out = sx_strdup(full + len + 1);
	return 0;
}
