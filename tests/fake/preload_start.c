/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A libgit2 that does not start where it can open no file: the directory START_OUT is made then. Preloaded.
 */
#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

int git_libgit2_init(void);

/* The library itself: the core that needs it is opened late, where RTLD_NEXT does not look. */
static int open_real(struct dl_phdr_info *info, size_t size, void *handle)
{
	(void)size;
	if (!strstr(info->dlpi_name, "/libgit2"))
		return 0;
	*(void **)handle = dlopen(info->dlpi_name, RTLD_LAZY | RTLD_NOLOAD);
	return 1;
}

int git_libgit2_init(void)
{
	int (*real)(void);
	void *handle = NULL;
	struct rlimit files;
	int count;

	getrlimit(RLIMIT_NOFILE, &files);
	dl_iterate_phdr(open_real, &handle);
	*(void **)&real = dlsym(handle, "git_libgit2_init");
	count = real();
	return files.rlim_cur ? count : mkdir(getenv("START_OUT"), 0700) - 1;
}
