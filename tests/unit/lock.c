/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Locks: exclusion, waiting, naming the holder, and that they end with the process. */
#include "tap.h"

#include "host/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define CONTENDERS 200

struct world {
	struct tap t;
	char top[64];
	char *dir; /* of the locks */
	char *counter;
};

struct word {
	int times;
	char holder[600];
};

static void on_waiting(const char *holder, void *arg)
{
	struct word *word = arg;

	word->times++;
	snprintf(word->holder, sizeof(word->holder), "%s", holder);
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Take a lock and give it back at once; the code of the error. */
static enum sx_code attempt(const struct world *w, const char *name, unsigned wait_ms)
{
	SX_LOCK lock = { 0 };
	SX_ERR err = { 0 };

	return lock_take(w->dir, name, "test", wait_ms, NULL, NULL, &lock, &err) ? err.code : SX_OK;
}

/* A child that holds a lock until a byte comes down the pipe, or it is killed. */
struct holder {
	pid_t pid;
	int go;
};

static struct holder hold(const struct world *w, const char *name, const char *command)
{
	struct holder h = { 0 };
	int go[2], ready[2];
	char c;

	if (pipe2(go, O_CLOEXEC) || pipe2(ready, O_CLOEXEC) || (h.pid = fork()) < 0)
		abort();
	if (h.pid == 0) {
		SX_LOCK lock = { 0 };
		SX_ERR err = { 0 };

		close(go[1]);
		if (lock_take(w->dir, name, command, 0, NULL, NULL, &lock, &err) ||
		    write(ready[1], "", 1) != 1 || read(go[0], &c, 1) < 0)
			_exit(1);
		_exit(0);
	}
	close(go[0]);
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		abort();
	close(ready[0]);
	h.go = go[1];
	return h;
}

static void let_go(struct holder *h)
{
	close(h->go);
	waitpid(h->pid, NULL, 0);
}

static void test_basic(struct world *w)
{
	SX_LOCK lock = { 0 }, empty = { 0 }, none = { .fd = -1 };
	SX_ERR err = { 0 };
	struct stat st;

	tap_is_num(&w->t, lock_take(w->dir, "web1", "test", 0, NULL, NULL, &lock, &err), 0,
		   "take a lock in a directory that is not there yet");
	tap_ok(&w->t, stat(w->dir, &st) == 0 && (st.st_mode & 07777) == 0700, "made with 0700");
	tap_ok(&w->t, fcntl(lock.fd, F_GETFD) == FD_CLOEXEC && lock.fd > STDERR_FILENO,
	       "its descriptor is closed on exec and no standard one");
	tap_is_num(&w->t, attempt(w, "web1", 0), SX_ELOCKED, "it cannot be taken twice");
	tap_is_num(&w->t, attempt(w, "web2", 0), SX_OK, "another can");
	lock_release(&lock);
	tap_is_num(&w->t, attempt(w, "web1", 0), SX_OK, "given back, it can be taken again");
	if (fcntl(STDIN_FILENO, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != STDIN_FILENO)
		abort();
	lock_release(&lock);
	lock_release(&empty);
	lock_release(&none);
	tap_ok(&w->t, fcntl(STDIN_FILENO, F_GETFD) >= 0,
	       "giving back what is not held closes nothing");
}

static void test_names(struct world *w)
{
	SX_LOCK first = { 0 }, second = { 0 }, odd = { 0 };
	SX_ERR err = { 0 };
	char one[301], two[301];

	memset(one, 'x', sizeof(one) - 1);
	one[sizeof(one) - 1] = '\0';
	memcpy(two, one, sizeof(two));
	two[sizeof(two) - 2] = 'y';
	tap_ok(&w->t,
	       lock_take(w->dir, one, "test", 0, NULL, NULL, &first, &err) == 0 &&
		       lock_take(w->dir, two, "test", 0, NULL, NULL, &second, &err) == 0,
	       "long names that differ at the end are two locks");
	tap_ok(&w->t, lock_take(w->dir, "../x\n/etc", "test", 0, NULL, NULL, &odd, &err) == 0,
	       "a name with slashes stays in the directory");
}

static void test_holder(struct world *w)
{
	struct holder h = hold(w, "web1", "safexl block-attach web1 'a\nb\033[31m'");
	SX_LOCK lock = { 0 };
	SX_ERR err = { 0 };
	SX_FREE char *want =
		sx_format("locked by another safexl (pid %ld, safexl block-attach web1 "
			  "'a\\nb\\x1b[31m')",
			  (long)h.pid);

	tap_is_num(&w->t, lock_take(w->dir, "web1", "test", 0, NULL, NULL, &lock, &err), -1,
		   "held by another process");
	tap_is(&w->t, err.msg, want, "which is named, made safe to show");
	let_go(&h);
	tap_is_num(&w->t, attempt(w, "web1", 0), SX_OK, "it ends with the process");
	h = hold(w, "web1", "first");
	let_go(&h);
	h = hold(w, "web1", "2");
	sx_err_clear(&err);
	tap_ok(&w->t,
	       lock_take(w->dir, "web1", "test", 0, NULL, NULL, &lock, &err) &&
		       strstr(err.msg, ", 2)"),
	       "a later holder leaves nothing of the former's name");
	let_go(&h);
}

static void test_timeout(struct world *w)
{
	struct holder h = hold(w, "web1", "safexl mem-set web1 512");
	struct sigaction before, after;
	struct word word = { 0 };
	SX_LOCK lock = { 0 };
	SX_ERR err = { 0 };
	sigset_t old, now;
	long start = now_ms(), took;

	/* For memcmp: only as much as the kernel knows is filled in. */
	memset(&old, 0, sizeof(old));
	memset(&now, 0, sizeof(now));
	sigaction(SIGRTMAX - 1, NULL, &before);
	sigprocmask(SIG_SETMASK, NULL, &old);
	tap_ok(&w->t,
	       lock_take(w->dir, "web1", "test", 1300, on_waiting, &word, &lock, &err) &&
		       err.code == SX_ELOCKED,
	       "waiting ends");
	took = now_ms() - start;
	tap_ok(&w->t, took >= 1300 && took < 2300, "when the time is over");
	tap_is_num(&w->t, word.times, 1, "who waits longer than a second is told once");
	tap_ok(&w->t, strstr(word.holder, "safexl mem-set web1 512") != NULL, "for whom");
	sigaction(SIGRTMAX - 1, NULL, &after);
	sigprocmask(SIG_SETMASK, NULL, &now);
	tap_ok(&w->t, before.sa_handler == after.sa_handler && memcmp(&old, &now, sizeof(old)) == 0,
	       "signals are as before");
	let_go(&h);
}

/* With the wake-up signal blocked and ignored, as a strange parent may leave it. */
static void test_blocked_signal(struct world *w)
{
	struct holder h = hold(w, "web1", "test");
	sigset_t all, old;
	long start = now_ms();

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	signal(SIGRTMAX - 1, SIG_IGN);
	tap_is_num(&w->t, attempt(w, "web1", 100), SX_ELOCKED, "signals blocked and ignored");
	tap_ok(&w->t, now_ms() - start < 1000, "waiting ends all the same");
	sigprocmask(SIG_SETMASK, &old, NULL);
	signal(SIGRTMAX - 1, SIG_DFL);
	let_go(&h);
}

/* Woken by the release, and asleep until then: few switches, whatever the time. */
static void test_asleep(struct world *w)
{
	struct holder h = hold(w, "web1", "test");
	struct rusage before, after;
	struct timespec delay = { .tv_nsec = 300000000 };
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		/* The release has to come at some time while the parent is waiting. */
		nanosleep(&delay, NULL);
		_exit(write(h.go, "", 1) != 1);
	}
	getrusage(RUSAGE_SELF, &before);
	tap_is_num(&w->t, attempt(w, "web1", 20000), SX_OK, "woken by the release");
	getrusage(RUSAGE_SELF, &after);
	tap_ok(&w->t, after.ru_nvcsw - before.ru_nvcsw < 10, "asleep until then");
	waitpid(pid, &status, 0);
	let_go(&h);
}

/* A program started while the lock is held lives on when the holder is killed. */
static void test_exec(struct world *w)
{
	int keep[2], ready[2];
	SX_LOCK lock = { 0 };
	SX_ERR err = { 0 };
	char c;
	pid_t holder;

	if (pipe(keep) || pipe(ready) || (holder = fork()) < 0)
		abort();
	if (holder == 0) {
		char *const argv[] = { (char[]){ "sh" }, (char[]){ "-c" },
				       (char[]){ "echo; exec cat" }, NULL };

		close(keep[1]);
		if (lock_take(w->dir, "web1", "test", 0, NULL, NULL, &lock, &err))
			_exit(1);
		if (fork() == 0) {
			dup2(keep[0], STDIN_FILENO);
			dup2(ready[1], STDOUT_FILENO);
			execv("/bin/sh", argv);
			_exit(127);
		}
		pause();
		_exit(0);
	}
	close(keep[0]);
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		abort();
	tap_is_num(&w->t, attempt(w, "web1", 0), SX_ELOCKED, "held while a child runs");
	kill(holder, SIGKILL);
	waitpid(holder, NULL, 0);
	tap_is_num(&w->t, lock_take(w->dir, "web1", "test", 0, NULL, NULL, &lock, &err), 0,
		   "a child has not inherited it");
	tap_ok(&w->t, lock.abandoned, "that its holder was killed can be seen");
	lock_release(&lock);
	tap_ok(&w->t,
	       lock_take(w->dir, "web1", "test", 0, NULL, NULL, &lock, &err) == 0 &&
		       !lock.abandoned,
	       "and once only");
	close(keep[1]);
	/* The end of its output is the end of the child. */
	tap_ok(&w->t, read(ready[0], &c, 1) == 0, "that child was running all the time");
	close(ready[0]);
}

/* Read, add one, write, with nothing but the lock around it. */
static int contend(const struct world *w)
{
	SX_LOCK lock = { 0 };
	SX_ERR err = { 0 };
	SX_CLOSE int fd = -1;
	int n = -1;

	if (lock_take(w->dir, "web1", "test", 30000, NULL, NULL, &lock, &err))
		return 1;
	fd = open(w->counter, O_RDWR | O_CLOEXEC);
	if (fd < 0 || pread(fd, &n, sizeof(n), 0) != sizeof(n))
		return 2;
	n++;
	sched_yield();
	return pwrite(fd, &n, sizeof(n), 0) == sizeof(n) ? 0 : 3;
}

static void test_contention(struct world *w)
{
	int status, bad = 0, n = 0;
	FILE *f = fopen(w->counter, "we");

	if (!f || fwrite(&n, sizeof(n), 1, f) != 1 || fclose(f))
		abort();
	fflush(stdout);
	for (int i = 0; i < CONTENDERS; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(contend(w));
		if (pid < 0)
			abort();
	}
	while (wait(&status) > 0)
		bad += status != 0;
	f = fopen(w->counter, "re");
	if (!f || fread(&n, sizeof(n), 1, f) != 1 || fclose(f))
		abort();
	tap_is_num(&w->t, bad, 0, "200 processes want one lock: each gets it");
	tap_is_num(&w->t, n, CONTENDERS, "and never two at a time");
}

static void test_directory(struct world *w)
{
	SX_FREE char *real = sx_format("%s/real", w->top);
	SX_FREE char *link = sx_format("%s/link", w->top);
	struct world other = { .dir = link };

	if (mkdir(real, 0755) || symlink("real", link))
		abort();
	tap_is_num(&w->t, attempt(&other, "x", 0), SX_ECANTWRITE, "a directory that is a link");
	other.dir = real;
	tap_is_num(&w->t, attempt(&other, "x", 0), SX_OK, "the directory itself");
	chmod(real, 0777);
	tap_is_num(&w->t, attempt(&other, "x", 0), SX_ECANTWRITE, "one that others can write to");
	chmod(real, 0755);
	other.dir = w->counter;
	tap_is_num(&w->t, attempt(&other, "x", 0), SX_ECANTWRITE, "a file in its place");
	if (geteuid()) {
		tap_ok(&w->t, true, "one of another user # SKIP needs root");
		return;
	}
	other.dir = real;
	if (chown(real, 12, 34))
		abort();
	tap_is_num(&w->t, attempt(&other, "x", 0), SX_ECANTWRITE, "one of another user");
}

static void forget(const char *path)
{
	if (remove(path))
		abort();
}

/* What may stand in a lock file's place: none of it is waited for, written to or locked. */
static void test_file(struct world *w)
{
	SX_FREE char *dir = sx_format("%s/files", w->top);
	SX_FREE char *path = sx_format("%s/x.lock", dir);
	SX_FREE char *second = sx_format("%s/second", dir);
	struct world other = { .dir = dir };
	struct stat st;

	if (mkdir(dir, 0700) || symlink("second", path))
		abort();
	tap_is_num(&w->t, attempt(&other, "x", 0), SX_ECANTWRITE, "a link that leads nowhere");
	tap_ok(&w->t, lstat(second, &st) && errno == ENOENT, "is not followed");
	forget(path);
	if (mkfifo(path, 0600))
		abort();
	tap_is_num(&w->t, attempt(&other, "x", 0), SX_ECANTWRITE, "a FIFO");
	forget(path);
	if (mkdir(path, 0700))
		abort();
	tap_is_num(&w->t, attempt(&other, "x", 0), SX_ECANTWRITE, "a directory");
	forget(path);
	tap_is_num(&w->t, attempt(&other, "x", 0), SX_OK, "nothing there");
	chmod(path, 0640);
	tap_is_num(&w->t, attempt(&other, "x", 0), SX_ECANTWRITE, "a file that others can open");
	chmod(path, 0600);
	if (link(path, second))
		abort();
	tap_is_num(&w->t, attempt(&other, "x", 0), SX_ECANTWRITE, "a file with a second name");
	forget(second);
	tap_is_num(&w->t, attempt(&other, "x", 0), SX_OK, "the file alone");
	if (geteuid()) {
		tap_ok(&w->t, true, "a file of another user # SKIP needs root");
		return;
	}
	if (chown(path, 12, 34))
		abort();
	tap_is_num(&w->t, attempt(&other, "x", 0), SX_ECANTWRITE, "a file of another user");
}

struct removal {
	char *path;
	struct holder *holder;
};

static void remove_and_let_go(const char *holder, void *arg)
{
	const struct removal *r = arg;

	(void)holder;
	forget(r->path);
	let_go(r->holder);
}

/* The file is taken away while somebody waits for it: the lock of a new one is what counts. */
static void test_removed(struct world *w)
{
	SX_FREE char *path = sx_format("%s/web1.lock", w->dir);
	struct holder h = hold(w, "web1", "test");
	struct removal removal = { path, &h };
	SX_LOCK lock = { 0 };
	SX_ERR err = { 0 };

	tap_is_num(&w->t,
		   lock_take(w->dir, "web1", "test", 20000, remove_and_let_go, &removal, &lock,
			     &err),
		   0, "a lock whose file was taken away");
	tap_is_num(&w->t, attempt(w, "web1", 0), SX_ELOCKED, "is held against all others");
}

struct loss {
	const struct world *w;
	struct removal first;
	struct holder second;
	struct word word;
	long end;
};

/* Another holds a new file before ours is free, and the time is over. */
static void lose_and_be_late(const char *holder, void *arg)
{
	struct loss *loss = arg;

	on_waiting(holder, &loss->word);
	if (loss->word.times > 1)
		return;
	forget(loss->first.path);
	let_go(loss->first.holder);
	loss->second = hold(loss->w, "web1", "second");
	while (now_ms() < loss->end)
		sched_yield();
}

/* The time is that of the whole wait, whatever number of files it needs. */
static void test_removed_and_held(struct world *w)
{
	enum { wait_ms = 1100, once_more_ms = 1000 };
	SX_FREE char *path = sx_format("%s/web1.lock", w->dir);
	struct holder h = hold(w, "web1", "first");
	struct loss loss = { w, { path, &h }, { 0 }, { 0 }, now_ms() + wait_ms };
	SX_LOCK lock = { 0 };
	SX_ERR err = { 0 };

	tap_ok(&w->t,
	       lock_take(w->dir, "web1", "test", wait_ms, lose_and_be_late, &loss, &lock, &err) &&
		       err.code == SX_ELOCKED && strstr(err.msg, "second"),
	       "a lock whose file was taken away, and made anew by another");
	tap_is_num(&w->t, loss.word.times, 1, "waiting is told once");
	tap_ok(&w->t, now_ms() - loss.end < once_more_ms, "and does not begin anew");
	let_go(&loss.second);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

int main(void)
{
	struct world w = { .top = "/tmp/safexl-lock.XXXXXX" };

	umask(022);
	if (!mkdtemp(w.top))
		abort();
	w.dir = sx_format("%s/run/safexl", w.top);
	w.counter = sx_format("%s/counter", w.top);
	test_basic(&w);
	test_names(&w);
	test_holder(&w);
	test_timeout(&w);
	test_blocked_signal(&w);
	test_asleep(&w);
	test_exec(&w);
	test_contention(&w);
	test_directory(&w);
	test_file(&w);
	test_removed(&w);
	test_removed_and_held(&w);
	nftw(w.top, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	free(w.dir);
	free(w.counter);
	return tap_end(&w.t);
}
