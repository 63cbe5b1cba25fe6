/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commits: what they hold, where they go, and what they leave alone. */
#include "repo_git.h"

static void start(struct world *w)
{
	world_reset(w);
	sh_do(w, "git init -q -b main; echo a=1 >a.cfg; echo b=1 >b.cfg; mkdir -p sub/deep; "
		 "echo c=1 >sub/deep/c.cfg; git add .; git commit -qm start");
	good(w, reopen(w) ? 0 : -1, "opened");
}

static void test_content(struct world *w)
{
	SX_FREE char *head = NULL;

	start(w);
	good(w, put_commit(w, "a.cfg", "a=2\n# no newline at the end"), "a change");
	head = sh(w, "git rev-parse HEAD");
	tap_is(&w->t, w->id, head, "its id is told");
	sh_is(w, "git show HEAD:a.cfg; echo; git log -1 --format='%B|%an|%ae|%cn'",
	      "a=2\n# no newline at the end\nweb1: a change\n\nCommand: safexl test\n|An Admin|"
	      "admin@example.org|safexl",
	      "content, message, author");
	sh_is(w, "git show --name-only --format=; git status --porcelain", "a.cfg",
	      "one path, all clean");
	sh_is(w, "git log -1 --format='%ce' | sed \"s/@$(uname -n)$/@HOST/\"", "safexl@HOST",
	      "the committer is safexl on this host");
	good(w, commit_mode(w, "a.cfg", "a=2\n# no newline at the end", 0644), "the same again");
	tap_is(&w->t, w->id, "", "makes no commit");
	good(w, put_commit(w, "a.cfg", ""), "an empty file");
	sh_is(w, "git cat-file -s HEAD:a.cfg; git log --oneline | wc -l", "0\n3", "is committed");
	sh_do(w, "chmod 755 a.cfg");
	good(w, commit_mode(w, "a.cfg", "", 0100755), "only the mode differs");
	sh_is(w, "git show --summary --format=; git status --porcelain",
	      " mode change 100644 => 100755 a.cfg", "is a commit too");
	good(w, put_commit(w, "sub/deep/c.cfg", "c=2\n"), "a file in a subdirectory");
	good(w, put_commit(w, "sub/aa.cfg", "n=1\n"), "a new one between others");
	sh_do(w, "mkdir -p new/dir");
	good(w, put_commit(w, "new/dir/x.cfg", "x=1\n"), "a new one in new directories");
	sh_is(w, "git ls-files; git status --porcelain",
	      "a.cfg\nb.cfg\nnew/dir/x.cfg\nsub/aa.cfg\nsub/deep/c.cfg", "all are there");
	sh_is(w, "git log -g --format=%gs -2", "commit: web1: a change\ncommit: web1: a change",
	      "the reflog goes on");
	sound(w, "content");
}

/* Names around the place where git sorts "x" as a file and "x/" as a directory differently. */
static void test_tree_order(struct world *w)
{
	static const char *const names[] = { "x.cfg", "x-y", "x0", "x/in", "x.zz", "x=", "w", "y" };

	start(w);
	sh_do(w, "mkdir x");
	for (size_t i = 0; i < SX_COUNT(names); i++)
		good(w, put_commit(w, names[i], names[i]), names[i]);
	sh_is(w, "git ls-tree --name-only HEAD | tr '\\n' ' '; git status --porcelain",
	      "a.cfg b.cfg sub w x-y x.cfg x.zz x x0 x= y ", "sorted as git sorts");
	sound(w, "order");
	sh_do(w, "rm -r x");
	good(w, put_commit(w, "x", "a file where a directory was"), "a directory becomes a file");
	sh_is(w, "git ls-tree --name-only HEAD | tr '\\n' ' '; git status --porcelain",
	      "a.cfg b.cfg sub w x x-y x.cfg x.zz x0 x= y ", "at its own place");
	sh_do(w, "rm x; mkdir x");
	good(w, put_commit(w, "x/again", "1"), "and a directory again");
	sh_is(w, "git ls-tree --name-only HEAD | tr '\\n' ' '; git status --porcelain",
	      "a.cfg b.cfg sub w x-y x.cfg x.zz x x0 x= y ", "back at the other");
	sound(w, "kinds");
}

