/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The preflight: what would make the commit fail is found before, and said with the way out. */
#include "repo_git.h"

#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <time.h>

/* libgit2 1.5 forgets a pcre2 match where it meets extensions.* of a repository it refuses. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libpcre2";
}

static void start(struct world *w)
{
	world_reset(w);
	sh_do(w, "git init -q -b main; echo a=1 >a.cfg; mkdir sub; echo s=1 >sub/s.cfg; git add .; "
		 "git commit -qm start");
	tap_ok(&w->t, reopen(w), "opened");
}

/* The repository is as before, no scratch directory is left. */
static void untouched(struct world *w, const char *what)
{
	SX_FREE char *text = sx_format("%s: nothing is left", what);

	sh_is(w, "find .git -name 'safexl*'", "", text);
}

static void test_good(struct world *w)
{
	start(w);
	good(w, prepare(w, "sub/s.cfg"), "a good repository is prepared");
	sh_is(w, "find -L /proc/$PPID/fd -links 0 -size +63k | wc -l", "1", "room is reserved");
	good(w, prepare(w, "a.cfg"), "and prepared again");
	repo_release(w->repo);
	untouched(w, "released");
	good(w, prepare(w, "a.cfg"), "prepared");
	good(w, put_commit(w, "a.cfg", "a=2\n"), "committed");
	sound(w, "good");
}

static void test_locks(struct world *w)
{
	static const char *const locks[] = { "index.lock", "HEAD.lock", "refs/heads/main.lock" };

	for (size_t i = 0; i < SX_COUNT(locks); i++) {
		SX_FREE char *make = sx_format("touch -d '3 hours ago' .git/%s", locks[i]);
		SX_FREE char *msg = sx_format("%s is there for 3 hours", locks[i]);
		SX_FREE char *hint =
			sx_format("if no git runs there: rm %s/.git/%s", w->dir, locks[i]);

		start(w);
		sh_do(w, make);
		refused(w, prepare(w, "a.cfg"), SX_ELOCKED, msg, hint, locks[i]);
		refused(w, put_commit(w, "a.cfg", "a=2\n"), SX_ELOCKED, msg, hint, "and in commit");
		sh_is(w, "git log --oneline | wc -l; find .git -name 'safexl*'", "1",
		      "nothing happened");
	}
}

/* A process that holds index.lock for a moment. */
static pid_t hold_lock(const struct world *w, int ms)
{
	SX_FREE char *lock = path_of(w, ".git/index.lock");
	pid_t pid;

	close(open(lock, O_CREAT | O_WRONLY, 0600));
	pid = fork();
	if (pid == 0) {
		poll(NULL, 0, ms);
		_exit(unlink(lock));
	}
	return pid;
}

static void test_waiting(struct world *w)
{
	pid_t pid;

	start(w);
	pid = hold_lock(w, 150);
	good(w, prepare(w, "a.cfg"), "a lock that goes away is waited for");
	waitpid(pid, NULL, 0);
	pid = hold_lock(w, 150);
	good(w, put_commit(w, "a.cfg", "a=2\n"), "by the commit too");
	waitpid(pid, NULL, 0);
	sound(w, "waited");
	sh_do(w, "touch .git/index.lock");
	refused(w, prepare(w, "a.cfg"), SX_ELOCKED, "seconds", "rm ",
		"one that stays is not, for ever");
}

/* What a killed safexl leaves: its name is in the locks, and it is dead. */
static void test_leftovers(struct world *w)
{
	static const char leave[] = "mkdir -p .git/safexl/objects/12; echo x >.git/safexl/index; "
				    "for l in index HEAD refs/heads/main; do "
				    "ln -s 'safexl 999999999 5' .git/$l.lock; done";

	start(w);
	sh_do(w, leave);
	good(w, prepare(w, "a.cfg"), "locks of a dead safexl do not stop us");
	good(w, put_commit(w, "a.cfg", "a=2\n"), "nor the commit");
	sound(w, "leftovers");
	sh_do(w, leave);
	repo_sweep(w->repo, w->dir);
	sound(w, "swept");
	sh_do(w, "ln -s \"safexl $(cut -d ' ' -f 1,22 /proc/1/stat)\" .git/index.lock; "
		 "mkdir .git/safexl");
	good(w, prepare(w, "a.cfg"), "a living safexl's lock does not stop the preflight");
	refused(w, put_commit(w, "a.cfg", "a=3\n"), SX_ELOCKED, "index.lock is there", "rm ",
		"but the commit");
	repo_sweep(w->repo, w->dir);
	sh_is(w, "ls -d .git/safexl .git/*.lock", ".git/index.lock\n.git/safexl",
	      "and nothing of it is taken away");
}

