/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Identifying a process although pids are reused, and this boot. */
#include "base/clock.h"
#include "base/str.h"
#include "host/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/pidfd.h>

#define STATE_FIELD 3
#define START_FIELD 22

/* A small file of /proc into buf, NUL-terminated; false when it cannot be read. */
static bool read_small(const char *path, char *buf, size_t size)
{
	ssize_t r;
	SX_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	r = read(fd, buf, size - 1);
	if (r <= 0)
		return false;
	buf[r] = '\0';
	return true;
}

bool proc_identify(pid_t pid, struct proc_id *out)
{
	char path[64], text[1024];
	const char *p;
	uint64_t start;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (pid <= 0 || !read_small(path, text, sizeof(text)))
		return false;
	/* The second field is a name in parentheses that can hold anything, ')' and blanks too. */
	p = strrchr(text, ')');
	if (!p || p[1] != ' ' || strchr("ZXx", p[2]))
		return false;
	p += 2;
	for (int field = STATE_FIELD; field < START_FIELD; field++) {
		p = strchr(p, ' ');
		if (!p)
			return false;
		p++;
	}
	if (sscanf(p, "%" SCNu64, &start) != 1)
		return false;
	*out = (struct proc_id){ .pid = pid, .start = start };
	return true;
}

bool proc_await(const struct proc_id *id, unsigned wait_ms)
{
	int64_t end = sx_now_ms() + wait_ms, left = wait_ms;
	SX_CLOSE int fd = pidfd_open(id->pid, 0);
	struct proc_id there;

	if (fd < 0)
		return errno == ESRCH;
	/* Checked after the open: whoever has the pid now is the one behind the descriptor. */
	if (!proc_identify(id->pid, &there) || there.start != id->start)
		return true;
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int r = poll(&p, 1, left > INT32_MAX ? INT32_MAX : (int)left);

		if (r > 0)
			return true;
		left = end - sx_now_ms();
		if ((r < 0 && errno != EINTR) || left <= 0)
			return false;
	}
}

char *proc_boot_id(void)
{
	char text[64];

	if (!read_small("/proc/sys/kernel/random/boot_id", text, sizeof(text)))
		return sx_strdup("");
	return sx_strndup(text, strcspn(text, "\n"));
}
