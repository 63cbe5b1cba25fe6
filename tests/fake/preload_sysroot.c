/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Preloaded into the first stage: the machine's files that it asks for (/sys, /usr, /proc/self/exe)
 * are taken from below FAKE_SYSROOT, so that any version of Xen can be running. A file that is
 * executed sees its own path as argv[0].
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* The path below the root in `buf`, or the path itself. */
static const char *moved(const char *path, char *buf, size_t size)
{
	const char *root = getenv("FAKE_SYSROOT");

	if (!root || (strncmp(path, "/sys/", 5) && strncmp(path, "/usr/", 5)))
		return path;
	snprintf(buf, size, "%s%s", root, path);
	return buf;
}

int open(const char *path, int flags, ...)
{
	char buf[4096];
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = (mode_t)(flags & O_CREAT ? va_arg(ap, int) : 0);
	va_end(ap);
	return NEXT(open)(moved(path, buf, sizeof(buf)), flags, mode);
}

int access(const char *path, int mode)
{
	char buf[4096];

	return NEXT(access)(moved(path, buf, sizeof(buf)), mode);
}

int stat(const char *restrict path, struct stat *restrict out)
{
	char buf[4096];

	return NEXT(stat)(moved(path, buf, sizeof(buf)), out);
}

int execv(const char *path, char *const argv[])
{
	char buf[4096];

	return NEXT(execv)(moved(path, buf, sizeof(buf)), argv);
}
