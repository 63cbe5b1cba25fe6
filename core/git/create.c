/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A new repository with a first commit. It is made as .git.safexl-PID-START beside its place and
 * renamed, so that git and safexl see a whole one or none. What a killed safexl left is removed.
 */
#include "base/path.h"
#include "git/private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <time.h>

#define TEMP_PREFIX ".git.safexl-"

static void remove_abandoned(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		SX_FREE char *owner = NULL;

		if (!sx_starts_with(entry->d_name, TEMP_PREFIX))
			continue;
		owner = sx_strdup(entry->d_name + strlen(TEMP_PREFIX));
		for (char *p = owner; *p; p++)
			*p = *p == '-' ? ' ' : *p;
		if (!repo_owner_alive(owner))
			repo_dir_remove(dirfd(d), entry->d_name);
	}
	if (d)
		closedir(d);
}

/* The name of our own temporary repository: the pid and start time are in it. */
static char *temp_name(const char *dir)
{
	SX_FREE char *owner = repo_owner_text();

	for (char *p = owner; *p; p++)
		*p = *p == ' ' ? '-' : *p;
	return sx_format("%s/" TEMP_PREFIX "%s", dir, owner);
}

static int init_repository(const char *temp, const char *dir, git_repository **out,
			   struct sx_err *err)
{
	git_repository_init_options options = {
		.version = GIT_REPOSITORY_INIT_OPTIONS_VERSION,
		/* Bare: the directory is not called .git yet; the settings make it ordinary. */
		.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_REINIT,
		.initial_head = "main",
	};
	git_config *config = NULL;
	bool good;

	if (git_repository_init_ext(out, temp, &options) < 0)
		return repo_err_git(err, SX_ECANTWRITE, "create git repository in %s", dir);
	good = git_repository_config(&config, *out) == 0 &&
	       git_config_set_bool(config, "core.bare", 0) == 0 &&
	       git_config_set_bool(config, "core.logallrefupdates", 1) == 0 &&
	       git_repository_set_workdir(*out, dir, 0) == 0;
	git_config_free(config);
	return good ? 0 : repo_err_git(err, SX_ECANTWRITE, "create git repository in %s", dir);
}

