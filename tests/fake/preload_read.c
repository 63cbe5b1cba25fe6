/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Faults of reading: preloaded into the program under test, it counts what is done to the file whose
 * path ends in $READ_FAULT, and lets the n-th of these calls fail with EIO. Environment:
 *
 *   READ_FAULT        end of the path, as /proc/self/fd has it
 *   READ_FAULT_CALL   pread, open (for reading; a look with O_PATH is none) or flush; flip: pread, which does not
 *                     fail, but reads one bit wrong; short: pread, which reads a part only
 *   READ_FAULT_AT     n, counted from 1; 0: count only; "all": each one
 *   READ_FAULT_COUNT  file that receives the number of calls
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static atomic_long count;

static bool ends_in_ours(const char *path)
{
	const char *want = getenv("READ_FAULT");
	size_t len = want ? strlen(want) : 0, all = strlen(path);

	return len && all >= len && strcmp(path + all - len, want) == 0;
}

/* Is this call on the file one that fails? */
static bool fails(const char *call, const char *path)
{
	const char *at = getenv("READ_FAULT_AT"), *which = getenv("READ_FAULT_CALL");
	const char *file = getenv("READ_FAULT_COUNT");
	char text[32];
	long n;
	int fd;

	if (!at || !which || strcmp(which, call) != 0 || !ends_in_ours(path))
		return false;
	n = atomic_fetch_add(&count, 1) + 1;
	fd = file ? NEXT(open)(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
	if (fd >= 0) {
		int len = snprintf(text, sizeof(text), "%ld\n", n);

		if (NEXT(pwrite)(fd, text, (size_t)len, 0) != len)
			abort();
		close(fd);
	}
	if (strcmp(at, "all") != 0 && strtol(at, NULL, 10) != n)
		return false;
	errno = EIO;
	return true;
}

static bool fails_on(const char *call, int fd)
{
	char link[64], path[PATH_MAX];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	path[len < 0 ? 0 : len] = '\0';
	return fails(call, path);
}

ssize_t pread(int fd, void *buf, size_t len, off_t offset)
{
	/* The question whether a file system can do without the page cache is no look at anything. */
	bool asks = offset == 0 && len == 4096;

	ssize_t n = !asks && fails_on("pread", fd) ? -1 : NEXT(pread)(fd, buf, len, offset);

	if (n > 0 && !asks && fails_on("flip", fd))
		*(unsigned char *)buf ^= 1;
	if (n > 1 && !asks && fails_on("short", fd))
		n = n / 2 + 1;
	return n;
}

int open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = (mode_t)(flags & O_CREAT ? va_arg(ap, int) : 0);
	va_end(ap);
	if (!(flags & O_PATH) && (flags & O_ACCMODE) == O_RDONLY && fails("open", path))
		return -1;
	return NEXT(open)(path, flags, mode);
}

/* What open() is where the compiler does not know the flags. */
int __open_2(const char *path, int flags);
int __open_2(const char *path, int flags)
{
	return open(path, flags);
}

int sync_file_range(int fd, off_t offset, off_t len, unsigned flags)
{
	return fails_on("flush", fd) ? -1 : NEXT(sync_file_range)(fd, offset, len, flags);
}

int fsync(int fd)
{
	return fails_on("flush", fd) ? -1 : NEXT(fsync)(fd);
}
