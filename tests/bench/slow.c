/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk whose flush takes 7 ms longer, for a program that loads this before its C library. */
#include <dlfcn.h>
#include <time.h>
#include <unistd.h>

static int flush_slowly(const char *name, int fd)
{
	int (*flush)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
	int result = flush(fd);

	nanosleep(&(struct timespec){ .tv_nsec = 7000000 }, NULL);
	return result;
}

int fsync(int fd)
{
	return flush_slowly("fsync", fd);
}

int fdatasync(int fd)
{
	return flush_slowly("fdatasync", fd);
}

int syncfs(int fd)
{
	return flush_slowly("syncfs", fd);
}
