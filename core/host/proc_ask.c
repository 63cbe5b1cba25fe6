/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Doing work with another user's rights, and with a time limit: see proc.h. */
#include "base/clock.h"
#include "host/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* How much memory the work may need beyond what this process has now. */
#define MORE_BYTES ((rlim_t)64 * 1024 * 1024)

/* Files of another user may be of any size. */
static int limit_memory(void)
{
	SX_FCLOSE FILE *f = fopen("/proc/self/statm", "re");
	struct rlimit limit = { 0 };
	unsigned long pages;

	if (!f || fscanf(f, "%lu", &pages) != 1)
		return -1;
	limit.rlim_cur = limit.rlim_max = pages * (rlim_t)sysconf(_SC_PAGESIZE) + MORE_BYTES;
	return setrlimit(RLIMIT_AS, &limit);
}

static int become(uid_t uid, gid_t gid)
{
	if (geteuid() != 0 || uid == 0)
		return 0;
	return setgroups(0, NULL) || setresgid(gid, gid, gid) || setresuid(uid, uid, uid) ? -1 : 0;
}

/* Close all but stdio and the answer: the child must not keep our locks. */
static SX_NORETURN void child_main(const struct proc_ask *ask, int answer)
{
	int fd = dup2(answer, STDERR_FILENO + 1);

	close_range((unsigned)fd + 1, ~0U, 0);
	_exit(fd < 0 || become(ask->uid, ask->gid) || limit_memory() || ask->work(fd, ask->arg));
}

/* Read until the end of file; false when that takes too long or is too much. */
static bool collect(const struct proc_ask *ask, int fd, struct sx_str *out)
{
	const int64_t end = sx_now_ms() + ask->wait_ms;
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char part[4096];

	for (;;) {
		int64_t left = end - sx_now_ms();
		int r = poll(&ready, 1, left > 0 ? (int)left : 0);
		ssize_t n = r > 0 ? read(fd, part, sizeof(part)) : -1;

		if (r > 0 && n == 0)
			return true;
		if (r == 0 || left <= 0 || out->len + sizeof(part) > ask->max_bytes)
			return false;
		if (n > 0)
			sx_str_addn(out, part, (size_t)n);
		else if (errno != EINTR)
			return false;
	}
}

bool proc_ask(const struct proc_ask *ask, struct sx_str *out)
{
	struct sigaction wait_for = { .sa_handler = SIG_DFL }, was;
	int ends[2], status = -1;
	bool whole;
	pid_t pid, ended = -1;

	if (pipe2(ends, O_CLOEXEC))
		return false;
	/* With SIGCHLD ignored, the kernel would discard the child's status. */
	sigaction(SIGCHLD, &wait_for, &was);
	pid = fork();
	if (pid == 0)
		child_main(ask, ends[1]);
	close(ends[1]);
	whole = pid > 0 && collect(ask, ends[0], out);
	close(ends[0]);
	/* Stuck in the kernel (its file server is gone), it is left to die when it can. */
	if (pid > 0 && !whole)
		kill(pid, SIGKILL);
	while (pid > 0 && (ended = waitpid(pid, &status, whole ? 0 : WNOHANG)) < 0 &&
	       errno == EINTR)
		;
	whole = pid > 0 && ended == pid && status == 0;
	sigaction(SIGCHLD, &was, NULL);
	return whole;
}
