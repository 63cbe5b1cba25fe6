/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Creating the repository of the configurations, and finding one that is there. */
#include "repo_git.h"

#include "host/proc.h"

static void test_create(struct world *w)
{
	SX_WORDS files = { 0 };

	put(w, "web1.cfg", "name = 'web1'\n");
	put(w, "db.cfg", "");
	put(w, "other", "not ours\n");
	sh_do(w,
	      "chmod 755 db.cfg; mkdir sub; echo 'name=\"x\"' >sub/x.cfg; ln -s web1.cfg link.cfg");
	sx_words_give(&files, path_of(w, "web1.cfg"));
	sx_words_give(&files, path_of(w, "db.cfg"));
	sx_words_give(&files, path_of(w, "sub/x.cfg"));
	sx_words_give(&files, path_of(w, "link.cfg"));
	good(w, repo_create(w->dir, sx_words_argv(&files), &w->author, &w->repo, &w->err),
	     "a repository is created");
	sound(w, "created");
	sh_is(w, "git log --format='%s|%an|%ae|%cn'",
	      "Start the history of the configurations|An Admin|admin@example.org|safexl",
	      "the first commit names the person and safexl");
	sh_is(w, "git log --format=%b | grep -c '4 configurations'", "1", "its body has the count");
	sh_is(w, "git symbolic-ref HEAD; git rev-parse --is-bare-repository",
	      "refs/heads/main\nfalse", "an ordinary repository on main");
	sh_is(w, "git ls-tree -r HEAD | sed 's/ blob .*\\t/ /'",
	      "100755 db.cfg\n120000 link.cfg\n100644 sub/x.cfg\n100644 web1.cfg",
	      "the files are in it with their modes");
	sh_is(w, "git status --porcelain", "?? other", "other files are untracked, nothing else");
	sh_is(w, "git diff-files --name-only", "", "the index knows the files' times");
	sh_is(w, "stat -c %a .git; ls -A | sort | tr '\\n' ' '",
	      "700\n.git db.cfg link.cfg other sub web1.cfg ",
	      ".git is private, no temporary left");
	sh_is(w, "git log -g --format=%gs",
	      "commit (initial): Start the history of the configurations", "the reflog tells it");
	sh_is(w, "git config --get core.worktree; echo $?", "1", "no core.worktree is left");
	tap_is(&w->t, repo_workdir(w->repo), w->dir, "the work tree is the directory");
	good(w, put_commit(w, "web1.cfg", "name = 'web1'\nmemory = 1\n"), "a change is committed");
	sound(w, "changed");
}

static void test_empty(struct world *w)
{
	char *none[] = { NULL };

	good(w, repo_create(w->dir, none, &w->author, &w->repo, &w->err), "created without files");
	sound(w, "empty");
	good(w, put_commit(w, "a.cfg", "a=1\n"), "a first file is committed");
	sh_is(w, "git log --format=%s; git ls-tree --name-only HEAD; git status --porcelain",
	      "web1: a change\nStart the history of the configurations\na.cfg",
	      "it is in the history");
	sound(w, "first file");
}

static void test_leftovers(struct world *w)
{
	char *none[] = { NULL };
	struct proc_id init = { 0 };
	SX_FREE char *living = NULL;

	/* Process 1 is always there; with another start time it is another process. */
	(void)proc_identify(1, &init);
	living = sx_format("mkdir .git.safexl-1-%llu .git.safexl-1-%llu; "
			   "echo x >.git.safexl-1-%llu/HEAD",
			   (unsigned long long)init.start, (unsigned long long)init.start + 77,
			   (unsigned long long)init.start + 77);
	sh_do(w, living);
	good(w, repo_create(w->dir, none, &w->author, &w->repo, &w->err),
	     "created beside leftovers");
	sh_is(w, "ls -Ad .git.* | wc -l", "1",
	      "a dead one's leftover is removed, a living one's not");
}

static void test_in_the_way(struct world *w)
{
	char *none[] = { NULL };
	struct repo *repo = NULL;

	sh_do(w, "mkdir .git; echo x >.git/y");
	refused(w, repo_open(w->dir, &repo, &w->err), SX_ECANTWRITE,
		"not a git repository that can be", "fsck",
		"a .git that is none is not passed over");
	refused(w, repo_create(w->dir, none, &w->author, &repo, &w->err), SX_ECANTWRITE, "create",
		"", "and not replaced");
	sh_is(w, "ls -A; ls -A .git", ".git\ny", "it stays as it was, nothing else is left");
	/* The same inside a good repository: the history must not go to the outer one. */
	sh_do(w, "git init -q ..");
	refused(w, repo_open(w->dir, &repo, &w->err), SX_ECANTWRITE,
		"not a git repository that can be", "fsck", "nor for an enclosing repository");
	sh_do(w, "rm -rf ../.git .git");
	tap_ok(&w->t, repo_open(w->dir, &repo, &w->err) == 0 && !repo, "no repository is no error");
}

static void test_enclosing(struct world *w)
{
	struct repo *repo = NULL;

	sh_do(w, "cd ..; git init -q -b trunk; echo a >passwd; git add passwd; git commit -qm etc");
	setenv("GIT_DIR", "/nowhere", 1);
	good(w, repo_open(w->dir, &w->repo, &w->err), "an enclosing repository is opened");
	unsetenv("GIT_DIR");
	tap_is(&w->t, w->repo ? repo_workdir(w->repo) : NULL, w->top, "GIT_DIR does not mislead");
	good(w, put_commit(w, "web1.cfg", "name='web1'\n"), "a file is committed to it");
	sh_is(w, "git log --format=%s; git show --name-only --format=",
	      "web1: a change\netc\nxen/web1.cfg", "only our path, on its branch");
	sh_is(w, "git status --porcelain", "", "nothing else is touched");
	sound(w, "enclosing");
	sh_do(w, "rm -rf ../.git; git init -q --bare ..");
	refused(w, repo_open(w->dir, &repo, &w->err), SX_ECANTWRITE, "bare", "",
		"a bare repository is refused");
	sh_do(w, "cd ..; rm -rf HEAD config description hooks info objects refs branches passwd");
}

static void test_strange_names(struct world *w)
{
	char *none[] = { NULL };
	struct repo_person odd = { (char[]){ " <Evil>\nauthor X <x> \xff," },
				   (char[]){ "<a\n@b>" } };
	struct repo_person empty = { NULL, (char[]){ "<>" } };
	struct repo *repo = NULL;

	good(w, repo_create(w->dir, none, &odd, &w->repo, &w->err),
	     "a name with <, > and newlines");
	sh_is(w, "git log --format='%an|%ae'", "Evil\\nauthor X x \\xff|a\\n@b", "it is cleaned");
	sound(w, "odd name");
	sh_do(w, "rm -rf .git");
	good(w, repo_create(w->dir, none, &empty, &repo, &w->err), "a person without a name");
	sh_is(w, "git log --format='%an|%ae'", "unknown|unknown@localhost", "is unknown");
	repo_close(repo);
	sound(w, "no name");
}

int main(void)
{
	struct world w;

	world_init(&w);
	test_create(&w);
	world_reset(&w);
	test_empty(&w);
	world_reset(&w);
	test_leftovers(&w);
	world_reset(&w);
	test_in_the_way(&w);
	world_reset(&w);
	test_enclosing(&w);
	world_reset(&w);
	test_strange_names(&w);
	return world_end(&w);
}
