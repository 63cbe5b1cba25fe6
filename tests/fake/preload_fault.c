/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Faults at every call that changes the file system: preloaded into the program under test, it
 * counts those calls below $SAFEXL_ROOT (and the program's forks, execs and waits), and lets the
 * n-th one kill the process or fail. Nothing in the product knows of it. Environment:
 *
 *   FAULT_EXE         only in a process whose executable has this name; unset: in any
 *   FAULT_AT          n, counted from 1; unset: count only
 *   FAULT_AT_PATH     instead: the first call on a path that ends in this (as in FAULT_LOG)
 *   FAULT_NTH         the n-th of these, 1 if unset
 *   FAULT_ACTION      kill-before, kill-after, kill-torn (half of a write is done), or the error
 *                     that the call fails with: ENOSPC, EIO, EROFS, EACCES; or run: before it
 *   FAULT_RUN         what is run then, by sh(1)
 *   FAULT_ONWARD      1: all calls from the n-th on fail
 *   FAULT_COUNT_FILE  receives the number of calls
 *   FAULT_LOG         receives a line for each call: number, kind, name, path
 *
 * An error is given only to calls that can have it: on a full disk files can be removed. What
 * libc's own stdio writes is not seen.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

enum kind {
	CREATE = 'c', /* may need room, by path */
	WRITE = 'w', /* needs room, by descriptor */
	ALLOCATE = 'a', /* the same, but not to be done by half */
	MODIFY = 'm', /* mode, owner, times, opening for writing */
	REMOVE = 'u',
	RENAME = 'r', /* rename and link */
	SYNC = 's',
	PROCESS = 'p',
};

enum action { COUNT, KILL_BEFORE, KILL_AFTER, KILL_TORN, FAIL, RUN };

static struct {
	bool active;
	char root[2][PATH_MAX]; /* as given, and with links resolved */
	long at, count;
	const char *at_path;
	long nth;
	enum action action;
	int error;
	bool onward;
	int count_fd, log_fd;
} fault;

#define REAL(fn)                                                   \
	__extension__({                                            \
		static __typeof__(&fn) real_fn;                    \
		if (!real_fn)                                      \
			real_fn = (__typeof__(&fn))find_real(#fn); \
		real_fn;                                           \
	})

static void *find_real(const char *name)
{
	void *p = dlsym(RTLD_NEXT, name);

	if (!p)
		abort();
	return p;
}

/* ---- settings ---- */

static void read_action(void)
{
	static const struct {
		const char *name;
		enum action action;
		int error;
	} actions[] = {
		{ "kill-before", KILL_BEFORE, 0 },
		{ "kill-after", KILL_AFTER, 0 },
		{ "kill-torn", KILL_TORN, 0 },
		{ "ENOSPC", FAIL, ENOSPC },
		{ "EIO", FAIL, EIO },
		{ "EROFS", FAIL, EROFS },
		{ "EACCES", FAIL, EACCES },
		{ "run", RUN, 0 },
	};
	const char *at = getenv("FAULT_AT"), *action = getenv("FAULT_ACTION");
	const char *onward = getenv("FAULT_ONWARD"), *nth = getenv("FAULT_NTH");

	fault.at_path = getenv("FAULT_AT_PATH");
	fault.nth = nth ? strtol(nth, NULL, 10) : 1;
	if (!at && !fault.at_path)
		return;
	fault.at = at ? strtol(at, NULL, 10) : 0;
	fault.onward = onward && strcmp(onward, "1") == 0;
	for (size_t i = 0; action && i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(action, actions[i].name) == 0) {
			fault.action = actions[i].action;
			fault.error = actions[i].error;
			return;
		}
	}
	/* A test that asks for what is not there would test nothing. */
	abort();
}

static bool is_our_program(void)
{
	const char *want = getenv("FAULT_EXE"), *base;
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (!want)
		return true;
	exe[n > 0 ? n : 0] = '\0';
	base = strrchr(exe, '/');
	return base && strcmp(base + 1, want) == 0;
}

/* Out of the way of the descriptors that the program expects. */
static int open_report(const char *variable, int flags)
{
	const char *path = getenv(variable);
	int fd, high;

	if (!path)
		return -1;
	fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
	high = fcntl(fd, F_DUPFD_CLOEXEC, 200);
	close(fd);
	return high;
}

__attribute__((constructor)) static void fault_start(void)
{
	const char *root = getenv("SAFEXL_ROOT");

	if (!root || !*root || strlen(root) >= PATH_MAX || !is_our_program())
		return;
	memcpy(fault.root[0], root, strlen(root) + 1);
	if (!realpath(root, fault.root[1]))
		memcpy(fault.root[1], root, strlen(root) + 1);
	read_action();
	fault.count_fd = open_report("FAULT_COUNT_FILE", O_TRUNC);
	fault.log_fd = open_report("FAULT_LOG", O_APPEND);
	fault.active = true;
}

/* ---- one call ---- */

static void report(long n, enum kind kind, const char *name, const char *path)
{
	char line[PATH_MAX + 128];
	int len;

	if (fault.count_fd >= 0) {
		len = snprintf(line, sizeof(line), "%ld\n", n);
		syscall(SYS_pwrite64, fault.count_fd, line, (size_t)len, (off_t)0);
	}
	if (fault.log_fd >= 0) {
		len = snprintf(line, sizeof(line), "%ld %c %s %s\n", n, (int)kind, name, path);
		syscall(SYS_write, fault.log_fd, line, (size_t)len);
	}
}

static void die(void)
{
	kill(getpid(), SIGKILL);
	for (;;)
		pause();
}

/* What somebody else does meanwhile. */
static void run(void)
{
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, getenv("FAULT_RUN"), NULL };
	int status = -1;
	pid_t pid;

	fault.action = COUNT;
	if (!argv[2] || REAL(posix_spawn)(&pid, "/bin/sh", NULL, NULL, argv, environ) ||
	    REAL(waitpid)(pid, &status, 0) != pid || status)
		abort();
}

