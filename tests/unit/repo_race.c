/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person's "git commit" at the same time as ours, and a directory of thousands of files. */
#include "repo_git.h"

#define ROUNDS 8

/* git commits of its own, tried again when our locks were in its way. */
static pid_t start_git(const struct world *w)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	for (int i = 0; i < ROUNDS; i++) {
		SX_FREE char *commit =
			sx_format("echo b=%d >b.cfg; until git commit -q -m 'git %d' b.cfg "
				  ">/dev/null 2>&1; do :; done",
				  i + 2, i);
		free(sh(w, commit));
	}
	_exit(0);
}

static void test_race(struct world *w)
{
	int failed = 0, status;
	pid_t pid;

	sh_do(w,
	      "git init -q -b main; echo a=1 >a.cfg; echo b=1 >b.cfg; git add .; git commit -qm start; "
	      "echo s=1 >staged.cfg; git add staged.cfg");
	tap_ok(&w->t, reopen(w), "opened");
	pid = start_git(w);
	for (int i = 0; i < ROUNDS; i++) {
		SX_FREE char *text = sx_format("a=%d\n", i + 2);

		if (put_commit(w, "a.cfg", text)) {
			printf("# %s\n", w->err.msg);
			failed++;
		}
	}
	waitpid(pid, &status, 0);
	tap_is_num(&w->t, failed, 0, "our commits wait for those of git");
	tap_ok(&w->t, WIFEXITED(status) && WEXITSTATUS(status) == 0, "git's went through");
	sh_is(w, "git log --format=%s | sort | uniq -c | awk '{ n += $1 } END { print n }'", "17",
	      "no commit is lost");
	sh_is(w, "git log --format=%p | awk 'NF > 1'; git log --format=%s | grep -c web1", "8",
	      "the history is one line");
	sh_is(w, "cat a.cfg b.cfg; git status --porcelain", "a=9\nb=9\nA  staged.cfg",
	      "files and index are the last ones");
	sound(w, "race");
}

static void test_large(struct world *w)
{
	SX_FREE char *others = NULL, *after = NULL;

	world_reset(w);
	sh_do(w,
	      "git init -q -b main; i=0; while [ $i -lt 800 ]; do echo n=$i >g$i.cfg; i=$((i+1)); "
	      "done; git add .; git commit -qm start; git gc -q");
	others = sh(w, "git ls-files -s --debug | sed '/\\tg777.cfg$/,+5d' | cksum");
	tap_ok(&w->t, reopen(w), "a large directory is opened");
	good(w, prepare(w, "g777.cfg"), "prepared");
	good(w, put_commit(w, "g777.cfg", "n=changed\n"), "committed");
	after = sh(w, "git ls-files -s --debug | sed '/\\tg777.cfg$/,+5d' | cksum");
	tap_is(&w->t, after, others, "the other entries are the same");
	sh_is(w, "git show --format= --name-only; git status --porcelain", "g777.cfg",
	      "one path, all clean");
	sound(w, "large");
}

int main(void)
{
	struct world w;

	world_init(&w);
	test_race(&w);
	test_large(&w);
	return world_end(&w);
}
