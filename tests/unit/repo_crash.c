/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Killed (SIGKILL, through ptrace) at any system call that changes something on disk, a commit or a
 * creation leaves a sound repository, and made again it ends as if nothing had happened.
 */
#include "repo_git.h"

#include <signal.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

/* The calls that change a file system; openat only when it may create. */
static const uint64_t changing[] = {
	SYS_openat,    SYS_write,     SYS_linkat, SYS_unlinkat, SYS_mkdirat,
	SYS_renameat2, SYS_symlinkat,
#ifdef SYS_rename
	SYS_rename,    SYS_link,      SYS_unlink, SYS_mkdir,	SYS_rmdir,
#endif
#ifdef SYS_renameat
	SYS_renameat,
#endif
};

static bool is_change(const struct __ptrace_syscall_info *info)
{
	if (info->op != PTRACE_SYSCALL_INFO_ENTRY)
		return false;
	if (info->entry.nr == SYS_openat && !(info->entry.args[2] & O_CREAT))
		return false;
	for (size_t i = 0; i < SX_COUNT(changing); i++) {
		if (changing[i] == info->entry.nr)
			return true;
	}
	return false;
}

static void run_child(struct world *w, int (*work)(struct world *w))
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	_exit(work(w) ? 1 : 0);
}

/* Let the child go on to its n-th changing call and kill it there; true when it ended before. */
static bool kill_at(struct world *w, int n, int (*work)(struct world *w), bool *unable)
{
	struct __ptrace_syscall_info info;
	int status, seen = 0;
	pid_t pid = fork();

	if (pid == 0)
		run_child(w, work);
	waitpid(pid, &status, 0);
	*unable =
		!WIFSTOPPED(status) || ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD);
	while (!*unable && ptrace(PTRACE_SYSCALL, pid, NULL, NULL) == 0) {
		waitpid(pid, &status, 0);
		if (WIFEXITED(status))
			return true;
		if (!WIFSTOPPED(status) || WSTOPSIG(status) != (SIGTRAP | 0x80))
			continue;
		if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) > 0 &&
		    is_change(&info) && ++seen == n)
			break;
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return false;
}

static int work_commit(struct world *w)
{
	return repo_open(w->dir, &w->repo, &w->err) || prepare(w, "sub/s.cfg") ||
	       commit_mode(w, "sub/s.cfg", "s=2\n", 0644);
}

static int work_create(struct world *w)
{
	SX_WORDS files = { 0 };

	sx_words_give(&files, path_of(w, "a.cfg"));
	return repo_create(w->dir, sx_words_argv(&files), &w->author, &w->repo, &w->err);
}

/* A SIGKILL at this point, then the next safexl: 0 as long as there is a point n. */
static int crash_commit(struct world *w, int n, int *bad)
{
	bool unable, done;
	SX_FREE char *state = NULL;

	sh_do(w, "rm -rf .git *; cp -a ../template/. .");
	put(w, "sub/s.cfg", "s=2\n");
	done = kill_at(w, n, work_commit, &unable);
	if (unable)
		return -1;
	state = sh(w, "git fsck --strict --no-dangling 2>&1; git log --oneline | wc -l");
	if (!sx_streq(state, "1") && !sx_streq(state, "2")) {
		printf("# killed at change %d: %s\n", n, state);
		++*bad;
	}
	if (work_commit(w)) {
		printf("# killed at change %d, next commit: %s\n", n, w->err.msg);
		++*bad;
	}
	free(state);
	state = sh(
		w,
		"git fsck --strict --no-dangling 2>&1; find .git -name 'safexl*' -o -name "
		"'*.lock'; git log --format=%s; git status --porcelain; git show HEAD:sub/s.cfg");
	if (!sx_streq(state, "web1: a change\nstart\nM  a.cfg\ns=2")) {
		printf("# killed at change %d, afterwards: %s\n", n, state);
		++*bad;
	}
	repo_close(sx_steal(&w->repo));
	return done;
}

static int crash_create(struct world *w, int n, int *bad)
{
	struct repo *repo = NULL;
	bool unable, done;
	SX_FREE char *state = NULL;

	world_reset(w);
	put(w, "a.cfg", "a=1\n");
	done = kill_at(w, n, work_create, &unable);
	if (unable)
		return -1;
	if (repo_open(w->dir, &repo, &w->err) || (!repo && work_create(w))) {
		printf("# killed at change %d: %s\n", n, w->err.msg);
		++*bad;
	}
	repo_close(repo);
	state = sh(
		w,
		"git fsck --strict --no-dangling 2>&1; ls -A | tr '\\n' ' '; git log --format=%s; "
		"git status --porcelain; find .git -name 'safexl*' -o -name '*.lock'");
	if (!sx_streq(state, ".git a.cfg Start the history of the configurations")) {
		printf("# killed at change %d, afterwards: %s\n", n, state);
		++*bad;
	}
	repo_close(sx_steal(&w->repo));
	return done;
}

static void test_crash(struct world *w, const char *what,
		       int (*crash)(struct world *w, int n, int *bad))
{
	SX_FREE char *name = NULL;
	const char *stride_text = getenv("CRASH_STRIDE");
	int stride = stride_text ? (int)strtol(stride_text, NULL, 10) : 1;
	int n, bad = 0, r = 0;

	stride = stride > 0 ? stride : 1;
	for (n = 1; !r && n < 1000; n += stride)
		r = crash(w, n, &bad);
	if (r < 0) {
		name = sx_format("%s, killed anywhere # SKIP ptrace is not allowed here", what);
		tap_ok(&w->t, true, name);
		return;
	}
	printf("# %d points\n", n - 2);
	name = sx_format("%s, killed anywhere: sound, and made again", what);
	tap_ok(&w->t, bad == 0 && n > 20, name);
}

int main(void)
{
	struct world w;

	world_init(&w);
	sh_do(&w,
	      "git init -q -b main --template=; echo a=1 >a.cfg; mkdir sub; echo s=1 >sub/s.cfg; "
	      "git add .; git commit -qm start; echo a=2 >a.cfg; git add a.cfg; cp -a . ../template");
	test_crash(&w, "commit", crash_commit);
	test_crash(&w, "create", crash_create);
	return world_end(&w);
}