/* The bytes of a file or the target of a link; *st is taken before they are read. */
static int read_content(const char *path, struct stat *st, struct sx_str *out, struct sx_err *err)
{
	SX_CLOSE int fd = -1;
	char part[16384];
	ssize_t n;

	if (lstat(path, st))
		return sx_err_sys(err, SX_EFAIL, "%s", path);
	if (S_ISLNK(st->st_mode)) {
		n = readlink(path, part, sizeof(part));
		if (n < 0)
			return sx_err_sys(err, SX_EFAIL, "read link %s", path);
		sx_str_addn(out, part, (size_t)n);
		return 0;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	if (fd < 0 || fstat(fd, st))
		return sx_err_sys(err, SX_EFAIL, "%s", path);
	if (!S_ISREG(st->st_mode))
		return sx_err_set(err, SX_EFAIL, "%s is not a regular file", path);
	while ((n = read(fd, part, sizeof(part))) > 0)
		sx_str_addn(out, part, (size_t)n);
	return n < 0 ? sx_err_sys(err, SX_EFAIL, "read %s", path) : 0;
}

/* A file that repo_admit refuses is left out: a later change of it is refused, with hints. */
static int is_admitted(struct repo *repo, const char *path, const struct sx_str *content,
		       bool *admitted, struct sx_err *err)
{
	int r = repo_admit(repo, path, 0, content, NULL, 0, err);

	*admitted = r == 0;
	if (r && err->code == SX_ECONFLICT) {
		sx_err_clear(err);
		return 0;
	}
	return r;
}

static int add_file(struct repo *repo, git_index *index, const char *path, struct sx_err *err)
{
	bool admitted;
	SX_FREE char *rel = NULL;
	SX_STR content = { 0 };
	git_index_entry entry = { 0 };
	struct stat st;

	if (repo_relative(repo, path, &rel, err) || read_content(path, &st, &content, err) ||
	    is_admitted(repo, path, &content, &admitted, err))
		return -1;
	if (!admitted)
		return 0;
	entry.path = rel;
	entry.mode = S_ISLNK(st.st_mode) ? 0120000 : st.st_mode & 0111 ? 0100755 : 0100644;
	repo_index_set_stat(&entry, &st);
	if (git_blob_create_from_buffer(&entry.id, repo->git, sx_str_text(&content), content.len) <
		    0 ||
	    git_index_add(index, &entry) < 0)
		return repo_err_git(err, SX_ECANTWRITE, "git repository %s: add %s", repo->workdir,
				    rel);
	return 0;
}

static int add_files(struct repo *repo, char *const *files, git_oid *tree, size_t *count,
		     struct sx_err *err)
{
	git_index *index = NULL;
	struct timespec before;
	int result = 0;

	clock_gettime(CLOCK_REALTIME_COARSE, &before);
	if (git_repository_index(&index, repo->git) < 0)
		return repo_err_git(err, SX_ECANTWRITE, "git repository %s: index", repo->workdir);
	for (size_t i = 0; files[i] && !result; i++)
		result = add_file(repo, index, files[i], err);
	*count = git_index_entrycount(index);
	if (!result && (git_index_write_tree(tree, index) < 0 || git_index_write(index) < 0))
		result = repo_err_git(err, SX_ECANTWRITE, "git repository %s: write index",
				      repo->workdir);
	if (!result)
		result = repo_index_set_time(git_index_path(index), &before, err);
	git_index_free(index);
	return result;
}

static int first_commit(struct repo *repo, char *const *files, const struct repo_person *author,
			struct sx_err *err)
{
	REPO_SIGNATURE *by = NULL, *own = NULL;
	SX_FREE char *message = NULL;
	REPO_TREE *tree = NULL;
	git_oid id;
	size_t count = 0;

	if (add_files(repo, files, &id, &count, err) || repo_signature(author, &by, err) ||
	    repo_signature_own(&own, err))
		return -1;
	message =
		sx_format("Start the history of the configurations\n"
			  "\n"
			  "From here on safexl records every change of a configuration in %s as a\n"
			  "commit. This first one holds the %zu configuration%s found there.\n",
			  repo->workdir, count, count == 1 ? "" : "s");
	if (git_tree_lookup(&tree, repo->git, &id) < 0 ||
	    git_commit_create(&id, repo->git, "HEAD", by, own, NULL, message, tree, 0, NULL) < 0)
		return repo_err_git(err, SX_ECANTWRITE, "git repository %s: the first commit",
				    repo->workdir);
	return 0;
}

/* Sync a new repository with one call: it may have thousands of small files. */
static int sync_all(const char *temp, struct sx_err *err)
{
	SX_CLOSE int fd = open(temp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || syncfs(fd))
		return sx_err_sys(err, SX_ECANTWRITE, "write %s to disk", temp);
	return 0;
}

static int build(const char *temp, const char *dir, char *const *files,
		 const struct repo_person *author, struct sx_err *err)
{
	git_repository *git = NULL;
	struct repo *repo = NULL;
	int result;

	if (init_repository(temp, dir, &git, err)) {
		git_repository_free(git);
		return -1;
	}
	if (repo_wrap(git, &repo, err))
		return -1;
	result = first_commit(repo, files, author, err);
	repo_close(repo);
	return result ? -1 : sync_all(temp, err);
}

int repo_create(const char *dir, char *const *files, const struct repo_person *author,
		struct repo **out, struct sx_err *err)
{
	SX_FREE char *temp = temp_name(dir);
	SX_FREE char *final = sx_path_join(dir, ".git");
	SX_FREE char *dir_name = sx_path_dir(final);

	remove_abandoned(dir);
	if (mkdir(temp, 0700))
		return sx_err_sys(err, SX_ECANTWRITE, "create git repository in %s", dir);
	if (build(temp, dir, files, author, err)) {
		repo_dir_remove(AT_FDCWD, temp);
		return -1;
	}
	if (renameat2(AT_FDCWD, temp, AT_FDCWD, final, RENAME_NOREPLACE)) {
		sx_err_sys(err, SX_ECANTWRITE, "create %s", final);
		repo_dir_remove(AT_FDCWD, temp);
		return -1;
	}
	if (sync_paths((char *[]){ dir_name, NULL }, err) || repo_open(dir, out, err))
		return -1;
	return *out ? 0 : sx_err_set(err, SX_ECANTWRITE, "%s is not a git repository", final);
}

void repo_sweep(struct repo *repo, const char *dir)
{
	REPO_HEAD now = { 0 };
	SX_ERR ignored = { 0 };

	remove_abandoned(dir);
	if (!repo)
		return;
	repo_lock_sweep(&repo->gitdir, "index");
	repo_lock_sweep(&repo->gitdir, "HEAD");
	if (repo_head_read(repo, &now, &ignored) == 0)
		repo_lock_sweep(&repo->commondir, now.ref);
	repo_scratch_sweep(repo);
}
