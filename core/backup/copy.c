/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies bytes into a backup, and reads them back to check them. */
#include "backup/private.h"
#include "snapshot/kind.h"

#include <fcntl.h>
#include <string.h>

struct passing {
	struct sum *sum;
	struct bytes_told told;
	int64_t size;
};

static int step(const char *bytes, size_t len, void *arg, struct sx_err *err)
{
	struct passing *p = arg;

	return sum_add(p->sum, bytes, len, err);
}

/* Copy `from` to `to` (-1: only read), and sum the bytes. */
static int pass(struct passing *p, int from, int to, const char *path, char digits[SUM_DIGITS + 1],
		struct sx_err *err)
{
	const struct bytes_watch watch = { step, p, p->told };
	SUM *sum = NULL;

	if (sum_begin(&sum, err))
		return -1;
	p->sum = sum;
	return bytes_pass(from, to, path, p->size, true, &watch, err) || sum_end(sum, digits, err)
		       ? -1
		       : 0;
}

/* Open to read from the disk, not from the page cache, as far as the file system allows that. */
static int open_past_cache(const char *path, struct sx_err *err)
{
	int fd = bytes_open(path, err);

	if (fd >= 0 && posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) == 0)
		(void)fcntl(fd, F_SETFL, O_RDONLY | O_DIRECT);
	return fd;
}

int backup_sum(const char *path, int64_t size, const char *what,
	       const struct flow_progress *progress, char digits[SUM_DIGITS + 1],
	       struct sx_err *err)
{
	struct passing p = { .told = { progress, what }, .size = size };
	SX_CLOSE int fd = open_past_cache(path, err);

	return fd < 0 ? -1 : pass(&p, fd, -1, path, digits, err);
}

int backup_sum_file(const char *path, const struct flow_progress *progress, const char *what,
		    char digits[SUM_DIGITS + 1], struct sx_err *err)
{
	int64_t size = bytes_size_of(path, err);

	return size < 0 ? -1 : backup_sum(path, size, what, progress, digits, err);
}

static int write_through(const struct backup_copying *c, char digits[SUM_DIGITS + 1],
			 struct sx_err *err)
{
	struct passing p = { .told = { c->progress, c->what }, .size = c->size };
	SX_CLOSE int from = bytes_open(c->from, err);
	SX_CLOSE int to = -1;

	if (from < 0)
		return -1;
	to = file_create_new(c->to, err);
	if (to < 0 || pass(&p, from, to, c->to, digits, err))
		return -1;
	return fsync(to) ? sx_err_sys(err, SX_ECANTWRITE, "write %s to disk", c->to) : 0;
}

int backup_copy(const struct backup_copying *c, char digits[SUM_DIGITS + 1], struct sx_err *err)
{
	SX_FREE char *what = sx_format("%s, read back", c->what);
	char there[SUM_DIGITS + 1];

	if (write_through(c, digits, err) ||
	    backup_sum(c->to, c->size, what, c->progress, there, err))
		return -1;
	if (strcmp(digits, there) == 0)
		return 0;
	return sx_err_set(err, SX_ECANTWRITE, "%s does not have the bytes that were written to it",
			  c->to);
}
