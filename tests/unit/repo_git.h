/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For tests of the repository: a world in a temporary directory, and the real git to judge by. Each
 * test program includes it once.
 */
#pragma once

#include "tap.h"

#include "base/path.h"
#include "base/vec.h"
#include "git/repo.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define UNUSED_FN __attribute__((unused)) static

struct world {
	struct tap t;
	char *top; /* temporary directory */
	char *dir; /* the directory of the configurations in it */
	struct repo_person author;
	struct sx_err err;
	struct repo *repo;
	char id[65]; /* of the last commit */
};

static int world_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* A fresh directory; git and libgit2 see no settings of this machine. */
UNUSED_FN void world_init(struct world *w)
{
	static const char *const vars[] = { "GIT_DIR",	      "GIT_WORK_TREE",
					    "GIT_INDEX_FILE", "GIT_CEILING_DIRECTORIES",
					    "SUDO_UID",	      "SUDO_USER",
					    "XDG_CONFIG_HOME" };

	*w = (struct world){ 0 };
	w->top = sx_strdup("/tmp/safexl-unit.XXXXXX");
	if (!mkdtemp(w->top))
		exit(EXIT_FAILURE);
	for (size_t i = 0; i < SX_COUNT(vars); i++)
		unsetenv(vars[i]);
	setenv("HOME", w->top, 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("GIT_AUTHOR_NAME", "A Person", 1);
	setenv("GIT_AUTHOR_EMAIL", "person@example.org", 1);
	setenv("GIT_COMMITTER_NAME", "A Person", 1);
	setenv("GIT_COMMITTER_EMAIL", "person@example.org", 1);
	setenv("GIT_MERGE_AUTOEDIT", "no", 1);
	setenv("LC_ALL", "C", 1);
	umask(022);
	w->dir = sx_path_join(w->top, "xen");
	mkdir(w->dir, 0755);
	w->author.name = sx_strdup("An Admin");
	w->author.email = sx_strdup("admin@example.org");
	if (repo_library_start(&w->err))
		exit(EXIT_FAILURE);
}

UNUSED_FN int world_end(struct world *w)
{
	int status = tap_end(&w->t);

	repo_close(w->repo);
	repo_library_stop();
	nftw(w->top, world_remove, 8, FTW_DEPTH | FTW_PHYS);
	repo_person_dispose(&w->author);
	sx_err_clear(&w->err);
	free(w->top);
	free(w->dir);
	return status;
}

/* A second start in the same program: the directory is emptied. */
UNUSED_FN void world_reset(struct world *w)
{
	repo_close(w->repo);
	w->repo = NULL;
	nftw(w->dir, world_remove, 8, FTW_DEPTH | FTW_PHYS);
	mkdir(w->dir, 0755);
}

/* Run a program in a directory; its output (stdout and stderr together) as a heap string. */
UNUSED_FN char *run_in(const char *dir, int *status, char *const argv[])
{
	SX_STR out = { 0 };
	char part[4096];
	int fds[2], ws = 0;
	ssize_t n;
	pid_t pid;

	if (pipe(fds))
		exit(EXIT_FAILURE);
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDONLY);

		dup2(null, STDIN_FILENO);
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		if (chdir(dir) == 0)
			execvp(argv[0], argv);
		_exit(127);
	}
	close(fds[1]);
	while ((n = read(fds[0], part, sizeof(part))) > 0)
		sx_str_addn(&out, part, (size_t)n);
	close(fds[0]);
	waitpid(pid, &ws, 0);
	if (status)
		*status = WIFEXITED(ws) ? WEXITSTATUS(ws) : 128;
	return sx_str_take(&out);
}

/* One shell command in the directory of the configurations; output without the last newline. */
UNUSED_FN char *sh(const struct world *w, const char *command)
{
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, sx_strdup(command), NULL };
	char *out = run_in(w->dir, NULL, argv);
	size_t len = strlen(out);

	free(argv[2]);
	if (len && out[len - 1] == '\n')
		out[len - 1] = '\0';
	return out;
}

