/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Saved-domain images: header and walk, on images made by hand; cut at every length, damaged at every record, and compared with Xen's own checker where that is there.
 */
#include "image_make.h"
#include "tap.h"

#include "base/path.h"

#include <glob.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>

/* Of any version of Xen: the format is the same. */
static const char oracle_pattern[] = "/usr/lib/xen-*/bin/verify-stream-v2";
static const char python_path[] = "/usr/bin/python3";

static const struct kind {
	const char *name;
	struct making how;
	bool oracle; /* Xen's checker can read it */
} kinds[] = {
	{ "PV, version 3", { .version = 3 }, true },
	{ "PV, version 2", { .version = 2 }, true },
	{ "HVM, version 3", { .hvm = true, .version = 3 }, true },
	{ "HVM, version 2", { .hvm = true, .version = 2 }, true },
	/* The format allows both; the checker knows no optional record and stumbles over names. */
	{ "with optional records", { .version = 3, .optional = true }, false },
	{ "with names of the emulator", { .hvm = true, .version = 3, .names = true }, false },
};

/* Is it refused, and with words? An empty error would be no reason to show. */
static bool refused(int fd)
{
	SX_ERR err = { 0 };

	return made_check(fd, &err) && err.code == SX_EFAIL && err.msg && *err.msg;
}

static bool bytes_refused(const char *bytes, size_t len)
{
	SX_CLOSE int fd = made_file(bytes, len);

	return refused(fd);
}

static void test_good(struct tap *t, const struct kind *kind)
{
	struct made m = { 0 };
	IMAGE_HEADER header = { 0 };
	struct image_stream stream = { 0 };
	SX_ERR err = { 0 };
	SX_FREE char *what = sx_format("%s: accepted", kind->name);
	SX_CLOSE int fd = -1;

	made_image(&m, &kind->how);
	fd = made_file(m.bytes.data, m.bytes.len);
	if (!tap_ok(t,
		    !image_header_read(fd, &header, &err) &&
			    !image_verify(fd, &header, &stream, &err),
		    what))
		printf("# %s\n", err.msg);
	tap_is(t, sx_str_text(&header.config), made_config, "its configuration");
	tap_ok(t,
	       header.json && header.stream == (off_t)m.stream && header.size == (off_t)m.bytes.len,
	       "its header");
	tap_ok(t,
	       stream.hvm == kind->how.hvm && stream.xen_major == 4 && stream.xen_minor == 17 &&
		       stream.records == m.count,
	       "its guest, host and number of records");
	sx_str_dispose(&m.bytes);
}

static void test_cuts(struct tap *t, const struct kind *kind)
{
	struct made m = { 0 };
	SX_FREE char *what = sx_format("%s: refused when cut, at whatever length", kind->name);
	SX_CLOSE int fd = -1;
	size_t accepted = 0;

	made_image(&m, &kind->how);
	fd = made_file(m.bytes.data, m.bytes.len);
	for (size_t len = m.bytes.len; len--;) {
		if (ftruncate(fd, (off_t)len))
			abort();
		if (!refused(fd) && !accepted++)
			printf("# accepted: %zu of %zu bytes\n", len, m.bytes.len);
	}
	tap_is_num(t, (long)accepted, 0, what);
	sx_str_addc(&m.bytes, '\0');
	tap_ok(t, bytes_refused(m.bytes.data, m.bytes.len), "refused with a byte behind its end");
	sx_str_addn(&m.bytes, "\0\0\0\0\0\0\0", 7);
	tap_ok(t, bytes_refused(m.bytes.data, m.bytes.len), "refused with a second end");
	sx_str_dispose(&m.bytes);
}

/* Is it refused with another word there? */
static bool word_refused(const struct made *m, size_t at, uint32_t word)
{
	SX_FREE char *bytes = sx_alloc(m->bytes.len);

	memcpy(bytes, m->bytes.data, m->bytes.len);
	memcpy(bytes + at, &word, sizeof(word));
	return bytes_refused(bytes, m->bytes.len);
}

