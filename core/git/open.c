/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening the repository that holds a directory, and explaining why that fails. */
#include "base/path.h"
#include "git/private.h"
#include "host/alarm.h"

#include <errno.h>
#include <pwd.h>

/* A repository's settings may include a FIFO that somebody made. */
#define WAIT_MS 2000

char *repo_user_name(uid_t uid)
{
	char buffer[4096];
	struct passwd entry, *found = NULL;

	if (getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found) == 0 && found)
		return sx_strdup(found->pw_name);
	return sx_format("uid %u", (unsigned)uid);
}

/* The git directory that libgit2's search finds for `dir`, heap string; NULL: none. */
static char *discover(const char *dir)
{
	git_buf found = { 0 };
	SX_FREE char *gitdir = NULL;

	if (git_repository_discover(&found, dir, 0, NULL) == 0)
		gitdir = repo_without_slash(found.ptr);
	git_buf_dispose(&found);
	git_error_clear();
	return sx_steal(&gitdir);
}

static char *workdir_of(const char *gitdir)
{
	return sx_ends_with(gitdir, "/.git") ? sx_path_dir(gitdir) : sx_strdup(gitdir);
}

/*
 * git trusts no repository of another user: its hooks and settings could run programs as us. 0: all
 * directories are ours, so that was not the reason.
 */
static int err_owner(const char *gitdir, struct sx_err *err)
{
	SX_FREE char *workdir = workdir_of(gitdir);
	const char *places[] = { workdir, gitdir };
	SX_FREE char *owner = NULL;
	struct stat st;
	size_t i = 0;

	while (i < SX_COUNT(places) && (stat(places[i], &st) || st.st_uid == geteuid()))
		i++;
	if (i == SX_COUNT(places))
		return 0;
	owner = repo_user_name(st.st_uid);
	sx_err_set(err, SX_ECANTWRITE, "git repository %s: %s belongs to %s", workdir, places[i],
		   owner);
	return sx_err_hint(err,
			   "if %s may run programs as you, which the settings and hooks of that "
			   "repository make git do:\ngit config --global --add safe.directory %pQ",
			   owner, workdir);
}

/*
 * libgit2 skips a .git that it cannot read. Refuse one between `dir` and the repository found
 * (NULL: none): going on would start a second history beside the damaged one.
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

		if (access(git, R_OK | X_OK) && errno == EACCES)
			return sx_err_sys(err, SX_ECANTWRITE, "git repository %s", git);
		if (lstat(git, &st) == 0) {
			sx_err_set(err, SX_ECANTWRITE,
				   "%s is not a git repository that can be read", git);
			return repo_hint_fsck(at, err);
		}
		if (sx_streq(at, "/"))
			break;
		child = at;
		at = sx_path_dir(child);
	}
	return 0;
}

/* Hint how to start another history, as this one cannot be written. */
static int hint_aside(const char *dir, const char *workdir, struct sx_err *err)
{
	SX_FREE char *git = sx_path_join(workdir, ".git"), *aside = sx_format("%s.aside", git);
	SX_FREE char *real = realpath(dir, NULL);

	if (!sx_streq(real, workdir))
		return sx_err_hint(err,
				   "a history of its own for the configurations: git init "
				   "--object-format=sha1 %pQ",
				   dir);
	return sx_err_hint(err,
			   "to move that history away (the next change starts another): mv "
			   "%pQ %pQ",
			   git, aside);
}

/* What libgit2 cannot read: the setting, its usual value, and git commands that end it or NULL. */
static const struct {
	const char *key, *usual, *what, *first, *then;
} extensions[] = {
	{ "extensions.objectformat", "sha1", "its objects have SHA-256 ids", NULL, NULL },
	{ "extensions.refstorage", "files", "its branches are kept in another form than files",
	  "refs migrate --ref-format=files", NULL },
	{ "extensions.partialclone", "",
	  "a part of its objects is on another host (a partial clone)",
	  "fetch --refetch --no-filter", "config --unset extensions.partialClone" },
	{ "extensions.worktreeconfig", "false", "each work tree has settings of its own",
	  "config --unset extensions.worktreeConfig", NULL },
};

