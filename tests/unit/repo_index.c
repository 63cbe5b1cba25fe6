/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The user's index: everything staged stays as it was, whatever form the index has. */
#include "repo_git.h"

/* All that git knows of the other paths: flags, stages, ids, times. */
#define OTHERS \
	"git ls-files -s -v --debug | grep -v '^$' | awk '/\\ta.cfg$/ { skip = 6 } skip > 0 { skip--; next } 1'"

static void start(struct world *w)
{
	world_reset(w);
	sh_do(w, "git init -q -b main; for f in a b c d e f g h; do echo $f=1 >$f.cfg; done; "
		 "mkdir sub; echo s=1 >sub/s.cfg; git add .; git commit -qm start");
}

/* Everything that can be staged, at once. */
static void stage_all(struct world *w)
{
	sh_do(w, "echo b=2 >b.cfg; git add b.cfg; echo b=3 >b.cfg");
	sh_do(w, "git rm -q --cached c.cfg");
	sh_do(w, "git rm -q d.cfg");
	sh_do(w, "echo n=1 >new.cfg; git add new.cfg");
	sh_do(w, "echo i=1 >intent.cfg; git add -N intent.cfg");
	sh_do(w, "chmod 755 e.cfg; git add e.cfg");
	sh_do(w, "git mv f.cfg moved.cfg");
	sh_do(w, "git update-index --assume-unchanged g.cfg");
	sh_do(w, "git update-index --skip-worktree h.cfg");
	sh_do(w, "echo s=2 >sub/s.cfg; git add sub/s.cfg");
	sh_do(w,
	      "B=$(git rev-parse HEAD:b.cfg); C=$(git rev-parse HEAD:c.cfg); printf "
	      "'100644 %s 1\\tcon.cfg\\n100644 %s 2\\tcon.cfg\\n' $B $C | git update-index --index-info");
}

static void check_kept(struct world *w, const char *form)
{
	SX_FREE char *others = sh(w, OTHERS);
	SX_FREE char *diff = sh(w, "git diff --cached");
	SX_FREE char *status = sh(w, "git status --porcelain");
	SX_FREE char *version = sh(w, "od -An -tx1 -j4 -N4 .git/index");
	SX_FREE char *what = sx_format("%s: prepared", form);
	SX_FREE char *what2 = sx_format("%s: committed", form);
	SX_FREE char *what3 = sx_format("%s: all other entries as they were", form);
	SX_FREE char *what4 = sx_format("%s: the staged diff is the same", form);
	SX_FREE char *what5 = sx_format("%s: git status says the same", form);
	SX_FREE char *what6 = sx_format("%s: the index keeps its version", form);

	tap_ok(&w->t, strstr(others, "b.cfg") && !strstr(others, "a.cfg"),
	       "the entries are looked at");
	tap_ok(&w->t, reopen(w), "opened");
	good(w, prepare(w, "a.cfg"), what);
	good(w, put_commit(w, "a.cfg", "a=2\n"), what2);
	sh_is(w, OTHERS, others, what3);
	sh_is(w, "git diff --cached", diff, what4);
	sh_is(w, "git status --porcelain", status, what5);
	sh_is(w, "od -An -tx1 -j4 -N4 .git/index", version, what6);
	sh_is(w, "git show --format= --name-status", "M\ta.cfg", "the commit has our path only");
	sound(w, form);
}

static void test_staged(struct world *w)
{
	start(w);
	stage_all(w);
	check_kept(w, "everything staged");

	start(w);
	check_kept(w, "a clean index");

	start(w);
	sh_do(w, "git update-index --index-version 4");
	stage_all(w);
	check_kept(w, "version 4");

	start(w);
	sh_do(w,
	      "git config core.untrackedCache true; git update-index --untracked-cache; git status");
	check_kept(w, "untracked cache");
}