static void test_records(struct tap *t, const struct kind *kind)
{
	struct made m = { 0 };
	SX_FREE char *types = sx_format("%s: refused with a record of unknown type", kind->name);
	SX_FREE char *lengths = sx_format("%s: refused with a record too long", kind->name);
	size_t bad_types = 0, bad_lengths = 0;

	made_image(&m, &kind->how);
	for (size_t i = 0; i < m.count; i++) {
		bad_types += !word_refused(&m, m.records[i], 0x7f);
		bad_types += !word_refused(&m, m.records[i], 0x13);
		bad_types += !word_refused(&m, m.records[i], 0x7fffffff);
		bad_lengths += !word_refused(&m, m.records[i] + 4, (uint32_t)m.bytes.len);
		bad_lengths += !word_refused(&m, m.records[i] + 4, UINT32_MAX);
		bad_lengths += !word_refused(&m, m.records[i] + 4, UINT32_MAX - 7);
	}
	tap_is_num(t, (long)bad_types, 0, types);
	tap_is_num(t, (long)bad_lengths, 0, lengths);
	sx_str_dispose(&m.bytes);
}

/* Is the header itself refused with another word there? The file is made this long, if not 0. */
static bool header_refused(const struct made *m, size_t at, uint32_t word, off_t size)
{
	SX_CLOSE int fd = made_file(m->bytes.data, m->bytes.len);
	IMAGE_HEADER header = { 0 };
	SX_ERR err = { 0 };

	if (pwrite(fd, &word, sizeof(word), (off_t)at) != sizeof(word) ||
	    (size && ftruncate(fd, size)))
		abort();
	return image_header_read(fd, &header, &err) && err.msg && !header.config.data;
}

static void test_header(struct tap *t)
{
	struct made m = { 0 };

	made_image(&m, &(struct making){ .version = 3 });
	tap_ok(t, header_refused(&m, 0, 0, 0), "another beginning");
	tap_ok(t, header_refused(&m, 32, 0x04030201, 0), "another byte order");
	tap_ok(t, header_refused(&m, 36, 7, 0), "a mandatory flag of a later xl");
	tap_ok(t, header_refused(&m, 44, 0, 0) && header_refused(&m, 44, 3, 0),
	       "a header without a length");
	tap_ok(t, header_refused(&m, 44, (uint32_t)m.bytes.len, 0), "one longer than the file");
	tap_ok(t, header_refused(&m, 44, 5 << 20, 8 << 20), "one of 5 MiB");
	tap_ok(t, !header_refused(&m, 44, 3 << 20, 8 << 20), "but not one of 3 MiB");
	tap_ok(t, header_refused(&m, 48, UINT32_MAX, 0), "a configuration longer than the header");
	sx_str_dispose(&m.bytes);
}

/* Records of every kind with lengths that they have and lengths that they cannot have. */
static void test_lengths(struct tap *t)
{
	static const struct {
		uint32_t type, good, bad;
	} table[] = {
		{ 2, 8, 16 },	{ 3, 24, 20 }, { 4, 9, 7 },    { 5, 8, 4 },	 { 6, 100, 1 },
		{ 7, 4096, 8 }, { 8, 24, 32 }, { 9, 1, 0 },    { 0xa, 8, 32 },	 { 0xc, 24, 3 },
		{ 0xd, 0, 8 },	{ 0xe, 0, 4 }, { 0x10, 0, 8 }, { 0x11, 48, 40 }, { 0x12, 16, 24 },
	};

	for (size_t i = 0; i < SX_COUNT(table); i++) {
		struct making how = { .version = 3, .extra = table[i].type };
		struct made good = { 0 }, bad = { 0 };
		SX_FREE char *what =
			sx_format("the lengths of a record of type 0x%x", table[i].type);

		how.extra_length = table[i].good;
		made_image(&good, &how);
		how.extra_length = table[i].bad;
		made_image(&bad, &how);
		tap_ok(t,
		       !bytes_refused(good.bytes.data, good.bytes.len) &&
			       bytes_refused(bad.bytes.data, bad.bytes.len),
		       what);
		sx_str_dispose(&good.bytes);
		sx_str_dispose(&bad.bytes);
	}
}

/* The image with the bytes [from, to) at its end `times` times, and the end of a stream. */
static bool rebuilt_refused(const struct made *m, size_t from, size_t to, int times)
{
	SX_STR bytes = { 0 };

	sx_str_addn(&bytes, m->bytes.data, from);
	while (times--)
		sx_str_addn(&bytes, m->bytes.data + from, to - from);
	sx_str_addn(&bytes, "\0\0\0\0\0\0\0", 8);
	return bytes_refused(bytes.data, bytes.len);
}

