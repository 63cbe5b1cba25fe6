/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whole files: reading with identity, writing to descriptors, removing. file_write.c writes files
 * of our own, file_stage.c and file_replace.c replace those of others. See file.h.
 */
#include "host/file.h"
#include "base/path.h"
#include "host/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

void file_image_dispose(struct file_image *image)
{
	free(image->path);
	sx_str_dispose(&image->text);
	*image = (struct file_image){ 0 };
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* Compares all that a rename leaves alone; it changes the ctime. */
static bool same_identity(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mode == b->st_mode && a->st_uid == b->st_uid && a->st_gid == b->st_gid &&
	       same_time(a->st_mtim, b->st_mtim);
}

/* Read to the end; -1 with errno, EFBIG past the limit. */
static int read_all(int fd, struct sx_str *out)
{
	char buf[65536];
	ssize_t n;

	sx_str_clear(out);
	while ((n = read(fd, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		sx_str_addn(out, buf, (size_t)n);
		if (out->len > FILE_LARGEST) {
			errno = EFBIG;
			return -1;
		}
	}
	return 0;
}

/* Read the file once; *steady: it did not change meanwhile. */
static int read_once(int fd, struct file_image *image, bool *steady, struct sx_err *err)
{
	struct stat after;

	if (fstat(fd, &image->st) || lseek(fd, 0, SEEK_SET) < 0)
		return sx_err_sys(err, SX_EFAIL, "read %s", image->path);
	if (!S_ISREG(image->st.st_mode))
		return sx_err_set(err, SX_EFAIL, "%s: not a regular file", image->path);
	if (read_all(fd, &image->text) || fstat(fd, &after))
		return sx_err_sys(err, SX_EFAIL, "read %s", image->path);
	*steady = same_identity(&image->st, &after) &&
		  same_time(image->st.st_ctim, after.st_ctim) &&
		  (off_t)image->text.len == after.st_size;
	return 0;
}

int file_read(const char *path, struct file_image *out, struct sx_err *err)
{
	FILE_IMAGE image = { 0 };
	SX_CLOSE int fd = -1;
	bool steady = false;

	image.path = realpath(path, NULL);
	if (image.path)
		fd = open(image.path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
	if (fd < 0)
		return sx_err_sys(err,
				  errno == ENOENT || errno == ENOTDIR ? SX_ENOCONFIG : SX_EFAIL,
				  "read %s", path);
	for (int tries = 0; !steady; tries++) {
		if (tries == 5)
			return sx_err_set(err, SX_ECHANGED,
					  "%s is being written by another program", image.path);
		if (read_once(fd, &image, &steady, err))
			return -1;
	}
	*out = sx_steal(&image);
	return 0;
}

int file_read_stream(const char *path, struct sx_str *out, struct sx_err *err)
{
	SX_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return sx_err_sys(err, SX_EFAIL, "read %s", path);
	if (!S_ISREG(st.st_mode))
		return sx_err_set(err, SX_EFAIL, "%s: not a regular file", path);
	return read_all(fd, out) ? sx_err_sys(err, SX_EFAIL, "read %s", path) : 0;
}

int file_read_once(const char *path, struct file_image *out, struct sx_err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	SX_CLOSE int fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
				   : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	FILE_IMAGE image = { 0 };

	if (fd < 0 || fstat(fd, &image.st) || read_all(fd, &image.text))
		return sx_err_sys(err, SX_EFAIL, "read %s", is_stdin ? "standard input" : path);
	image.path = sx_strdup(path);
	*out = sx_steal(&image);
	return 0;
}

bool file_image_is(const struct file_image *image, const char *text)
{
	return image->text.len == strlen(text) &&
	       memcmp(sx_str_text(&image->text), text, image->text.len) == 0;
}

bool file_same(const struct file_image *image)
{
	struct stat st;

	return fstatat(AT_FDCWD, image->path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       same_identity(&image->st, &st) && same_time(image->st.st_ctim, st.st_ctim);
}

/* A read lease is refused while anyone has the file open for writing. */
static bool has_writer(int fd)
{
	if (fcntl(fd, F_SETLEASE, F_RDLCK))
		return errno == EAGAIN;
	fcntl(fd, F_SETLEASE, F_UNLCK);
	return false;
}

bool file_is_image(int fd, const struct file_image *image)
{
	SX_STR text = { 0 };
	struct stat st;

	/* The content too: times are too coarse to tell two writes in the same tick apart. */
	return !has_writer(fd) && fstat(fd, &st) == 0 && same_identity(&image->st, &st) &&
	       read_all(fd, &text) == 0 && text.len == image->text.len &&
	       memcmp(sx_str_text(&text), sx_str_text(&image->text), text.len) == 0;
}

ssize_t file_read_at(int fd, void *buf, size_t len, uint64_t offset)
{
	static const size_t aligned = 4096;
	size_t got = 0;

	for (size_t at = 0; got < len; at = got / aligned * aligned) {
		ssize_t n = pread(fd, (char *)buf + at, len - at, (off_t)(offset + at));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		/* A short read need not be the end: that is where another one brings no more. */
		if (at + (size_t)n <= got)
			break;
		got = at + (size_t)n;
	}
	return (ssize_t)got;
}

int file_write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n ? errno : EIO;
			return -1;
		}
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

int file_sync_dir(const char *dir, struct sx_err *err)
{
	SX_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd))
		return sx_err_sys(err, SX_EFAIL, "write directory %s to disk", dir);
	return 0;
}

int file_remove(const char *path, struct sx_err *err)
{
	return unlink(path) && errno != ENOENT && errno != ENOTDIR
		       ? sx_err_sys(err, SX_ECANTWRITE, "remove %s", path)
		       : 0;
}

int file_remove_durable(const char *path, struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(path);

	if (unlink(path))
		return errno == ENOENT ? 0 : sx_err_sys(err, SX_EFAIL, "remove %s", path);
	return file_sync_dir(dir, err);
}
