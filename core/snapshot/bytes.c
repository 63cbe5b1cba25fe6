/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies, compares and digests bytes of disks, for the kinds: see kind.h. */
#include "base/path.h"
#include "host/digest.h"
#include "host/file.h"
#include "snapshot/kind.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

static const size_t step_bytes = 4 << 20;

int bytes_open(const char *path, struct sx_err *err)
{
	SX_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int made;

	if (fd < 0 || fstat(fd, &st))
		return sx_err_sys(err, SX_EFAIL, "open %s", path);
	if (S_ISBLK(st.st_mode) && fcntl(fd, F_SETFL, O_RDONLY | O_DIRECT))
		return sx_err_sys(err, SX_EFAIL, "read %s past the page cache", path);
	made = fd;
	fd = -1;
	return made;
}

int64_t bytes_size(int fd, const char *path, struct sx_err *err)
{
	struct stat st;
	uint64_t size;

	if (fstat(fd, &st))
		return sx_err_sys(err, SX_EFAIL, "%s", path);
	if (S_ISREG(st.st_mode))
		return st.st_size;
	if (ioctl(fd, BLKGETSIZE64, &size))
		return sx_err_sys(err, SX_EFAIL, "the size of %s", path);
	return (int64_t)size;
}

int64_t bytes_size_of(const char *path, struct sx_err *err)
{
	SX_CLOSE int fd = bytes_open(path, err);

	return fd < 0 ? -1 : bytes_size(fd, path, err);
}

static bool is_zero(const char *bytes, size_t len)
{
	return !len || (bytes[0] == 0 && memcmp(bytes, bytes + 1, len - 1) == 0);
}

/* Signals are held while a guest is paused; a long copy looks for pending ones here. */
static bool is_interrupted(void)
{
	sigset_t set;

	return sigpending(&set) == 0 && (sigismember(&set, SIGINT) || sigismember(&set, SIGTERM) ||
					 sigismember(&set, SIGHUP));
}

