/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fault injection itself: a crash test that injects nothing would pass. This program runs
 * itself under it and looks at what became of a small sequence of calls.
 */
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <sys/wait.h>

struct world {
	struct tap t;
	char root[64];
	char self[4096];
	char *preload;
};

/* What is run under faults; its result tells the errno of the first call that failed. */
static int victim(const char *root)
{
	SX_FREE char *a = sx_format("%s/a", root);
	SX_FREE char *b = sx_format("%s/b", root);
	int outside = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int fd = open(a, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (outside < 0 || write(outside, "not counted", 11) != 11)
		return 200;
	if (fd < 0 || write(fd, "0123456789", 10) != 10 || fsync(fd))
		return errno;
	if (fork() == 0)
		_exit(unlink(a));
	if (wait(NULL) < 0 || rename(a, b) == 0)
		return 201;
	/* The child has removed it: to be made again. */
	fd = openat(AT_FDCWD, a, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || renameat2(AT_FDCWD, a, AT_FDCWD, b, 0) || unlink(b))
		return errno;
	return 0;
}

enum { VICTIM_CALLS = 8 };

/* Run the victim; its waitpid status. */
static int run(struct world *w, const char *at, const char *action, const char *onward)
{
	SX_FREE char *count = sx_format("%s.count", w->root);
	SX_FREE char *log = sx_format("%s.log", w->root);
	char *const argv[] = { w->self, w->root, NULL };
	int status = -1;
	pid_t pid;

	fflush(stdout);
	unlink(log);
	pid = fork();
	if (pid == 0) {
		setenv("LD_PRELOAD", w->preload, 1);
		setenv("ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0", 1);
		setenv("SAFEXL_ROOT", w->root, 1);
		setenv("FAULT_EXE", "fault", 1);
		setenv("FAULT_COUNT_FILE", count, 1);
		setenv("FAULT_LOG", log, 1);
		if (at) {
			setenv(*at == '/' ? "FAULT_AT_PATH" : "FAULT_AT", at, 1);
			setenv("FAULT_ACTION", action, 1);
			setenv("FAULT_ONWARD", onward, 1);
		}
		execv(w->self, argv);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return status;
}

static long number_in(const char *path)
{
	char text[32] = "";
	FILE *f = fopen(path, "re");

	if (!f || !fgets(text, sizeof(text), f))
		text[0] = '\0';
	if (f)
		fclose(f);
	return strtol(text, NULL, 10);
}

static off_t size_of(const struct world *w, const char *name)
{
	SX_FREE char *path = sx_format("%s/%s", w->root, name);
	struct stat st;
	off_t size = stat(path, &st) ? -1 : st.st_size;

	unlink(path);
	return size;
}

static void test_count(struct world *w)
{
	SX_FREE char *count = sx_format("%s.count", w->root);
	SX_FREE char *log = sx_format("%s.log", w->root);
	char line[256] = "";
	FILE *f;

	tap_is_num(&w->t, run(w, NULL, NULL, NULL), 0, "without a fault all goes well");
	tap_is_num(&w->t, number_in(count), VICTIM_CALLS, "calls below the root are counted");
	f = fopen(log, "re");
	tap_ok(&w->t,
	       f && fgets(line, sizeof(line), f) && sx_starts_with(line, "1 c open ") &&
		       sx_ends_with(line, "/a\n"),
	       "and reported");
	if (f)
		fclose(f);
}

static void test_kill(struct world *w)
{
	int before = run(w, "2", "kill-before", "0");
	off_t size = size_of(w, "a");

	tap_ok(&w->t, WIFSIGNALED(before) && WTERMSIG(before) == SIGKILL && size == 0,
	       "killed before a write");
	before = run(w, "2", "kill-after", "0");
	size = size_of(w, "a");
	tap_ok(&w->t, WIFSIGNALED(before) && size == 10, "killed after it");
	before = run(w, "2", "kill-torn", "0");
	size = size_of(w, "a");
	tap_ok(&w->t, WIFSIGNALED(before) && size == 5, "killed in the middle");
	for (int n = 1; n <= VICTIM_CALLS; n++) {
		SX_FREE char *at = sx_format("%d", n);

		if (!WIFSIGNALED(run(w, at, "kill-before", "0")) ||
		    !WIFSIGNALED(run(w, at, "kill-after", "0")))
			tap_ok(&w->t, false, at);
		size_of(w, "a");
		size_of(w, "b");
	}
	before = run(w, "/b", "kill-before", "0");
	tap_ok(&w->t, WIFSIGNALED(before) && size_of(w, "a") < 0, "killed at a path");
	tap_is_num(&w->t, run(w, "99", "kill-before", "0"), 0, "no such call: not killed");
}

static void test_errors(struct world *w)
{
	static const struct {
		const char *at, *action, *onward;
		int want;
		const char *what;
	} cases[] = {
		{ "1", "ENOSPC", "0", ENOSPC, "a file cannot be created on a full disk" },
		{ "2", "ENOSPC", "0", ENOSPC, "a write fails" },
		{ "3", "EIO", "0", EIO, "a sync fails" },
		{ "2", "EROFS", "0", 0, "a write to an open file does not fail with EROFS" },
		{ "2", "EROFS", "1", EROFS, "but one of the later calls does" },
		{ "8", "ENOSPC", "0", 0, "a full disk lets files be removed" },
		{ "8", "EACCES", "0", EACCES, "no permission does not" },
	};

	for (size_t i = 0; i < SX_COUNT(cases); i++) {
		int status = run(w, cases[i].at, cases[i].action, cases[i].onward);

		tap_ok(&w->t, WIFEXITED(status) && WEXITSTATUS(status) == cases[i].want,
		       cases[i].what);
		size_of(w, "a");
		size_of(w, "b");
	}
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

int main(int argc, char **argv)
{
	struct world w = { .root = "/tmp/safexl-fault.XXXXXX" };
	ssize_t n = readlink("/proc/self/exe", w.self, sizeof(w.self) - 1);

	if (argc > 1)
		return victim(argv[1]);
	if (n < 0 || !mkdtemp(w.root))
		abort();
	/* build/unit/fault and build/fake/preload_fault.so */
	w.preload = sx_format("%.*s/../fake/preload_fault.so", (int)(strrchr(w.self, '/') - w.self),
			      w.self);
	test_count(&w);
	test_kill(&w);
	test_errors(&w);
	nftw(w.root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	for (int i = 0; i < 2; i++) {
		SX_FREE char *path = sx_format("%s.%s", w.root, i ? "count" : "log");

		unlink(path);
	}
	free(w.preload);
	return tap_end(&w.t);
}