static void test_places(struct world *w)
{
	world_reset(w);
	sh_do(w, "git init -q -b trunk");
	good(w, reopen(w) ? 0 : -1, "opened without a commit");
	good(w, prepare(w, "a.cfg"), "prepared on an unborn branch");
	good(w, put_commit(w, "a.cfg", "a=1\n"), "the first commit of a repository");
	sh_is(w, "git log --format=%s trunk; git status --porcelain", "web1: a change",
	      "is on its branch");
	sound(w, "unborn");

	start(w);
	sh_do(w, "git switch -qc team/xen; git gc -q --prune=now; git pack-refs --all; "
		 "find .git/refs/heads -mindepth 1 -type d -delete");
	sh_is(w, "ls .git/refs/heads", "", "refs are packed away");
	good(w, prepare(w, "a.cfg"), "prepared with packed refs");
	good(w, put_commit(w, "a.cfg", "a=2\n"), "on a packed branch with a slash");
	sh_is(w, "git log --format=%s; git status --porcelain", "web1: a change\nstart",
	      "history goes on");
	sound(w, "packed");

	start(w);
	sh_do(w, "git worktree add -q ../linked -b side");
	repo_close(w->repo);
	w->repo = NULL;
	free(w->dir);
	w->dir = sx_path_join(w->top, "linked");
	good(w, reopen(w) ? 0 : -1, "a linked worktree is opened");
	good(w, prepare(w, "a.cfg"), "prepared");
	good(w, put_commit(w, "a.cfg", "a=2\n"), "a commit in it");
	sh_is(w, "git log --format=%s side; git log --format=%s main; git status --porcelain",
	      "web1: a change\nstart\nstart", "goes to its branch");
	sound(w, "worktree");
	free(w->dir);
	w->dir = sx_path_join(w->top, "xen");
	sh_do(w, "git worktree remove ../linked");
	good(w, reopen(w) ? 0 : -1, "reopened");
	refused(w, commit_mode(w, "../outside", "x", 0644), SX_ECANTWRITE,
		"outside the git work tree", "", "a path outside is refused");
	sh_do(w, "ln -s xen ../link");
	good(w, put_commit(w, "../link/b.cfg", "b=2\n"), "a path through a symlinked directory");
	sh_is(w, "git show --name-only --format=", "b.cfg", "is the real one");
}

static void test_history(struct world *w)
{
	SX_FREE char *a = NULL, *b = NULL, *want = NULL, *got = NULL;
	SX_STR content = { 0 };
	bool found, same;

	start(w);
	a = path_of(w, "a.cfg");
	b = path_of(w, "sub/none.cfg");
	good(w, repo_head_file(w->repo, a, &found, &content, &w->err), "a file of HEAD");
	tap_ok(&w->t, found && strcmp(sx_str_text(&content), "a=1\n") == 0, "is read");
	good(w, repo_head_file(w->repo, b, &found, &content, &w->err), "one that is not there");
	tap_ok(&w->t, !found, "is not found");
	good(w, repo_head_matches(w->repo, a, "a=1\n", 4, &same, &w->err), "the same bytes");
	tap_ok(&w->t, same, "match");
	good(w, repo_head_matches(w->repo, a, "a=2\n", 4, &same, &w->err), "others");
	tap_ok(&w->t, !same, "do not");
	good(w, put_commit(w, "a.cfg", "a=5\n"), "a commit");
	want = sh(w, "git rev-parse --short=7 HEAD");
	got = repo_abbreviate(w->repo, w->id);
	tap_is(&w->t, got, want, "abbreviated as git does");
}

