/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lines typed in the shell, and their file: one line each, appended at once, so that parallel
 * shells and a lost connection lose nothing. Each shell trims the file when it begins and when it
 * ends.
 */
#include "caller.h"
#include "shell.h"

#include "base/path.h"
#include "host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

/*
 * The directory for programs' state: $XDG_STATE_HOME or ~/.local/state; NULL: no home. Heap string.
 * With lent rights the environment does not count: the caller could make us write elsewhere.
 */
static char *state_dir(void)
{
	bool other = caller_is_other();
	const char *state = other ? NULL : getenv("XDG_STATE_HOME");
	const char *home = other ? NULL : getenv("HOME");
	struct passwd *pw = home && *home == '/' ? NULL : getpwuid(geteuid());

	if (state && *state == '/')
		return sx_strdup(state);
	if (pw)
		home = pw->pw_dir;
	return home && *home == '/' ? sx_path_join(home, ".local/state") : NULL;
}

static char *history_path(struct sx_err *err)
{
	SX_FREE char *base = state_dir(), *dir = NULL;

	if (!base) {
		sx_err_set(err, SX_EFAIL, "no history is kept: there is no home directory");
		return NULL;
	}
	dir = sx_path_join(base, "safexl");
	if (sx_path_mkdirs(dir, 0700, err)) {
		sx_err_wrap(err, "no history is kept");
		return NULL;
	}
	return sx_path_join(dir, "history");
}

/* Open and lock the file; retry if another shell replaced it while we waited. -1 with err. */
static int open_locked(const char *path, struct sx_err *err)
{
	for (;;) {
		int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
		struct stat mine, there;

		if (fd < 0 || flock(fd, LOCK_EX) || fstat(fd, &mine)) {
			sx_err_sys(err, SX_EFAIL, "no history is kept: %s", path);
			sx_cleanup_close(&fd);
			return -1;
		}
		if (!S_ISREG(mine.st_mode)) {
			close(fd);
			return sx_err_set(err, SX_EFAIL,
					  "no history is kept: %s is not a regular file", path);
		}
		if (lstat(path, &there) == 0 && there.st_ino == mine.st_ino &&
		    there.st_dev == mine.st_dev) {
			/* Lines may hold passwords. */
			if (mine.st_mode & 077 && fchmod(fd, 0600))
				sx_err_clear(err);
			return fd;
		}
		close(fd);
	}
}

/* Append the line; remove an equal earlier one. */
static void add_line(struct sx_words *lines, const char *line)
{
	for (size_t i = 0; i < lines->len; i++) {
		if (strcmp(lines->items[i], line) != 0)
			continue;
		free(lines->items[i]);
		memmove(&lines->items[i], &lines->items[i + 1],
			(lines->len - i) * sizeof(lines->items[0]));
		lines->len--;
		break;
	}
	sx_words_add(lines, line);
}

static void drop_oldest(struct sx_words *lines)
{
	size_t over = lines->len > SHELL_HISTORY_MAX ? lines->len - SHELL_HISTORY_MAX : 0;

	for (size_t i = 0; i < over; i++)
		free(lines->items[i]);
	if (over)
		memmove(lines->items, lines->items + over,
			(lines->len - over + 1) * sizeof(lines->items[0]));
	lines->len -= over;
}

/* Read the newest lines; *whole: the file holds no others. */
static int read_lines(int fd, struct sx_words *lines, bool *whole, struct sx_err *err)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	SX_FCLOSE FILE *f = copy < 0 ? NULL : fdopen(copy, "r");
	SX_FREE char *line = NULL;
	size_t cap = 0, count = 0;
	ssize_t len;

	if (!f) {
		sx_cleanup_close(&copy);
		return sx_err_sys(err, SX_EFAIL, "history cannot be read");
	}
	rewind(f);
	while ((len = getline(&line, &cap, f)) > 0) {
		if (line[len - 1] == '\n')
			line[--len] = '\0';
		count++;
		if (len && strlen(line) == (size_t)len)
			add_line(lines, line);
		if (lines->len > SHELL_HISTORY_MAX + SHELL_HISTORY_MAX / 2)
			drop_oldest(lines);
	}
	drop_oldest(lines);
	*whole = count == lines->len;
	return ferror(f) ? sx_err_sys(err, SX_EFAIL, "history cannot be read") : 0;
}

static int write_lines(const char *path, const struct sx_words *lines, struct sx_err *err)
{
	SX_STR text = { 0 };

	for (size_t i = 0; i < lines->len; i++)
		sx_str_addf(&text, "%s\n", lines->items[i]);
	return file_write_cache(path, sx_str_text(&text), text.len, err)
		       ? sx_err_wrap(err, "history cannot be written")
		       : 0;
}

/* Read the file; rewrite it if it holds too much. */
static int compact(const char *path, struct sx_words *lines, struct sx_err *err)
{
	SX_CLOSE int fd = open_locked(path, err);
	bool whole = false;

	if (fd < 0 || read_lines(fd, lines, &whole, err))
		return -1;
	return whole ? 0 : write_lines(path, lines, err);
}

int shell_history_load(struct shell_history *h, struct sx_err *err)
{
	SX_FREE char *path = history_path(err);

	if (!path || compact(path, &h->lines, err))
		return -1;
	h->path = sx_steal(&path);
	return 0;
}

/*
 * Failing to write is no reason to disturb the user: the line is still kept in memory. Two lines
 * never become one: one that has no room leaves nothing, one without an end is ended.
 */
static void append(const char *path, const char *line)
{
	SX_ERR ignored = { 0 };
	SX_CLOSE int fd = open_locked(path, &ignored);
	off_t end = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	char last = '\n';
	bool open = end > 0 && pread(fd, &last, 1, end - 1) == 1 && last != '\n';
	SX_FREE char *text = sx_format("%s%s\n", open ? "\n" : "", line);

	if (end >= 0 && file_write_all(fd, text, strlen(text)) && ftruncate(fd, end))
		sx_err_clear(&ignored);
}

void shell_history_add(struct shell_history *h, const char *line)
{
	bool repeated = h->lines.len && strcmp(h->lines.items[h->lines.len - 1], line) == 0;

	if (*line == ' ' || *line == '\t' || !*line)
		return;
	add_line(&h->lines, line);
	drop_oldest(&h->lines);
	if (h->path && !repeated && !strchr(line, '\n'))
		append(h->path, line);
}

int shell_history_clear(struct shell_history *h, struct sx_err *err)
{
	SX_CLOSE int fd = -1;

	sx_words_dispose(&h->lines);
	if (!h->path)
		return 0;
	/* Locked, so that another shell that trims the file now does not bring the lines back. */
	fd = open_locked(h->path, err);
	if (fd < 0)
		return -1;
	return ftruncate(fd, 0)
		       ? sx_err_sys(err, SX_EFAIL, "history cannot be cleared: %s", h->path)
		       : 0;
}

void shell_history_close(struct shell_history *h)
{
	SX_WORDS lines = { 0 };
	SX_ERR err = { 0 };

	if (h->path && compact(h->path, &lines, &err))
		sx_err_clear(&err);
	sx_words_dispose(&h->lines);
	sx_put(&h->path, NULL);
}