static void test_order(struct tap *t)
{
	struct made m = { 0 }, pages = { 0 };
	SX_CLOSE int fd = -1;
	SX_ERR err = { 0 };
	size_t last;

	made_image(&m, &(struct making){ .version = 3 });
	last = m.records[m.count - 1];
	tap_ok(t, !rebuilt_refused(&m, m.records[0], last, 1), "one memory image is accepted");
	tap_ok(t, rebuilt_refused(&m, m.records[0], last, 0), "none is refused");
	tap_ok(t, rebuilt_refused(&m, m.records[0], last, 2), "two are refused");
	made_image(&pages, &(struct making){ .version = 3, .extra = 1, .extra_length = 8 + 4096 });
	tap_ok(t, bytes_refused(pages.bytes.data, pages.bytes.len), "a page more than is told");
	sx_str_dispose(&pages.bytes);
	fd = made_file(m.bytes.data, m.pages + 100);
	tap_ok(t,
	       made_check(fd, &err) &&
		       sx_starts_with(err.msg, "the image is cut short: a record of the memory "
					       "image needs 4120 bytes at offset "),
	       "a cut is told with its place");
	sx_str_dispose(&m.bytes);
}

static void test_damage(struct tap *t)
{
	struct made m = { 0 }, old = { 0 };
	size_t last;

	made_image(&m, &(struct making){ .version = 3 });
	made_image(&old, &(struct making){ .version = 2 });
	last = m.records[m.count - 1];
	tap_ok(t, !bytes_refused(m.bytes.data, m.bytes.len), "the one to be damaged is good");
	tap_ok(t, word_refused(&m, 36, 1), "a stream of a Xen before 4.6");
	tap_ok(t, word_refused(&m, m.stream, 0), "no libxl stream");
	tap_ok(t, word_refused(&m, m.stream + 8, htobe32(3)), "a libxl stream of another version");
	tap_ok(t, word_refused(&m, m.stream + 12, htobe32(1)), "a big-endian libxl stream");
	tap_ok(t, word_refused(&m, m.libxc, 0), "no libxc stream");
	tap_ok(t, word_refused(&m, m.libxc + 12, htobe32(4)), "a libxc stream of another version");
	tap_ok(t, word_refused(&m, m.libxc + 12, htobe32(2)), "version 3's records in version 2");
	tap_ok(t, word_refused(&m, m.libxc + 16, htobe32(1 << 16)), "a big-endian libxc stream");
	tap_ok(t, word_refused(&m, m.libxc + 24, 3), "a guest of an unknown type");
	tap_ok(t, word_refused(&m, m.libxc + 28, 13), "pages of another size");
	tap_ok(t,
	       word_refused(&m, m.pages + 8, 3) && word_refused(&m, m.pages + 8, 0) &&
		       word_refused(&m, m.pages + 8, UINT32_MAX),
	       "another number of pages");
	tap_ok(t, word_refused(&m, m.pages + 12, 1), "reserved bits among the pages");
	tap_ok(t, word_refused(&m, last, 2), "another record instead of the end");
	tap_ok(t, word_refused(&m, last + 4, 8), "an end with a length");
	/* The last vcpu's 21 bytes are followed by three of padding. */
	tap_ok(t, word_refused(&m, m.records[m.count - 4] + 8 + 20, 1 << 8), "padding of no zeros");
	tap_ok(t, word_refused(&old, old.libxc + 40, 0xf), "a list that goes the other way");
	sx_str_dispose(&m.bytes);
	sx_str_dispose(&old.bytes);
}

/* ---- Xen's own checker ---- */

/* NULL: none is installed. Heap string. */
static char *oracle_find(void)
{
	glob_t all = { 0 };
	char *path = glob(oracle_pattern, 0, NULL, &all) ? NULL : sx_strdup(all.gl_pathv[0]);

	globfree(&all);
	return path;
}

