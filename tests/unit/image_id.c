/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The identity of a saved-domain image: equal for copies, another for whatever else differs. */
#include "image_make.h"
#include "tap.h"

#include <time.h>

static void identify(int fd, char id[33])
{
	IMAGE_HEADER header = { 0 };
	SX_ERR err = { 0 };

	if (image_header_read(fd, &header, &err) || image_identify(fd, &header, id, &err)) {
		printf("# %s\n", err.msg);
		id[0] = '\0';
	}
}

static void identify_made(const struct making *how, char id[33])
{
	struct made m = { 0 };
	SX_CLOSE int fd = -1;

	made_image(&m, how);
	fd = made_file(m.bytes.data, m.bytes.len);
	identify(fd, id);
	sx_str_dispose(&m.bytes);
}

static void test_identity(struct tap *t)
{
	char one[33], again[33], other[33];

	identify_made(&(struct making){ .version = 3, .salt = 1 }, one);
	identify_made(&(struct making){ .version = 3, .salt = 1 }, again);
	tap_ok(t, strlen(one) == 32 && strspn(one, "0123456789abcdef") == 32, "an identity");
	tap_is(t, again, one, "a copy has the same one");
	identify_made(&(struct making){ .version = 3, .salt = 2 }, other);
	tap_ok(t, strcmp(one, other) != 0, "another state of a vcpu gives another one");
	SX_FREE char *renamed = sx_strdup(made_config);

	*strstr(renamed, "web1") = 'W';
	identify_made(&(struct making){ .version = 3, .salt = 1, .config = renamed }, other);
	tap_ok(t, strcmp(one, other) != 0, "another configuration gives another one");
	identify_made(&(struct making){ .version = 3, .salt = 1, .optional = true }, other);
	tap_ok(t, strcmp(one, other) != 0, "another size gives another one");
}

/* Memory is sampled: what one batch of pages holds is seen in pieces of 64 KiB. */
static void test_middle(struct tap *t)
{
	char other[64 << 10];
	SX_CLOSE int fd = made_sparse(1, 8, 24);
	char before[33], after[33];
	bool same = false;

	memset(other, 'x', sizeof(other));
	for (off_t at = 1 << 20; at < 3 << 20; at += (off_t)sizeof(other)) {
		identify(fd, before);
		if (pwrite(fd, other, sizeof(other), at) != (ssize_t)sizeof(other))
			abort();
		identify(fd, after);
		same |= !*before || strcmp(before, after) == 0;
	}
	tap_ok(t, !same, "64 KiB of other memory, wherever, give another identity");
}

/* The end is read in full however large the image is: the vcpus' state lies there. */
static void test_large(struct tap *t)
{
	SX_CLOSE int fd = made_sparse(4096, 8, 24);
	off_t size = lseek(fd, 0, SEEK_END);
	struct timespec start, end;
	char before[33], after[33];
	long took;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	identify(fd, before);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	took = (end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000;
	printf("# %lld bytes: identified in %ld ms\n", (long long)size, took);
	tap_ok(t, took < 500,
	       "an image of 16 GiB is identified in under half a second of a processor");
	if (pwrite(fd, "x", 1, size - 9000) != 1)
		abort();
	identify(fd, after);
	tap_ok(t, *before && *after && strcmp(before, after) != 0,
	       "a byte at its end gives another identity");
}

int main(void)
{
	struct tap t = { 0 };

	test_identity(&t);
	test_middle(&t);
	test_large(&t);
	return tap_end(&t);
}
