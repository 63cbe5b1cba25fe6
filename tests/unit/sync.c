/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fsync of several files at once: all of them, with the error of any. */
#include "tap.h"

#include "base/vec.h"
#include "host/sync.h"

#include <fcntl.h>

#define FILES 20

static void make_files(const char *dir, struct sx_words *paths)
{
	for (int i = 0; i < FILES; i++) {
		SX_FREE char *path = sx_format("%s/%d", dir, i);
		SX_CLOSE int fd = open(path, O_WRONLY | O_CREAT, 0600);

		if (fd < 0 || write(fd, "x", 1) != 1)
			exit(2);
		sx_words_add(paths, path);
	}
	sx_words_add(paths, dir);
}

static void test_missing(struct tap *t, struct sx_words *paths, size_t at)
{
	SX_FREE char *kept = paths->items[at];
	SX_FREE char *what = sx_format("number %zu cannot be opened: an error", at);
	SX_ERR err = { 0 };

	paths->items[at] = sx_strdup("/nonexistent/file");
	tap_ok(t, sync_paths(sx_words_argv(paths), &err) == -1, what);
	tap_is(t, err.msg, "write /nonexistent/file to disk: No such file or directory",
	       "that names it");
	free(paths->items[at]);
	paths->items[at] = sx_steal(&kept);
}

int main(void)
{
	char dir[] = "/tmp/safexl-sync.XXXXXX";
	struct tap t = { 0 };
	SX_WORDS paths = { 0 };
	SX_ERR err = { 0 };

	if (!mkdtemp(dir))
		return 2;
	make_files(dir, &paths);
	tap_ok(&t, sync_paths((char *[]){ NULL }, &err) == 0, "nothing to do");
	tap_ok(&t, sync_paths((char *[]){ dir, NULL }, &err) == 0, "a directory alone");
	tap_ok(&t, sync_paths(sx_words_argv(&paths), &err) == 0, "files and their directory");
	test_missing(&t, &paths, 0);
	test_missing(&t, &paths, 7);
	test_missing(&t, &paths, FILES);
	for (size_t i = 0; i < FILES; i++)
		unlink(paths.items[i]);
	rmdir(dir);
	return tap_end(&t);
}