/* The output of a shell command is this. */
UNUSED_FN bool sh_is(struct world *w, const char *command, const char *want, const char *what)
{
	SX_FREE char *got = sh(w, command);

	return tap_is(&w->t, got, want, what);
}

/* For set-up: output only matters when it fails. */
UNUSED_FN void sh_do(struct world *w, const char *command)
{
	SX_FREE char *script = sx_format("{ %s; } 2>&1 && echo DONE", command);
	SX_FREE char *out = sh(w, script);

	if (!sx_ends_with(out, "DONE"))
		printf("# set-up failed: %s\n# %s\n", command, out);
}

UNUSED_FN char *path_of(const struct world *w, const char *name)
{
	return sx_path_join(w->dir, name);
}

UNUSED_FN void put(const struct world *w, const char *name, const char *text)
{
	SX_FREE char *path = path_of(w, name);
	FILE *f = fopen(path, "w");

	if (!f || fputs(text, f) < 0 || fclose(f))
		printf("# cannot write %s\n", path);
}

/* (Re)open the repository of the directory. */
UNUSED_FN bool reopen(struct world *w)
{
	repo_close(w->repo);
	w->repo = NULL;
	return repo_open(w->dir, &w->repo, &w->err) == 0 && w->repo;
}

UNUSED_FN int commit_mode(struct world *w, const char *name, const char *text, unsigned mode)
{
	SX_FREE char *path = path_of(w, name);
	struct repo_file file = {
		.path = path, .bytes = text, .len = text ? strlen(text) : 0, .mode = mode
	};
	struct repo_change change = { .files = &file,
				      .count = 1,
				      .message = "web1: a change\n\nCommand: safexl test\n",
				      .author = &w->author };

	return repo_commit(w->repo, &change, w->id, &w->err);
}

/* Write a file and commit it through the module. */
UNUSED_FN int put_commit(struct world *w, const char *name, const char *text)
{
	put(w, name, text);
	return commit_mode(w, name, text, 0644);
}

UNUSED_FN int prepare(struct world *w, const char *name)
{
	SX_FREE char *path = path_of(w, name);

	return repo_prepare(w->repo, path, 100, &w->err);
}

/* Show the error of a step that should have gone well. */
UNUSED_FN bool good(struct world *w, int result, const char *what)
{
	bool fine = tap_ok(&w->t, result == 0, what);

	if (!fine)
		printf("#   error: %s\n#   hint: %s\n", w->err.msg ? w->err.msg : "-",
		       w->err.hint ? w->err.hint : "-");
	return fine;
}

/* A step that should fail, with this code and these words in message and hint. */
UNUSED_FN bool refused(struct world *w, int result, enum sx_code code, const char *msg,
		       const char *hint, const char *what)
{
	const char *got_msg = w->err.msg ? w->err.msg : "",
		   *got_hint = w->err.hint ? w->err.hint : "";
	bool fine = tap_ok(&w->t,
			   result == -1 && w->err.code == code && strstr(got_msg, msg) &&
				   strstr(got_hint, hint),
			   what);

	if (!fine)
		printf("#   result %d code %d\n#   message: %s\n#   hint: %s\n", result,
		       (int)w->err.code, got_msg, got_hint);
	sx_err_clear(&w->err);
	return fine;
}

/* git finds nothing wrong, and nothing of ours is left in the repository. */
UNUSED_FN void sound(struct world *w, const char *what)
{
	SX_FREE char *text = sx_format("%s: git fsck is clean, nothing left behind", what);

	sh_is(w,
	      "git fsck --strict --no-dangling 2>&1; find \"$(git rev-parse --git-common-dir)\" "
	      "-name 'safexl*' -o -name '*.lock' -o -name 'tmp_*'",
	      "", text);
}
