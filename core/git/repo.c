/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The repository itself: starting and stopping the library, closing, and paths. Errors, opening,
 * commits, locks and history are in the files beside it.
 */
#include "base/path.h"
#include "git/private.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/resource.h>

/* A change reads one tree several times; by default libgit2 would keep only those below 4 KiB. */
#define TREE_CACHE_BYTES ((size_t)16 * 1024 * 1024)
/* A walk reads every tree of the history: by default 256 MiB of them would be kept. */
#define CACHE_BYTES ((ssize_t)32 * 1024 * 1024)

/* libgcrypt, loaded by some libgit2 (not Debian 12's and 13's), aborts if it cannot open /proc. */
static bool must_open_files(void)
{
	void *there = dlopen("libgcrypt.so.20", RTLD_LAZY | RTLD_NOLOAD);

	return there && dlclose(there) == 0;
}

/*
 * As it starts, libgit2 reads the certificates of all authorities, for connections never made here:
 * a quarter of a change's time (measured). While no file can be opened it goes on without them, as
 * if none were installed. If it needs a file to start, it is started again.
 */
static int start_without_certificates(void)
{
	struct rlimit usual, none;
	int r;

	if (must_open_files() || getrlimit(RLIMIT_NOFILE, &usual))
		return git_libgit2_init();
	none = (struct rlimit){ .rlim_cur = 0, .rlim_max = usual.rlim_max };
	setrlimit(RLIMIT_NOFILE, &none);
	r = git_libgit2_init();
	setrlimit(RLIMIT_NOFILE, &usual);
	git_error_clear();
	if (r >= 0)
		return r;
	git_libgit2_shutdown();
	return git_libgit2_init();
}

int repo_library_start(struct sx_err *err)
{
	static const int homes[] = { GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_XDG };
	int r = start_without_certificates();

	/* libgit2 must not read any home by itself: see home.c. */
	for (size_t i = 0; i < SX_COUNT(homes) && r >= 0; i++)
		r = git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, homes[i], "");
	/* New objects refer to ones just read or written: libgit2 need not look for them. */
	if (r < 0 ||
	    git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, TREE_CACHE_BYTES) <
		    0 ||
	    git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, CACHE_BYTES) < 0 ||
	    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 0) < 0)
		return repo_err_git(err, SX_EFAIL, "libgit2 does not start");
	return 0;
}

void repo_library_stop(void)
{
	git_libgit2_shutdown();
}

char *repo_without_slash(const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	return sx_strndup(path, len);
}

static int dir_open(const char *path, struct repo_dir *out, struct sx_err *err)
{
	out->path = repo_without_slash(path);
	out->fd = open(out->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return out->fd < 0 ? sx_err_sys(err, SX_ECANTWRITE, "%s", out->path) : 0;
}

static void dir_close(struct repo_dir *dir)
{
	if (dir->path && dir->fd >= 0)
		close(dir->fd);
	free(dir->path);
}

/* As git reads core.sharedRepository; see struct repo_dir. */
static int parse_shared(const char *text)
{
	static const struct {
		const char *word;
		int bits;
	} words[] = { { "umask", 0 },	     { "group", 0660 }, { "all", 0664 }, { "world", 0664 },
		      { "everybody", 0664 }, { "0", 0 },	{ "1", 0660 },	 { "2", 0664 } };
	int mode = 0, yes = 0;

	for (size_t i = 0; i < SX_COUNT(words); i++) {
		if (sx_streq(text, words[i].word))
			return words[i].bits;
	}
	if (text[strspn(text, "01234567")] || strlen(text) > 5)
		return git_config_parse_bool(&yes, text) == 0 && yes ? 0660 : 0;
	for (; *text; text++)
		mode = mode * 8 + *text - '0';
	return (mode & 0600) == 0600 ? -(mode & 0666) : 0;
}

static int shared_of(git_repository *git)
{
	git_config *config = NULL;
	git_buf text = { 0 };
	int shared = 0;

	if (git_repository_config(&config, git) == 0 &&
	    git_config_get_string_buf(&text, config, "core.sharedrepository") == 0)
		shared = parse_shared(text.ptr);
	git_buf_dispose(&text);
	git_config_free(config);
	git_error_clear();
	return shared;
}

int repo_wrap(git_repository *git, struct repo **out, struct sx_err *err)
{
	struct repo *repo = sx_alloc(sizeof(*repo));

	*repo = (struct repo){ .git = git, .reserve = -1, .home = -1 };
	repo->workdir = repo_without_slash(git_repository_workdir(git));
	if (dir_open(git_repository_path(git), &repo->gitdir, err) ||
	    dir_open(git_repository_commondir(git), &repo->commondir, err)) {
		repo_close(repo);
		return -1;
	}
	repo_shallow_read(repo);
	repo->gitdir.shared = repo->commondir.shared = shared_of(git);
	*out = repo;
	return 0;
}

void repo_close(struct repo *repo)
{
	if (!repo)
		return;
	repo_release(repo);
	git_repository_free(repo->git);
	if (repo->home >= 0)
		close(repo->home);
	dir_close(&repo->gitdir);
	dir_close(&repo->commondir);
	free(repo->shallow.slots);
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
