/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A directory with one file in it, for the tests of whole files. */
#pragma once

#include "tap.h"

#include "host/file.h"

#include <dirent.h>
#include <ftw.h>
#include <sys/wait.h>

#define OLD "name = 'web1'\n"
#define NEW "name = 'web1'\nmemory = 512\n"

struct world {
	struct tap t;
	char dir[64];
	char *path; /* the file under test */
};

static inline void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (!f || fputs(text, f) < 0 || fclose(f))
		abort();
}

static inline char *get(const char *path)
{
	FILE_IMAGE image = { 0 };
	SX_ERR err = { 0 };

	return file_read(path, &image, &err) ? sx_strdup("(unreadable)") : sx_str_take(&image.text);
}

static inline void is_text(struct world *w, const char *path, const char *want, const char *what)
{
	SX_FREE char *got = get(path);

	tap_is(&w->t, got, want, what);
}

/* Entries of the directory that are not the file under test. */
static inline int others(const struct world *w)
{
	DIR *d = opendir(w->dir);
	struct dirent *entry;
	int n = 0;

	while (d && (entry = readdir(d)))
		n += entry->d_type == DT_REG && strcmp(entry->d_name, "web1.cfg") != 0;
	if (d)
		closedir(d);
	return n;
}

/* Read, stage, do something (may be NULL), replace; gives the code of the error. */
static inline enum sx_code change(const char *path, const char *text,
				  void (*between)(const char *path))
{
	FILE_IMAGE image = { 0 };
	FILE_STAGED staged = { 0 };
	SX_ERR err = { 0 };

	if (file_read(path, &image, &err) || file_stage(&image, text, strlen(text), &staged, &err))
		return err.code;
	if (between)
		between(image.path);
	return file_replace(&image, &staged, &err) ? err.code : SX_OK;
}

/* Run a part of a test in a child; its exit status, or -1. */
static inline int in_child(struct world *w, int (*part)(struct world *w))
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(part(w));
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static inline int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static inline void world_open(struct world *w)
{
	*w = (struct world){ .dir = "/tmp/safexl-file.XXXXXX" };
	if (!mkdtemp(w->dir))
		abort();
	w->path = sx_format("%s/web1.cfg", w->dir);
	put(w->path, OLD);
}

static inline int world_close(struct world *w)
{
	nftw(w->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	free(w->path);
	return tap_end(&w->t);
}