/* Who may write into .git could lead root elsewhere. */
static void test_links(struct world *w)
{
	static const char *const dirs[] = { "objects", "refs", "refs/heads" };

	for (size_t i = 0; i < SX_COUNT(dirs); i++) {
		SX_FREE char *swap = sx_format("mv .git/%s ../away; ln -s $PWD/../away .git/%s",
					       dirs[i], dirs[i]);
		SX_FREE char *what = sx_format("%s is a symbolic link: refused", dirs[i]);

		start(w);
		sh_do(w, swap);
		refused(w, prepare(w, "a.cfg"), SX_ECANTWRITE, "through a symbolic link",
			"the link", what);
		refused(w, put_commit(w, "a.cfg", "a=2\n"), SX_ECANTWRITE,
			"through a symbolic link", "", "by the commit too");
		sh_is(w, "cd ../away; find . -newer ../xen/a.cfg -type f; rm -rf ../away", "",
		      "nothing is written there");
	}
	start(w);
	sh_do(w, "mv .git/index ../away; ln -s $PWD/../away .git/index");
	refused(w, prepare(w, "a.cfg"), SX_ECANTWRITE, "index is not a regular file", "",
		"an index that is a link is refused");
	start(w);
	sh_do(w, "echo kept >../victim; rm -r .git/logs; mkdir -p .git/logs/refs/heads ../dir; "
		 "ln -s $PWD/../victim .git/logs/HEAD; ln ../victim .git/logs/refs/heads/main");
	good(w, put_commit(w, "a.cfg", "a=2\n"), "committed with strange reflogs");
	sh_do(w, "rm -r .git/logs; ln -s $PWD/../dir .git/logs");
	good(w, put_commit(w, "a.cfg", "a=3\n"), "and with another directory for them");
	sh_is(w, "cat ../victim; find ../dir -type f; rm -r ../victim ../dir .git/logs", "kept",
	      "which are not written");
	sound(w, "links");
}

static void test_states(struct world *w)
{
	start(w);
	sh_do(w, "git checkout -q --detach");
	refused(w, prepare(w, "a.cfg"), SX_ECANTWRITE, "detached", "switch main",
		"a detached HEAD");
	untouched(w, "detached");

	start(w);
	sh_do(w, "git switch -qc other; echo a=2 >a.cfg; git commit -qam two; git switch -q main; "
		 "echo a=3 >a.cfg; git commit -qam three; ! git merge -q other");
	refused(w, prepare(w, "a.cfg"), SX_ECANTWRITE, "merge is in progress", "merge --abort",
		"a merge");
	sh_do(w, "git merge --abort; ! git rebase -q other");
	refused(w, prepare(w, "a.cfg"), SX_ECANTWRITE, "", "", "a rebase");
	sh_do(w, "git rebase --abort; ! git cherry-pick other");
	refused(w, prepare(w, "a.cfg"), SX_ECANTWRITE, "cherry-pick is in progress",
		"cherry-pick --abort", "a cherry-pick");
	sh_do(w, "git cherry-pick --abort");
	good(w, prepare(w, "a.cfg"), "when it is over");
}

