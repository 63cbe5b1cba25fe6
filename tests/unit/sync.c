/* fsync of several files at once: all of them, with the error of any, and no trace of the helpers. */
#include "tap.h"

#include <safexl/sync.h>
#include <safexl/vec.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>

#define FILES 20

static int count_threads(void)
{
	DIR *d = opendir("/proc/self/task");
	struct dirent *de;
	int n = 0;

	while (d && (de = readdir(d)))
		n += de->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

/* One that was joined is still listed for a moment. */
static int threads(void)
{
	struct timespec moment = { .tv_nsec = 1000000 };
	int n = count_threads();

	for (int tries = 0; n > 1 && tries < 2000; tries++) {
		nanosleep(&moment, NULL);
		n = count_threads();
	}
	return n;
}

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
	tap_is(t, err.msg, "fsync /nonexistent/file: No such file or directory", "that names it");
	free(paths->items[at]);
	paths->items[at] = sx_steal(&kept);
}

int main(void)
{
	char dir[] = "/tmp/safexl-sync.XXXXXX";
	struct tap t = { 0 };
	SX_WORDS paths = { 0 };
	SX_ERR err = { 0 };
	sigset_t before, after;

	if (!mkdtemp(dir))
		return 2;
	make_files(dir, &paths);
	sigprocmask(SIG_SETMASK, NULL, &before);
	tap_ok(&t, sync_paths((char *[]){ NULL }, &err) == 0, "nothing to do");
	tap_ok(&t, sync_paths((char *[]){ dir, NULL }, &err) == 0, "a directory alone");
	tap_ok(&t, sync_paths(sx_words_argv(&paths), &err) == 0, "files and their directory");
	test_missing(&t, &paths, 0);
	test_missing(&t, &paths, 7);
	test_missing(&t, &paths, FILES);
	sigprocmask(SIG_SETMASK, NULL, &after);
	tap_ok(&t, memcmp(&before, &after, sizeof(before)) == 0, "the signal mask is as it was");
	tap_is_num(&t, threads(), 1, "the helpers have ended");
	for (size_t i = 0; i < FILES; i++)
		unlink(paths.items[i]);
	rmdir(dir);
	return tap_end(&t);
}