static bool can_fail(enum kind kind, int error)
{
	switch (error) {
	case ENOSPC:
		return kind == CREATE || kind == WRITE || kind == ALLOCATE || kind == RENAME ||
		       kind == SYNC;
	case EROFS:
	case EACCES:
		return kind == CREATE || kind == MODIFY || kind == REMOVE || kind == RENAME;
	default:
		return kind != PROCESS;
	}
}

static bool ends_with(const char *text, const char *suffix)
{
	size_t a = strlen(text), b = strlen(suffix);

	return a >= b && strcmp(text + a - b, suffix) == 0;
}

/* Count a call; its number, 0 when it is none of ours, -1 with errno when it is to fail. */
static long before(enum kind kind, const char *name, const char *path)
{
	/* fsyncs come from several threads at once. */
	long n = __atomic_add_fetch(&fault.count, 1, __ATOMIC_SEQ_CST);

	report(n, kind, name, path);
	if (fault.at_path && !fault.at && ends_with(path, fault.at_path) && --fault.nth <= 0)
		fault.at = n;
	if (n == fault.at &&
	    (fault.action == KILL_BEFORE || (fault.action == KILL_TORN && kind != WRITE)))
		die();
	if (n == fault.at && fault.action == RUN)
		run();
	if (fault.action == FAIL && (n == fault.at || (fault.onward && n > fault.at)) &&
	    can_fail(kind, fault.error)) {
		errno = fault.error;
		return -1;
	}
	return n;
}

static void after(long n)
{
	if (n && n == fault.at && fault.action == KILL_AFTER)
		die();
}

static bool is_below_root(const char *path)
{
	for (int i = 0; i < 2; i++) {
		size_t len = strlen(fault.root[i]);

		if (strncmp(path, fault.root[i], len) == 0 && (path[len] == '/' || !path[len]))
			return true;
	}
	return false;
}

static long before_fd(enum kind kind, const char *name, int fd)
{
	char link[64], path[PATH_MAX];
	int saved = errno;
	ssize_t n;

	if (!fault.active)
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	errno = saved;
	if (n < 0)
		return 0;
	path[n] = '\0';
	return is_below_root(path) ? before(kind, name, path) : 0;
}