static int err_extension(size_t which, const char *dir, const char *workdir, struct sx_err *err)
{
	sx_err_set(err, SX_ECANTWRITE, "git repository %s: %s, which safexl cannot read", workdir,
		   extensions[which].what);
	if (!extensions[which].first)
		return hint_aside(dir, workdir, err);
	sx_err_hint(err, "git -C %pQ %s", workdir, extensions[which].first);
	if (!extensions[which].then)
		return -1;
	return sx_err_hint(err, "%s\nthen: git -C %pQ %s", err->hint, workdir,
			   extensions[which].then);
}

/* Look for these in the repository's own settings; 0: none is set. */
static int check_extensions(const char *dir, const char *gitdir, struct sx_err *err)
{
	SX_FREE char *path = sx_path_join(gitdir, "config"), *workdir = workdir_of(gitdir);
	git_config *config = NULL;
	int result = 0;

	if (git_config_open_ondisk(&config, path) < 0)
		return 0;
	for (size_t i = 0; i < SX_COUNT(extensions) && !result; i++) {
		git_buf value = { 0 };

		if (git_config_get_string_buf(&value, config, extensions[i].key) == 0 &&
		    strcmp(value.ptr, extensions[i].usual) != 0)
			result = err_extension(i, dir, workdir, err);
		git_buf_dispose(&value);
	}
	git_config_free(config);
	return result;
}

/* Explain why libgit2 did not open the repository. */
static int err_open(const char *dir, bool waited, struct sx_err *err)
{
	const git_error *last = git_error_last();
	bool settings = last && last->klass == GIT_ERROR_CONFIG;
	bool foreign = last && last->message && strstr(last->message, "unsupported");
	SX_FREE char *gitdir = NULL, *workdir = NULL;
	SX_ERR said = { 0 };

	(void)repo_err_git(&said, SX_ECANTWRITE, "git repository of %s", dir);
	gitdir = waited ? NULL : discover(dir);
	if (gitdir && (err_owner(gitdir, err) || check_extensions(dir, gitdir, err)))
		return -1;
	sx_err_move(err, &said);
	if (waited)
		return sx_err_hint(err, "a file that its settings include is no plain one: take "
					"it out of them, or make it one");
	if (settings)
		return sx_err_hint(err, "correct that line of git's settings");
	workdir = gitdir && foreign ? workdir_of(gitdir) : NULL;
	return workdir ? hint_aside(dir, workdir, err) : repo_hint_fsck(dir, err);
}

/* git_repository_open_ext with a time limit; *waited: it took too long and was stopped. */
static int open_bounded(git_repository **out, const char *dir, bool *waited)
{
	struct sx_alarm clock = { 0 };
	int r;

	if (alarm_start(&clock, WAIT_MS))
		return -1;
	r = git_repository_open_ext(out, dir, 0, NULL);
	alarm_stop(&clock);
	*waited = r < 0 && alarm_is_over(&clock);
	return r;
}

/* The same; opens another user's if our own configuration calls it safe. */
static int open_trusted(git_repository **out, const char *dir, bool *waited)
{
	int r = open_bounded(out, dir, waited);
	/* libgit2 1.5 says "not found" where no safe.directory is set at all. */
	SX_FREE char *gitdir = r == GIT_EOWNER || r == GIT_ENOTFOUND ? discover(dir) : NULL;
	SX_FREE char *workdir = gitdir ? workdir_of(gitdir) : NULL;

	if (!workdir || !repo_home_trusts(workdir))
		return r;
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	r = open_bounded(out, dir, waited);
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1);
	return r;
}

/* The search found none. A .git that it skipped as unreadable, or another user's, is an error. */
static int open_none(const char *dir, git_repository **out, struct sx_err *err)
{
	SX_FREE char *gitdir = discover(dir);
	bool waited = false;

	if (gitdir && err_owner(gitdir, err))
		return -1;
	if (check_passed_over(dir, NULL, err) == 0)
		return 0;
	/* There is one after all: perhaps another safexl has just made it. */
	if (open_bounded(out, dir, &waited) < 0)
		return -1;
	sx_err_clear(err);
	return 0;
}

int repo_open(const char *dir, struct repo **out, struct sx_err *err)
{
	git_repository *git = NULL;
	bool waited = false;
	int r = open_trusted(&git, dir, &waited);

	*out = NULL;
	if (r < 0 && r != GIT_ENOTFOUND)
		return err_open(dir, waited, err);
	if (r == GIT_ENOTFOUND && open_none(dir, &git, err))
		return -1;
	if (!git)
		return 0;
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
