/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: whatever is on a disk, looking at it never crashes and comes to an end, and two
 * looks at the same bytes agree. The first byte chooses what the input is laid out as: the start of
 * a disk or an image of some format; a pattern of the rest fills what lies behind.
 */
#include "base/str.h"
#include "evidence/evidence.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void fail(const char *what)
{
	fprintf(stderr, "evidence_read: %s\n", what);
	abort();
}

/* Where superblocks, headers and tables lie. */
static const uint64_t places[] = { 0, 512, 1024, 4096, 65536 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const formats[] = { "raw", "qcow2", "vhd", "qed", "qcow" };
	struct evidence_options o = { .full = true };
	struct evidence_subject s = { 0 };
	SX_FREE char *path = NULL;
	EVIDENCE_VERDICT v = { 0 };
	JSON_DOC *then = NULL;
	JSON_DOC *now = NULL;
	SX_CLOSE int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (len < 2 || fd < 0)
		return 0;
	if (ftruncate(fd, 160 << 10) || pwrite(fd, data + 2, len - 2, 0) < 0 ||
	    pwrite(fd, data + 2, len - 2, (off_t)places[data[1] % SX_COUNT(places)]) < 0)
		return 0;
	path = sx_format("/proc/self/fd/%d", fd);
	s.target = path;
	s.format = formats[data[0] % SX_COUNT(formats)];
	then = evidence_take(&o, &s);
	now = evidence_take(&o, &s);
	evidence_compare(then, now, &v);
	if (evidence_forbids(v.state))
		fail(v.what);
	return 0;
}