/* The absolute form of a path given relative to a directory, good enough to tell whose it is. */
static void absolute(int dir, const char *path, char out[PATH_MAX])
{
	char link[64], base[PATH_MAX / 2] = "";
	ssize_t n = 0;

	if (path[0] != '/') {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
		n = readlink(dir == AT_FDCWD ? "/proc/self/cwd" : link, base, sizeof(base) - 1);
	}
	base[n > 0 ? n : 0] = '\0';
	snprintf(out, PATH_MAX, "%s%s%s", base, *base ? "/" : "", path);
}

static long before_path(enum kind kind, const char *name, int dir, const char *path)
{
	char full[PATH_MAX];
	int saved = errno;

	if (!fault.active)
		return 0;
	absolute(dir, path, full);
	errno = saved;
	return is_below_root(full) ? before(kind, name, full) : 0;
}

static long before_open(const char *name, int dir, const char *path, int flags)
{
	struct stat st;
	int saved = errno;
	bool there = fstatat(dir, path, &st, 0) == 0;

	errno = saved;
	/* A file that is there can be opened on a full disk as well. */
	if ((flags & O_CREAT) && !there)
		return before_path(CREATE, name, dir, path);
	if ((flags & O_TMPFILE) == O_TMPFILE)
		return before_path(CREATE, name, dir, path);
	if ((flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)))
		return before_path(MODIFY, name, dir, path);
	return 0;
}

/* ---- the calls ---- */

/* Give way to the real function, around which the call is counted. */
#define CALL(type, counted, fn, ...)            \
	do {                                    \
		long call_n = counted;          \
		type call_r;                    \
		if (call_n < 0)                 \
			return -1;              \
		call_r = REAL(fn)(__VA_ARGS__); \
		after(call_n);                  \
		return call_r;                  \
	} while (0)

#define MODE_OF(flags)                                                       \
	__extension__({                                                      \
		mode_t mode_arg = 0;                                         \
		if (((flags)&O_CREAT) || ((flags)&O_TMPFILE) == O_TMPFILE) { \
			va_list ap;                                          \
			va_start(ap, flags);                                 \
			mode_arg = va_arg(ap, mode_t);                       \
			va_end(ap);                                          \
		}                                                            \
		mode_arg;                                                    \
	})

