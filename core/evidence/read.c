/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes of a disk for the evidence, read past the page cache where the disk allows it. */
#include "evidence/private.h"
#include "host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

enum {
	ALIGNMENT = 4096, /* satisfies every logical block size */
	READERS = 8,
	STACK_LEN = 256 << 10, /* glibc keeps small ones for reuse */
};

unsigned char *evidence_aligned(size_t len)
{
	void *p = aligned_alloc(ALIGNMENT, (len + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);

	/* sx_alloc reports that memory is exhausted and ends the process. */
	return p ? p : sx_alloc(SIZE_MAX);
}

void evidence_bytes_dispose(struct evidence_bytes *b)
{
	free(b->raw);
	*b = (struct evidence_bytes){ 0 };
}

/* Only the owner and root may use O_NOATIME; not every file system supports O_DIRECT. */
static int open_best(const char *path, bool *direct)
{
	static const int flags[] = { O_DIRECT | O_NOATIME, O_DIRECT, O_NOATIME, 0 };
	int fd = -1;

	for (size_t i = 0; i < SX_COUNT(flags) && fd < 0; i++) {
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags[i]);
		*direct = flags[i] & O_DIRECT;
		if (fd < 0 && errno != EPERM && errno != EINVAL)
			break;
	}
	return fd;
}

int evidence_find(const char *path, struct evidence_reader *out, struct sx_err *err)
{
	EVIDENCE_READER r = { .fd = -1, .path = path, .sector = 512 };

	/* O_PATH: opening a FIFO or a device of another kind for reading can have effects. */
	r.fd = open(path, O_PATH | O_CLOEXEC);
	if (r.fd < 0 || fstat(r.fd, &r.st))
		return sx_err_sys(err, SX_EFAIL, "open %s", path);
	if (S_ISDIR(r.st.st_mode))
		return sx_err_set(err, SX_EFAIL, "%s is a directory", path);
	if (!S_ISREG(r.st.st_mode) && !S_ISBLK(r.st.st_mode))
		return sx_err_set(err, SX_EFAIL, "%s is neither a file nor a block device", path);
	r.size = (uint64_t)r.st.st_size;
	*out = sx_steal(&r);
	r.fd = -1;
	return 0;
}

int evidence_ready(struct evidence_reader *r, struct sx_err *err)
{
	struct stat found = r->st;
	int fd = open_best(r->path, &r->direct);

	if (fd < 0)
		return sx_err_sys(err, SX_EFAIL, "open %s", r->path);
	close(r->fd);
	r->fd = fd;
	if (fstat(fd, &r->st))
		return sx_err_sys(err, SX_EFAIL, "%s", r->path);
	if (r->st.st_ino != found.st_ino || r->st.st_dev != found.st_dev)
		return sx_err_set(err, SX_EFAIL, "%s is being replaced", r->path);
	r->size = (uint64_t)r->st.st_size;
	if (S_ISREG(r->st.st_mode) && r->direct) {
		unsigned char *probe = evidence_aligned(ALIGNMENT);

		/* Some file systems accept the flag and refuse the read. */
		if (pread(fd, probe, ALIGNMENT, 0) < 0 && errno == EINVAL)
			r->direct = fcntl(fd, F_SETFL, O_NONBLOCK) < 0;
		free(probe);
	}
	return 0;
}

int evidence_open(const char *path, struct evidence_reader *out, struct sx_err *err)
{
	EVIDENCE_READER r = { .fd = -1 };

	if (evidence_find(path, &r, err) || evidence_ready(&r, err))
		return -1;
	*out = sx_steal(&r);
	r.fd = -1;
	return 0;
}

void evidence_close(struct evidence_reader *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}

int evidence_flush(const struct evidence_reader *r, bool durable, struct sx_err *err)
{
	const unsigned all =
		SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
	int failed = durable ? fsync(r->fd) : sync_file_range(r->fd, 0, 0, all);

	/* Not every file system supports sync_file_range. */
	if (failed && !durable && (errno == ESPIPE || errno == ENOSYS || errno == EINVAL))
		failed = fdatasync(r->fd);
	return failed ? sx_err_sys(err, SX_EFAIL, "write back %s", r->path) : 0;
}

int evidence_read(const struct evidence_reader *r, uint64_t offset, size_t len,
		  struct evidence_bytes *out, struct sx_err *err)
{
	uint64_t start = offset / ALIGNMENT * ALIGNMENT;
	size_t skip = (size_t)(offset - start);
	size_t whole = (skip + len + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	EVIDENCE_BYTES b = { .raw = evidence_aligned(whole) };
	ssize_t n =
		offset > (uint64_t)INT64_MAX - whole ? 0 : file_read_at(r->fd, b.raw, whole, start);

	if (n < 0)
		return sx_err_sys(err, SX_EFAIL, "read %s", r->path);
	b.data = b.raw + skip;
	b.len = (size_t)n > skip ? (size_t)n - skip : 0;
	if (b.len > len)
		b.len = len;
	*out = sx_steal(&b);
	return 0;
}

/* What the threads of evidence_read_many share. */
struct many {
	int fd;
	const uint64_t *offsets;
	size_t count, each;
	unsigned char *buf;
	int *failed;
	atomic_size_t next;
};

static void *read_some(void *arg)
{
	struct many *m = arg;
	size_t i;

	while ((i = atomic_fetch_add(&m->next, 1)) < m->count) {
		unsigned char *to = m->buf + i * m->each;
		ssize_t n = file_read_at(m->fd, to, m->each, m->offsets[i]);

		m->failed[i] = n < 0 ? errno : 0;
		if (n >= 0)
			memset(to + n, 0, m->each - (size_t)n);
	}
	return NULL;
}

void evidence_read_many(const struct evidence_reader *r, const uint64_t *offsets, size_t count,
			size_t each, unsigned char *buf, int *failed)
{
	struct many m = { .fd = r->fd,
			  .offsets = offsets,
			  .count = count,
			  .each = each,
			  .buf = buf,
			  .failed = failed };
	pthread_t threads[READERS];
	pthread_attr_t attr;
	sigset_t all, old;
	size_t started = 0;

	/* The new threads block all signals, so that only this thread receives them. */
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_LEN);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (started < READERS && started + 1 < count &&
	       pthread_create(&threads[started], &attr, read_some, &m) == 0)
		started++;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	read_some(&m);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
}