static void test_own_entry(struct world *w)
{
	start(w);
	sh_do(w, "echo a=9 >a.cfg; git add a.cfg");
	tap_ok(&w->t, reopen(w), "opened");
	good(w, put_commit(w, "a.cfg", "a=2\n"), "something else was staged for our path");
	sh_is(w, "git status --porcelain; git show :a.cfg", "a=2",
	      "it gives way to what is committed");

	start(w);
	sh_do(w, "B=$(git rev-parse HEAD:b.cfg); git update-index --force-remove a.cfg; printf "
		 "'100644 %s 1\\ta.cfg\\n100644 %s 2\\ta.cfg\\n100644 %s 3\\ta.cfg\\n' $B $B $B | "
		 "git update-index --index-info");
	tap_ok(&w->t, reopen(w), "opened");
	good(w, put_commit(w, "a.cfg", "a=2\n"), "our path was in conflict");
	sh_is(w, "git status --porcelain; git ls-files -u", "", "it is resolved");

	start(w);
	sh_do(w, "git rm -q --cached a.cfg; git commit -qm gone; git add -N a.cfg");
	tap_ok(&w->t, reopen(w), "opened");
	good(w, put_commit(w, "a.cfg", "a=2\n"), "our path was only intended");
	sh_is(w, "git status --porcelain", "", "it is there now");

	/* The file went on since its content was taken: git must see that. */
	put(w, "a.cfg", "a=4\n");
	sh_do(w, "touch -d '2020-01-01' a.cfg");
	good(w, commit_mode(w, "a.cfg", "a=3\n", 0644), "the file is already another");
	sh_is(w, "git status --porcelain; git diff-files --name-only", " M a.cfg\na.cfg",
	      "git sees the difference");
	sound(w, "own entry");
}

static void test_forms(struct world *w)
{
	start(w);
	sh_do(w, "rm .git/index");
	tap_ok(&w->t, reopen(w), "opened");
	good(w, prepare(w, "a.cfg"), "prepared without an index file");
	good(w, put_commit(w, "a.cfg", "a=2\n"), "committed");
	sh_is(w, "git ls-files; git show --format= --name-only", "a.cfg\na.cfg",
	      "with one entry then");
	sound(w, "no index");

	start(w);
	sh_do(w, "git update-index --split-index");
	tap_ok(&w->t, reopen(w), "opened");
	refused(w, prepare(w, "a.cfg"), SX_ECANTWRITE, "split", "--no-split-index",
		"a split index is refused beforehand");

	start(w);
	sh_do(w, "printf x | dd of=.git/index bs=1 seek=100 conv=notrunc 2>&1");
	tap_ok(&w->t, reopen(w), "opened");
	refused(w, prepare(w, "a.cfg"), SX_ECANTWRITE, "index", "fsck",
		"a damaged index is refused");
	sh_is(w, "ls .git | grep -c safexl", "0", "and nothing is left there");
}

/* Changed within the second in which the index was written, same size: only the content tells. */
static void test_racy(struct world *w)
{
	start(w);
	sh_do(w, "echo b=2 >b.cfg; git add b.cfg; echo b=7 >b.cfg; "
		 "touch -d '2020-01-01 00:00:00' b.cfg c.cfg; "
		 "git update-index --assume-unchanged d.cfg");
	/* As if the entry had been made when the file had those very times. */
	sh_do(w,
	      "cp b.cfg keep; echo b=2 >b.cfg; touch -d '2020-01-01 00:00:00' b.cfg; "
	      "git update-index b.cfg c.cfg; cat keep >b.cfg; rm keep; "
	      "touch -d '2020-01-01 00:00:00.1' b.cfg; touch -d '2020-01-01 00:00:00.5' .git/index; "
	      "git config core.trustctime false");
	tap_ok(&w->t, reopen(w), "opened");
	good(w, put_commit(w, "a.cfg", "a=2\n"), "committed over a racy index");
	sh_is(w, "git diff --name-only; git diff --cached --name-only", "b.cfg\nb.cfg",
	      "the change of the same moment is still seen");
	sound(w, "racy");
}

int main(void)
{
	struct world w;

	world_init(&w);
	test_staged(&w);
	test_own_entry(&w);
	test_forms(&w);
	test_racy(&w);
	return world_end(&w);
}