int open(const char *path, int flags, ...)
{
	mode_t mode = MODE_OF(flags);

	CALL(int, before_open("open", AT_FDCWD, path, flags), open, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	mode_t mode = MODE_OF(flags);

	CALL(int, before_open("open", AT_FDCWD, path, flags), open64, path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...)
{
	mode_t mode = MODE_OF(flags);

	CALL(int, before_open("openat", dir, path, flags), openat, dir, path, flags, mode);
}

int openat64(int dir, const char *path, int flags, ...)
{
	mode_t mode = MODE_OF(flags);

	CALL(int, before_open("openat", dir, path, flags), openat64, dir, path, flags, mode);
}

/* What _FORTIFY_SOURCE makes of open() without a mode. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int dir, const char *path, int flags);
int __openat64_2(int dir, const char *path, int flags);

int __open_2(const char *path, int flags)
{
	CALL(int, before_open("open", AT_FDCWD, path, flags), __open_2, path, flags);
}

int __open64_2(const char *path, int flags)
{
	CALL(int, before_open("open", AT_FDCWD, path, flags), __open64_2, path, flags);
}

int __openat_2(int dir, const char *path, int flags)
{
	CALL(int, before_open("openat", dir, path, flags), __openat_2, dir, path, flags);
}

int __openat64_2(int dir, const char *path, int flags)
{
	CALL(int, before_open("openat", dir, path, flags), __openat64_2, dir, path, flags);
}

int creat(const char *path, mode_t mode)
{
	CALL(int, before_open("creat", AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC), creat, path,
	     mode);
}

int creat64(const char *path, mode_t mode)
{
	CALL(int, before_open("creat", AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC), creat64, path,
	     mode);
}

int mkstemp(char *path)
{
	CALL(int, before_path(CREATE, "mkstemp", AT_FDCWD, path), mkstemp, path);
}

int mkstemp64(char *path)
{
	CALL(int, before_path(CREATE, "mkstemp", AT_FDCWD, path), mkstemp64, path);
}

int mkostemp(char *path, int flags)
{
	CALL(int, before_path(CREATE, "mkostemp", AT_FDCWD, path), mkostemp, path, flags);
}

char *mkdtemp(char *path)
{
	long n = before_path(CREATE, "mkdtemp", AT_FDCWD, path);
	char *r = n < 0 ? NULL : REAL(mkdtemp)(path);

	after(n);
	return r;
}

/* Half of a write, as a crash may leave it. */
static bool is_torn(long n)
{
	return n > 0 && n == fault.at && fault.action == KILL_TORN;
}

ssize_t write(int fd, const void *bytes, size_t len)
{
	long n = before_fd(WRITE, "write", fd);
	ssize_t r = n < 0 ? -1 : REAL(write)(fd, bytes, is_torn(n) ? len / 2 : len);

	if (is_torn(n))
		die();
	after(n);
	return r;
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	long n = before_fd(WRITE, "pwrite", fd);
	ssize_t r = n < 0 ? -1 : REAL(pwrite)(fd, bytes, is_torn(n) ? len / 2 : len, at);

	if (is_torn(n))
		die();
	after(n);
	return r;
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
	return pwrite(fd, bytes, len, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	CALL(ssize_t, before_fd(ALLOCATE, "writev", fd), writev, fd, parts, count);
}

int fallocate(int fd, int mode, off_t at, off_t len)
{
	CALL(int, before_fd(ALLOCATE, "fallocate", fd), fallocate, fd, mode, at, len);
}

int fallocate64(int fd, int mode, off64_t at, off64_t len)
{
	return fallocate(fd, mode, at, len);
}

/* Gives the error back instead of setting errno. */
int posix_fallocate(int fd, off_t at, off_t len)
{
	long n = before_fd(ALLOCATE, "posix_fallocate", fd);
	int r = n < 0 ? fault.error : REAL(posix_fallocate)(fd, at, len);

	after(n);
	return r;
}

int posix_fallocate64(int fd, off64_t at, off64_t len)
{
	return posix_fallocate(fd, at, len);
}

int ftruncate(int fd, off_t len)
{
	CALL(int, before_fd(MODIFY, "ftruncate", fd), ftruncate, fd, len);
}

int ftruncate64(int fd, off64_t len)
{
	return ftruncate(fd, len);
}

int truncate(const char *path, off_t len)
{
	CALL(int, before_path(MODIFY, "truncate", AT_FDCWD, path), truncate, path, len);
}

int fsync(int fd)
{
	CALL(int, before_fd(SYNC, "fsync", fd), fsync, fd);
}

int fdatasync(int fd)
{
	CALL(int, before_fd(SYNC, "fdatasync", fd), fdatasync, fd);
}

int rename(const char *from, const char *to)
{
	CALL(int, before_path(RENAME, "rename", AT_FDCWD, to), rename, from, to);
}

int renameat(int dir1, const char *from, int dir2, const char *to)
{
	CALL(int, before_path(RENAME, "renameat", dir2, to), renameat, dir1, from, dir2, to);
}

int renameat2(int dir1, const char *from, int dir2, const char *to, unsigned flags)
{
	CALL(int, before_path(RENAME, "renameat2", dir2, to), renameat2, dir1, from, dir2, to,
	     flags);
}

int link(const char *from, const char *to)
{
	CALL(int, before_path(RENAME, "link", AT_FDCWD, to), link, from, to);
}

int linkat(int dir1, const char *from, int dir2, const char *to, int flags)
{
	CALL(int, before_path(RENAME, "linkat", dir2, to), linkat, dir1, from, dir2, to, flags);
}

int symlink(const char *text, const char *path)
{
	CALL(int, before_path(CREATE, "symlink", AT_FDCWD, path), symlink, text, path);
}

int unlink(const char *path)
{
	CALL(int, before_path(REMOVE, "unlink", AT_FDCWD, path), unlink, path);
}

int unlinkat(int dir, const char *path, int flags)
{
	CALL(int, before_path(REMOVE, "unlinkat", dir, path), unlinkat, dir, path, flags);
}

int remove(const char *path)
{
	CALL(int, before_path(REMOVE, "remove", AT_FDCWD, path), remove, path);
}

int mkdir(const char *path, mode_t mode)
{
	struct stat st;

	if (stat(path, &st) == 0) {
		errno = EEXIST;
		return -1;
	}
	CALL(int, before_path(CREATE, "mkdir", AT_FDCWD, path), mkdir, path, mode);
}

int mkdirat(int dir, const char *path, mode_t mode)
{
	CALL(int, before_path(CREATE, "mkdirat", dir, path), mkdirat, dir, path, mode);
}

int rmdir(const char *path)
{
	CALL(int, before_path(REMOVE, "rmdir", AT_FDCWD, path), rmdir, path);
}

int chmod(const char *path, mode_t mode)
{
	CALL(int, before_path(MODIFY, "chmod", AT_FDCWD, path), chmod, path, mode);
}

int fchmod(int fd, mode_t mode)
{
	CALL(int, before_fd(MODIFY, "fchmod", fd), fchmod, fd, mode);
}

int fchmodat(int dir, const char *path, mode_t mode, int flags)
{
	CALL(int, before_path(MODIFY, "fchmodat", dir, path), fchmodat, dir, path, mode, flags);
}

int chown(const char *path, uid_t uid, gid_t gid)
{
	CALL(int, before_path(MODIFY, "chown", AT_FDCWD, path), chown, path, uid, gid);
}

int fchown(int fd, uid_t uid, gid_t gid)
{
	CALL(int, before_fd(MODIFY, "fchown", fd), fchown, fd, uid, gid);
}

int fsetxattr(int fd, const char *name, const void *value, size_t len, int flags)
{
	CALL(int, before_fd(MODIFY, "fsetxattr", fd), fsetxattr, fd, name, value, len, flags);
}

int fremovexattr(int fd, const char *name)
{
	CALL(int, before_fd(MODIFY, "fremovexattr", fd), fremovexattr, fd, name);
}

int utimes(const char *path, const struct timeval times[2])
{
	CALL(int, before_path(MODIFY, "utimes", AT_FDCWD, path), utimes, path, times);
}

int utimensat(int dir, const char *path, const struct timespec times[2], int flags)
{
	CALL(int, before_path(MODIFY, "utimensat", dir, path), utimensat, dir, path, times, flags);
}

int futimens(int fd, const struct timespec times[2])
{
	CALL(int, before_fd(MODIFY, "futimens", fd), futimens, fd, times);
}

/* ---- processes ---- */

static long before_process(const char *name, const char *what)
{
	return fault.active ? before(PROCESS, name, what) : 0;
}

pid_t fork(void)
{
	long n = before_process("fork", "");
	pid_t pid = REAL(fork)();

	/* What the child does until it is another program is not counted. */
	if (pid == 0)
		fault.active = false;
	else
		after(n);
	return pid;
}

/* A wrapper cannot return twice as vfork does. */
pid_t vfork(void)
{
	return fork();
}

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
		const posix_spawnattr_t *attr, char *const argv[], char *const envp[])
{
	long n = before_process("posix_spawn", path);
	int r = REAL(posix_spawn)(pid, path, actions, attr, argv, envp);

	after(n);
	return r;
}

int execv(const char *path, char *const argv[])
{
	before_process("execv", path);
	return REAL(execv)(path, argv);
}

int execve(const char *path, char *const argv[], char *const envp[])
{
	before_process("execve", path);
	return REAL(execve)(path, argv, envp);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
	long n = before_process("waitpid", "");
	pid_t r = REAL(waitpid)(pid, status, options);

	after(n);
	return r;
}

int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
	long n = before_process("waitid", "");
	int r = REAL(waitid)(type, id, info, options);

	after(n);
	return r;
}