static int write_at(int fd, const char *bytes, size_t len, int64_t at)
{
	while (len) {
		ssize_t n = pwrite(fd, bytes, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		bytes += n;
		len -= (size_t)n;
		at += n;
	}
	return 0;
}

/* `sparse`: a block of zeros stays a hole in the new file. */
static int write_blocks(int fd, const char *bytes, size_t len, int64_t at, bool sparse)
{
	static const size_t block = 64 << 10;

	for (size_t i = 0; i < len; i += block) {
		size_t n = len - i < block ? len - i : block;

		if (sparse && is_zero(bytes + i, n))
			continue;
		if (write_at(fd, bytes + i, n, at + (int64_t)i))
			return -1;
	}
	return 0;
}

/* Read the next step: how many bytes, at most `want`; -1 with the error. */
static ssize_t read_step(int from, char *bytes, size_t want, int64_t at, const char *path,
			 struct sx_err *err)
{
	ssize_t n;

	if (is_interrupted())
		return sx_err_set(err, SX_EFAIL, "interrupted while %s was written", path);
	n = file_read_at(from, bytes, step_bytes, (uint64_t)at);
	if (n < 0)
		return sx_err_sys(err, SX_EFAIL, "read what %s is made of", path);
	if (n == 0)
		return sx_err_set(err, SX_EFAIL, "what %s is made of ends early", path);
	return (size_t)n > want ? (ssize_t)want : n;
}

static void tell(const struct bytes_told *told, int64_t done, int64_t size)
{
	if (told && told->progress && told->progress->tell)
		told->progress->tell(told->what, done, size, told->progress->arg);
}

int bytes_pass(int from, int to, const char *path, int64_t size, bool sparse,
	       const struct bytes_watch *watch, struct sx_err *err)
{
	SX_FREE char *bytes = aligned_alloc(4096, step_bytes);

	if (!bytes)
		return sx_err_set(err, SX_EFAIL, "no memory to copy %s with", path);
	if (to >= 0 && sparse && ftruncate(to, size))
		return sx_err_sys(err, SX_ECANTWRITE, "write %s", path);
	tell(&watch->told, 0, size);
	for (int64_t at = 0; at < size;) {
		size_t want = size - at < (int64_t)step_bytes ? (size_t)(size - at) : step_bytes;
		ssize_t n = read_step(from, bytes, want, at, path, err);

		if (n < 0)
			return -1;
		if (to >= 0 && write_blocks(to, bytes, (size_t)n, at, sparse))
			return sx_err_sys(err, SX_ECANTWRITE, "write %s", path);
		if (watch->step && watch->step(bytes, (size_t)n, watch->arg, err))
			return -1;
		at += n;
		tell(&watch->told, at, size);
	}
	return 0;
}

/* ---- a device in place ---- */

enum { piece = 4096 }; /* no snapshot of LVM has smaller chunks */

/* Write the pieces that differ, adjacent ones at once. */
static int write_changed(int fd, const char *wanted, const char *there, size_t len, int64_t at)
{
	for (size_t i = 0; i < len;) {
		size_t end = i;

		while (end < len) {
			size_t n = len - end < piece ? len - end : piece;

			if (memcmp(wanted + end, there + end, n) == 0)
				break;
			end += n;
		}
		if (write_at(fd, wanted + i, end - i, at + (int64_t)i))
			return -1;
		i = end + piece;
	}
	return 0;
}

/* Both are read past the page cache, which does not know what the guest wrote. */
static int write_device(int from, int to, int now, const char *device, int64_t size,
			const struct bytes_told *told, struct sx_err *err)
{
	static const size_t step = 4 << 20;
	SX_FREE char *wanted = aligned_alloc(4096, step), *there = aligned_alloc(4096, step);

	if (!wanted || !there)
		return sx_err_set(err, SX_EFAIL, "no memory to write %s with", device);
	tell(told, 0, size);
	for (int64_t at = 0; at < size;) {
		ssize_t n = file_read_at(from, wanted, step, (uint64_t)at);
		ssize_t m = file_read_at(now, there, step, (uint64_t)at);

		if (n < 0 || m < 0)
			return sx_err_sys(err, SX_EFAIL, "read what is on %s, and what is to be",
					  device);
		if (n == 0 || m == 0)
			return sx_err_set(err, SX_EFAIL, "%s, or what is to be on it, ends early",
					  device);
		n = n < m ? n : m;
		if (n > size - at)
			n = (ssize_t)(size - at);
		if (write_changed(to, wanted, there, (size_t)n, at))
			return sx_err_sys(err, SX_ECANTWRITE, "write %s", device);
		at += n;
		tell(told, at, size);
	}
	return fsync(to) ? sx_err_sys(err, SX_ECANTWRITE, "write %s", device) : 0;
}

int bytes_write_device(const char *volume, const char *device, int64_t size,
		       const struct bytes_told *told, struct sx_err *err)
{
	SX_CLOSE int from = bytes_open(volume, err);
	SX_CLOSE int now = from < 0 ? -1 : bytes_open(device, err);
	SX_CLOSE int to = -1;

	if (now < 0)
		return -1;
	to = open(device, O_WRONLY | O_EXCL | O_CLOEXEC);
	if (to < 0)
		return sx_err_sys(err, SX_ECANTWRITE, "open %s", device);
	return write_device(from, to, now, device, size, told, err);
}

/* ---- what was copied, read back ---- */

struct chunks {
	struct digest_whole *digest;
	uint64_t count;
};

static int add_chunk(const char *bytes, size_t len, void *arg, struct sx_err *err SX_UNUSED)
{
	struct chunks *c = arg;

	digest_whole_add(c->digest, c->count++, bytes, len);
	return 0;
}

int bytes_copy(int from, int to, const char *to_path, int64_t size, const struct bytes_told *told,
	       char **digest, struct sx_err *err)
{
	struct chunks c = { .digest = digest_whole_new() };
	const struct bytes_watch watch = { digest ? add_chunk : NULL, &c, *told };
	int r = bytes_pass(from, to, to_path, size, true, &watch, err);
	SX_FREE char *text = digest_whole_end(c.digest, (uint64_t)size);

	if (!r && digest)
		*digest = sx_steal(&text);
	return r;
}

int bytes_check(const char *path, int64_t size, const char *digest, const struct bytes_told *told,
		struct sx_err *err)
{
	struct chunks c = { 0 };
	const struct bytes_watch watch = { add_chunk, &c, *told };
	SX_CLOSE int fd = bytes_open(path, err);
	SX_FREE char *text = NULL;
	int r;

	if (fd < 0)
		return -1;
	/* It was synced: read it from the disk, not from the page cache. */
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	c.digest = digest_whole_new();
	r = bytes_pass(fd, -1, path, size, false, &watch, err);
	text = digest_whole_end(c.digest, (uint64_t)size);
	if (r)
		return sx_err_wrap(err, "read %s back", path);
	return sx_streq(text, digest) ? 0
				      : sx_err_set(err, SX_ECANTWRITE,
						   "%s, read back, is not what was written", path);
}

int bytes_replace(const struct flow_env *env, const char *path,
		  int (*fill)(const struct flow_env *env, int fd, const struct snapshot_disk *d,
			      struct sx_err *err),
		  const struct snapshot_disk *d, struct sx_err *err)
{
	FILE_STAGED staged = { 0 };
	SX_FREE char *dir = sx_path_dir(path);
	SX_CLOSE int old = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);

	if (old < 0)
		return sx_err_sys(err, SX_ECANTWRITE, "open %s", path);
	if (file_stage_open(path, &staged, err) || fill(env, staged.fd, d, err) ||
	    file_keep_attributes(old, staged.fd, path, err))
		return -1;
	if (fsync(staged.fd) || rename(staged.temp, path))
		return sx_err_sys(err, SX_ECANTWRITE, "put %s back", path);
	free(sx_steal(&staged.temp));
	return file_sync_dir(dir, err);
}