/* What a repository's own settings can hold. */
static void test_settings(struct world *w)
{
	struct timespec before, after;

	start(w);
	sh_do(w, "git config extensions.worktreeConfig true");
	/* libgit2 1.8 and later know it. */
	if (!reopen(w))
		refused(w, -1, SX_ECANTWRITE, "of its own for each work tree",
			"config --unset extensions.worktreeConfig",
			"settings for each work tree are refused with their way out");
	start(w);
	sh_do(w, "printf '[user\\n' >>.git/config");
	refused(w, reopen(w) ? 0 : -1, SX_ECANTWRITE, ".git/config:", "correct that line",
		"a syntax error in its settings is told with its line");
	start(w);
	sh_do(w, "mkfifo pipe; git config include.path ../pipe");
	clock_gettime(CLOCK_MONOTONIC, &before);
	refused(w, reopen(w) ? 0 : -1, SX_ECANTWRITE, "pipe", "no plain one",
		"settings that include a fifo are refused");
	clock_gettime(CLOCK_MONOTONIC, &after);
	tap_ok(&w->t, after.tv_sec - before.tv_sec < 5, "soon");
	start(w);
	sh_do(w, "mkfifo ../.gitconfig; mkdir -p ../.config/git; mkfifo ../.config/git/config "
		 "../.config/git/ignore ../.config/git/attributes");
	good(w, reopen(w) ? prepare(w, "a.cfg") : -1, "fifos in the home are not looked at");
	sh_do(w, "rm -r ../.gitconfig ../.config");
}

/* Whether the file is admitted, with a home that was read before. */
static int admit_with(struct world *w, const struct repo_home *home)
{
	SX_FREE char *path = path_of(w, "new.cfg");
	struct sx_str none = { 0 };

	if (!reopen(w))
		return -1;
	repo_use_home(w->repo, home);
	return repo_admit(w->repo, path, 0, &none, NULL, 0, &w->err);
}

static void test_home(struct world *w)
{
	struct repo_home own, other, lent = { .uid = geteuid() + 1, .path = w->top };

	start(w);
	put(w, "new.cfg", "");
	put(w, "../rules", "new.cfg\n");
	put(w, "../.gitconfig", "[core]\n\texcludesFile = ~/rules\n");
	repo_home_read(geteuid(), w->top, &own);
	repo_home_read(geteuid(), w->dir, &other);
	refused(w, admit_with(w, &other), SX_ECONFLICT, "ignore", "",
		"our own home's rules count, not those of another home that was read");
	refused(w, admit_with(w, &lent), SX_ECONFLICT, "ignore", "",
		"nor what another person could read of it");
	sh_do(w, "rm ../.gitconfig");
	refused(w, admit_with(w, &own), SX_ECONFLICT, "ignore", "",
		"our own home that was read is read no second time");
	good(w, admit_with(w, &other), "one that was not is read when it is needed");
	repo_home_dispose(&own);
	repo_home_dispose(&other);
	sh_do(w, "rm ../rules");
}

static void test_damage(struct world *w)
{
	start(w);
	sh_do(w, "echo garbage >.git/HEAD");
	refused(w, reopen(w) ? prepare(w, "a.cfg") : -1, SX_ECANTWRITE, "HEAD", "fsck",
		"a corrupt HEAD");

	start(w);
	sh_do(w, "echo 1234 >.git/refs/heads/main");
	refused(w, prepare(w, "a.cfg"), SX_ECANTWRITE, "refs/heads/main", "fsck",
		"a corrupt branch");

	start(w);
	sh_do(w, "echo 1234567890123456789012345678901234567890 >.git/refs/heads/main");
	refused(w, prepare(w, "a.cfg"), SX_ECANTWRITE, "commit", "fsck", "a missing commit");

	start(w);
	sh_do(w,
	      "t=$(git rev-parse HEAD:sub); rm -f .git/objects/$(echo $t | cut -c1-2)/$(echo $t | "
	      "cut -c3-)");
	refused(w, prepare(w, "sub/s.cfg"), SX_ECANTWRITE, "tree", "fsck", "a missing tree");
	good(w, prepare(w, "a.cfg"), "which the other path does not need");

	start(w);
	sh_do(w,
	      "t=$(git rev-parse HEAD^{tree}); f=.git/objects/$(echo $t | cut -c1-2)/$(echo $t | "
	      "cut -c3-); chmod u+w $f; : >$f");
	refused(w, prepare(w, "a.cfg"), SX_ECANTWRITE, "tree", "fsck", "a torn tree");

	start(w);
	sh_do(w, "echo DIRC >.git/index");
	refused(w, prepare(w, "a.cfg"), SX_ECANTWRITE, "index", "fsck", "a torn index");
	untouched(w, "damage");

	world_reset(w);
	sh_do(w, "git init -q --object-format=sha256");
	refused(w, reopen(w) ? 0 : -1, SX_ECANTWRITE, "SHA-256", "another): mv ",
		"a SHA-256 repository is refused with its reason");
	sh_do(w, "mv .git ..");
	refused(w, reopen(w) ? 0 : -1, SX_ECANTWRITE, "SHA-256", "git init --object-format=sha1",
		"and one that encloses the configurations");
	sh_do(w, "rm -rf ../.git");
}