/* A commit that a person makes between our steps stays. */
static void test_meanwhile(struct world *w)
{
	start(w);
	good(w, prepare(w, "a.cfg"), "prepared");
	sh_do(w, "echo b=2 >b.cfg; git commit -qam 'by hand'; echo b=3 >b.cfg; git add b.cfg");
	good(w, put_commit(w, "a.cfg", "a=2\n"), "committed after a commit by hand");
	sh_is(w, "git log --format=%s; git show HEAD:b.cfg; git diff --cached --name-only",
	      "web1: a change\nby hand\nstart\nb=2\nb.cfg", "both are there, and what was staged");
	sound(w, "meanwhile");
}

struct part {
	const char *name, *text; /* NULL: it goes */
	unsigned mode;
};

static int commit_parts(struct world *w, const struct part *parts, size_t count)
{
	struct repo_file files[8];
	struct repo_change change = { .files = files,
				      .count = count,
				      .message = "web1: several files\n",
				      .author = &w->author };
	SX_WORDS paths = { 0 };

	for (size_t i = 0; i < count; i++) {
		sx_words_give(&paths, path_of(w, parts[i].name));
		files[i] = (struct repo_file){ .path = paths.items[i],
					       .bytes = parts[i].text,
					       .len = parts[i].text ? strlen(parts[i].text) : 0,
					       .mode = parts[i].mode };
	}
	return repo_commit(w->repo, &change, w->id, &w->err);
}

/* A domain is defined, starts with the host, and is taken away again: each is one commit. */
static void test_several(struct world *w)
{
	static const struct part define[] = { { "auto/web1", "../web1.cfg", S_IFLNK | 0777 },
					      { "web1.cfg", "name='web1'\n", S_IFREG | 0644 },
					      { "a.cfg", "a=2\n", S_IFREG | 0644 } };
	static const struct part undefine[] = { { "web1.cfg", NULL, 0 },
						{ "auto/web1", NULL, 0 },
						{ "sub/deep/c.cfg", NULL, 0 },
						{ "never.cfg", NULL, 0 } };

	start(w);
	sh_do(w, "mkdir auto; ln -s ../web1.cfg auto/web1; echo \"name='web1'\" >web1.cfg; "
		 "echo a=2 >a.cfg; echo b=3 >b.cfg; git add b.cfg");
	good(w, commit_parts(w, define, SX_COUNT(define)), "three files, one of them a link");
	sh_is(w, "git ls-tree -r HEAD | cut -c1-7,54-; git status --porcelain",
	      "100644 a.cfg\n120000 auto/web1\n100644 b.cfg\n100644 sub/deep/c.cfg\n"
	      "100644 web1.cfg\nM  b.cfg",
	      "are one commit, and what was staged still is");
	sh_is(w, "git show HEAD:auto/web1; echo; git diff-files --name-only", "../web1.cfg",
	      "the link is one, and git finds it unchanged");
	sh_do(w, "rm web1.cfg auto/web1 sub/deep/c.cfg");
	good(w, commit_parts(w, undefine, SX_COUNT(undefine)), "files that go");
	sh_is(w, "git ls-tree -r -t --name-only HEAD; git status --porcelain",
	      "a.cfg\nb.cfg\nM  b.cfg", "are gone, with the directories that held nothing else");
	good(w, commit_parts(w, undefine, SX_COUNT(undefine)), "once more");
	tap_is(&w->t, w->id, "", "changes nothing, so it is no commit");
	sh_is(w, "git log --format=%s", "web1: several files\nweb1: several files\nstart",
	      "two commits in all");
	sound(w, "several");
}

int main(void)
{
	struct world w;

	world_init(&w);
	test_content(&w);
	test_tree_order(&w);
	test_places(&w);
	test_history(&w);
	test_meanwhile(&w);
	test_several(&w);
	return world_end(&w);
}