/* Its status for this file: 0 good, 1 bad, 2 when it failed itself. */
static int oracle(const char *path, int fd)
{
	SX_FREE char *bin = sx_path_dir(path), *top = sx_path_dir(bin), *script = sx_strdup(path);
	SX_FREE char *library = sx_format("PYTHONPATH=%s/lib/python", top);
	char *argv[] = { (char[]){ "python3" }, script,		  (char[]){ "-q" },
			 (char[]){ "-f" },	(char[]){ "xl" }, NULL };
	char *variables[] = { library, NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int status = -1;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fd, 0);
	if (lseek(fd, 0, SEEK_SET) ||
	    posix_spawn(&pid, python_path, &actions, NULL, argv, variables) ||
	    waitpid(pid, &status, 0) != pid)
		status = -1;
	posix_spawn_file_actions_destroy(&actions);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Does it say the same of the image cut to this length? */
static bool oracle_agrees(const char *path, int fd, size_t len)
{
	int theirs;
	bool ours;

	if (ftruncate(fd, (off_t)len))
		abort();
	ours = !refused(fd);
	theirs = oracle(path, fd);
	if (theirs == (ours ? 0 : 1))
		return true;
	printf("# %zu bytes: we say %s, Xen's checker ends with %d\n", len, ours ? "good" : "bad",
	       theirs);
	return false;
}

static void test_oracle(struct tap *t, const char *path, const struct kind *kind)
{
	struct made m = { 0 };
	SX_FREE char *good = sx_format("%s: good in the eyes of Xen's checker too", kind->name);
	SX_FREE char *cut = sx_format("%s: cut, it is bad in the eyes of both", kind->name);
	SX_CLOSE int fd = -1;
	size_t differ = 0;

	made_image(&m, &kind->how);
	fd = made_file(m.bytes.data, m.bytes.len);
	tap_ok(t, !refused(fd) && oracle_agrees(path, fd, m.bytes.len), good);
	for (size_t i = m.count; i > 1; i -= 2)
		differ += !oracle_agrees(path, fd, m.records[i - 1] + (i % 3 ? 0 : i % 8));
	differ += !oracle_agrees(path, fd, m.stream);
	differ += !oracle_agrees(path, fd, 47);
	differ += !oracle_agrees(path, fd, 0);
	tap_is_num(t, (long)differ, 0, cut);
	sx_str_dispose(&m.bytes);
}

static void test_oracles(struct tap *t)
{
	SX_FREE char *path = oracle_find();
	const char *missing = !path			  ? oracle_pattern
			      : access(python_path, X_OK) ? python_path
							  : NULL;

	for (size_t i = 0; i < SX_COUNT(kinds); i++) {
		if (!kinds[i].oracle)
			continue;
		if (missing)
			printf("ok %d - %s: Xen's checker # SKIP no %s\n", ++t->run, kinds[i].name,
			       missing);
		else
			test_oracle(t, path, &kinds[i]);
	}
}

/* ---- a large one ---- */

static long elapsed_ms(const struct timespec *since)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (now.tv_sec - since->tv_sec) * 1000 + (now.tv_nsec - since->tv_nsec) / 1000000;
}

static void test_large(struct tap *t)
{
	SX_CLOSE int fd = made_sparse(4096, 8, 24);
	SX_CLOSE int longest = made_sparse(0, 9, 128 << 20);
	SX_CLOSE int longer = made_sparse(0, 9, (128 << 20) + 8);
	SX_ERR err = { 0 };
	struct timespec start;
	off_t size = lseek(fd, 0, SEEK_END);
	long walk;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	if (!tap_ok(t, !made_check(fd, &err), "an image of 16 GiB is accepted"))
		printf("# %s\n", err.msg);
	walk = elapsed_ms(&start);
	printf("# %lld bytes: walked in %ld ms\n", (long long)size, walk);
	tap_ok(t, walk < 500, "in under half a second of a processor");
	if (ftruncate(fd, size - 8))
		abort();
	tap_ok(t, refused(fd), "refused without its last 8 bytes");
	tap_ok(t, !refused(longest), "a record of 128 MiB is accepted");
	tap_ok(t, refused(longer), "a longer one is refused");
}

int main(void)
{
	struct tap t = { 0 };

	for (size_t i = 0; i < SX_COUNT(kinds); i++) {
		test_good(&t, &kinds[i]);
		test_cuts(&t, &kinds[i]);
		test_records(&t, &kinds[i]);
	}
	test_header(&t);
	test_lengths(&t);
	test_order(&t);
	test_damage(&t);
	test_large(&t);
	test_oracles(&t);
	return tap_end(&t);
}