/* root is stopped by attributes only; where the file system has none, there is nothing to test. */
static void test_immutable(struct world *w)
{
	static const char *const places[] = { ".git", ".git/objects", ".git/refs/heads",
					      ".git/index", ".git/refs/heads/main" };

	for (size_t i = 0; i < SX_COUNT(places); i++) {
		SX_FREE char *set = sx_format("chattr +i %s && echo yes", places[i]);
		SX_FREE char *clear = sx_format("chattr -i %s", places[i]);
		SX_FREE char *skip =
			sx_format("%s immutable # SKIP needs root and chattr", places[i]);
		SX_FREE char *what = sx_format("%s is immutable", places[i]);
		SX_FREE char *answer = NULL;

		start(w);
		answer = sh(w, set);
		if (!sx_ends_with(answer, "yes")) {
			tap_ok(&w->t, true, skip);
			continue;
		}
		refused(w, prepare(w, "a.cfg"), SX_ECANTWRITE, places[i], "", what);
		sh_do(w, clear);
		untouched(w, places[i]);
	}
}

static void test_permissions(struct world *w)
{
	start(w);
	if (geteuid() == 0) {
		tap_ok(&w->t, true, "a read-only directory # SKIP root may write everywhere");
		sh_do(w, "chown -R 54321 .");
		refused(w, reopen(w) ? 0 : -1, SX_ECANTWRITE, "belongs to uid 54321",
			"git config --global --add safe.directory", "another user's repository");
		sh_do(w, "git config --global --add safe.directory \"$PWD\"");
		tap_ok(&w->t, reopen(w), "opened once it is called safe");
		sh_do(w, "rm ../.gitconfig");
		return;
	}
	sh_do(w, "chmod a-w .git/objects");
	refused(w, prepare(w, "a.cfg"), SX_ECANTWRITE, "objects", "", "a read-only directory");
	sh_do(w, "chmod u+w .git/objects");
	tap_ok(&w->t, true, "another user's repository # SKIP needs root");
}

/* In a mount name space of its own, so that the mount ends with the process. */
static void test_full(struct world *w)
{
	char options[] = "size=200k";

	world_reset(w);
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", w->dir, "tmpfs", 0, options)) {
		tap_ok(&w->t, true, "a full file system # SKIP needs root");
		return;
	}
	sh_do(w, "git init -q -b main; echo a=1 >a.cfg; git add .; git commit -qm start");
	sh_do(w, "rm -r .git/hooks; cat /dev/zero >fill 2>&1 || true");
	tap_ok(&w->t, reopen(w), "opened");
	refused(w, prepare(w, "a.cfg"), SX_ECANTWRITE, "", "", "a full file system");
	untouched(w, "full");
	sh_do(w, "rm fill");
	good(w, prepare(w, "a.cfg"), "with room again");
	sh_do(w, "cat /dev/zero >fill 2>&1 || true");
	good(w, put_commit(w, "a.cfg", "a=2\n"),
	     "what was reserved is enough when it fills up later");
	sound(w, "filled");
	repo_close(w->repo);
	w->repo = NULL;
	if (mount("none", w->dir, NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0) {
		tap_ok(&w->t, reopen(w), "opened");
		refused(w, prepare(w, "a.cfg"), SX_ECANTWRITE, "Read-only", "", "a read-only one");
	}
	repo_close(w->repo);
	w->repo = NULL;
	umount2(w->dir, MNT_DETACH);
}

int main(void)
{
	struct world w;

	world_init(&w);
	test_good(&w);
	test_locks(&w);
	test_waiting(&w);
	test_leftovers(&w);
	test_links(&w);
	test_states(&w);
	test_settings(&w);
	test_home(&w);
	test_damage(&w);
	test_immutable(&w);
	test_permissions(&w);
	test_full(&w);
	return world_end(&w);
}
